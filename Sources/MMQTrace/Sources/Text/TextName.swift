// The name of the event in a line.

/// How an event's line begins behind the time.
struct TextName {
  /// What follows the name tells how the kernel printed it.
  enum Kind: UInt8 {
    /// `name: text`, and perf's `system:name: text`.
    case usual
    /// `sys_name(arguments)`
    case call
    /// `sys_name -> result`
    case callEnd
    /// `function <-caller`
    case function
    /// A stack of the event before.
    case stack
    /// A number of option `raw`.
    case type
  }

  var kind: Kind
  /// Empty where the text doesn't say it.
  var system: TextSpan
  var name: TextSpan
  var text: TextSpan

  /// The name as the line has it, with its system.
  @inline(__always)
  var whole: TextSpan { system.isEmpty ? name : TextSpan(start: system.start, end: name.end) }

  /// Of a stack: it is the program's, not the kernel's.
  var isOfUser: Bool { name.equals("user_stack") || text.starts(with: "<user stack") }

  /// nil where there is none.
  @inline(__always)
  init?(_ line: TextLine) {
    var cursor = TextCursor(line.body)
    var word = cursor.name()
    name = word
    system = TextSpan(start: word.start, end: word.start)
    text = line.body
    kind = .usual
    if line.columns.contains(.raw) {
      kind = .type
      return
    }
    if word.isEmpty {
      guard line.body.starts(with: "<stack trace>") || line.body.starts(with: "<user stack trace>")
      else {
        return nil
      }
      kind = .stack
      return
    }
    // perf may write the sample's period before the name.
    if word.start.pointee.isDigit, !cursor.isAtEnd, cursor.at.pointee == 0x20,
      !line.columns.contains(.flags)
    {
      cursor.skipBlanks()
      word = cursor.name()
      if word.isEmpty { return nil }
    }
    name = word
    guard !cursor.isAtEnd else { return nil }
    switch cursor.at.pointee {
    case UInt8(ascii: ":"): takeUsual(&cursor)
    case UInt8(ascii: "(") where name.starts(with: "sys_"):
      kind = .call
      text = TextSpan(start: cursor.at + 1, end: cursor.end)
    default: if !takeArrow(&cursor) { return nil }
    }
  }

  @inline(__always)
  private mutating func takeUsual(_ cursor: inout TextCursor) {
    cursor.at += 1
    if !cursor.isAtEnd, !cursor.at.pointee.isBlank {
      let before = cursor.at
      let word = cursor.name()
      if !word.isEmpty, cursor.take(UInt8(ascii: ":")) {
        (system, name) = (name, word)
      } else {
        cursor.at = before
      }
    }
    cursor.skipBlanks()
    text = system.isEmpty ? cursor.rest : cursor.rest.withoutAddress
    // As trace-cmd report prints the stack of the event before.
    if name.equals("kernel_stack") || name.equals("user_stack") { kind = .stack }
  }

  private mutating func takeArrow(_ cursor: inout TextCursor) -> Bool {
    cursor.skipBlanks()
    if name.starts(with: "sys_"), cursor.take("-> ") {
      kind = .callEnd
    } else if cursor.take("<-") {
      // Both functions are its text.
      kind = .function
      return true
    } else {
      return false
    }
    text = cursor.rest
    return true
  }
}

extension TextSpan {
  /// Without what perf script -F ip,sym writes behind the event: `ffffffff8162184b function+0x26b (object)`. Only
  /// kernel addresses with a function's name, as other numbers may be the event's own.
  fileprivate var withoutAddress: TextSpan {
    var left = trimmed
    if !left.isEmpty, left.end[-1] == UInt8(ascii: ")"), let open = left.lastIndex(of: 0x20),
      open + 1 < left.end, open[1] == UInt8(ascii: "(")
    {
      left.end = open
    }
    guard let before = left.lastIndex(of: 0x20), before - left.start > 17,
      !before[1].isDigit, before[-17] == 0x20
    else { return self }
    var name = TextCursor(before + 1, left.end)
    _ = name.take("[unknown]")
    while !name.isAtEnd, name.at.pointee.isWordByte || name.at.pointee == UInt8(ascii: ".") {
      name.at += 1
    }
    guard name.isAtEnd || name.at.pointee == UInt8(ascii: "+") else { return self }
    var address = TextCursor(before - 16, before)
    guard address.take("ffff"), address.digits(shift: 4) != nil, address.isAtEnd else {
      return self
    }
    return TextSpan(start: start, end: before - 17).trimmed
  }
}

extension TextCursor {
  /// Names of events and systems hold dashes and points, too.
  @inline(__always)
  fileprivate mutating func name() -> TextSpan {
    let start = at
    while at < end,
      at.pointee.isWordByte || at.pointee == UInt8(ascii: "-") || at.pointee == UInt8(ascii: ".")
    {
      // The arrow of a system call's result.
      if at.pointee == UInt8(ascii: "-"), end - at > 1, at[1] == UInt8(ascii: ">") { break }
      at += 1
    }
    return TextSpan(start: start, end: at)
  }
}
