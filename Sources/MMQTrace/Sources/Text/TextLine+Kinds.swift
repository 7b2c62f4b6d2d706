// Lines of other columns than those of `trace`: parsed from the right, as names of tasks may hold anything.

extension TextLine {
  /// Finds the CPU's bracket, as a name may hold others: behind it comes a time, before it a number.
  /// `mayTick`: a whole number is a time, too.
  static func bracketed(_ text: TextSpan, mayTick: Bool) -> TextLine? {
    var from = text.start
    let limit = min(text.end, text.start + Self.mostBefore)
    while let bracket = TextSpan(start: from, end: limit).find(UInt8(ascii: "[")) {
      from = bracket + 1
      var line = TextLine(text)
      var cursor = TextCursor(bracket, text.end)
      guard line.takeCPU(&cursor), line.takeTime(&cursor), mayTick || !line.columns.contains(.ticks)
      else { continue }
      if line.takeTask(TextSpan(start: text.start, end: bracket)) { return line }
    }
    return nil
  }

  /// Columns are not wider than this.
  private static let mostBefore = 160

  /// `name-123`, `name-123 (  120)`; of perf `name  123` and `name  120/123`. From the right, since names
  /// hold anything.
  private mutating func takeTask(_ text: TextSpan) -> Bool {
    var left = text.trimmed
    if !left.isEmpty, left.end[-1] == UInt8(ascii: ")") {
      guard let open = left.lastIndex(of: UInt8(ascii: "(")) else { return false }
      var cursor = TextCursor(open + 1, left.end)
      guard takeGroup(&cursor), cursor.isAtEnd else { return false }
      left = TextSpan(start: left.start, end: open).trimmed
    }
    guard let number = left.takeLastNumber(), left.start < left.end else { return false }
    thread = number
    switch left.end[-1] {
    case UInt8(ascii: "-"): left.end -= 1
    case UInt8(ascii: "/"):
      left.end -= 1
      guard let number = left.takeLastNumber(), !left.isEmpty, left.end[-1].isBlank else {
        return false
      }
      group = number
      columns.insert(.group)
    case let byte: if !byte.isBlank { return false }
    }
    comm = left.trimmed
    columns.insert(.comm)
    return true
  }

  /// `   sh-13902     1..... 20223us+: `: CPU and flags together, then microseconds, and a mark for delays.
  static func latency(_ text: TextSpan) -> TextLine? {
    let limit = TextSpan(start: text.start, end: min(text.end, text.start + Self.mostBefore))
    var from = limit
    while let unit = from.find("us") {
      from.start = unit + 2
      guard text.end - unit > 4, unit[3] == UInt8(ascii: ":"), unit > text.start, unit[-1].isDigit
      else {
        continue
      }
      var line = TextLine(text)
      var left = TextSpan(start: text.start, end: unit)
      guard line.takeMicroseconds(&left), line.takeCPUAndFlags(&left), line.takeTask(left),
        line.takeBody(TextCursor(unit + 4, text.end))
      else { continue }
      return line
    }
    return nil
  }

  private mutating func takeMicroseconds(_ left: inout TextSpan) -> Bool {
    var number = left.lastWord
    left.end = number.start
    left = left.trimmed
    if let point = number.find(UInt8(ascii: ".")) { number.end = point }
    var cursor = TextCursor(number)
    guard let value = cursor.number(), cursor.isAtEnd else { return false }
    stamp = value &* 1000
    columns.insert(.relative)
    return true
  }

  private mutating func takeCPUAndFlags(_ left: inout TextSpan) -> Bool {
    let word = left.lastWord
    left.end = word.start
    var cursor = TextCursor(word)
    guard let number = cursor.number(), number <= 0xffff else { return false }
    cpu = UInt32(number)
    columns.insert(.cpu)
    return takeFlags(&cursor) && cursor.isAtEnd
  }

  /// Option `raw`: `13905 1 1619142876298 type: 653`.
  static func raw(_ text: TextSpan) -> TextLine? {
    var line = TextLine(text)
    var cursor = TextCursor(text)
    guard let thread = cursor.number(), cursor.take(0x20), let cpu = cursor.number(), cpu <= 0xffff,
      cursor.take(0x20), let stamp = cursor.number(), cursor.take(0x20)
    else { return nil }
    line.body = cursor.rest
    guard cursor.take("type: "), let type = cursor.number(), type <= 0xffff else { return nil }
    (line.cpu, line.stamp, line.type) = (UInt32(cpu), stamp, Int(type))
    line.thread = Int32(truncatingIfNeeded: thread)
    line.columns = [.cpu, .raw]
    return line
  }

  /// perf's recordings of a process say no CPU: `name  123  691.158495: kmem:mm_page_alloc: `. trace-cmd report -l
  /// says it as the latency format does: `  sh-233     1d..2.    30.899366: sys_exit: `.
  static func withoutBrackets(_ text: TextSpan) -> TextLine? {
    let limit = min(text.end, text.start + Self.mostBefore)
    var from = text.start
    while let colon = TextSpan(start: from, end: limit).find(UInt8(ascii: ":")) {
      from = colon + 1
      var left = TextSpan(start: text.start, end: colon)
      let number = left.lastWord
      left = TextSpan(start: left.start, end: number.start).trimmed
      var line = TextLine(text)
      var cursor = TextCursor(number.start, text.end)
      guard line.takeStamp(&cursor), line.takeBody(cursor) else { continue }
      var (compact, rest) = (line, left)
      if compact.takeCPUAndFlags(&rest), compact.takeTask(rest) { return compact }
      if !line.columns.contains(.ticks), line.takeTask(left) { return line }
    }
    return nil
  }
}

extension TextSpan {
  func lastIndex(of byte: UInt8) -> TextPointer? {
    var at = end
    while at > start {
      at -= 1
      if at.pointee == byte { return at }
    }
    return nil
  }

  /// What follows the last blank.
  var lastWord: TextSpan {
    var word = TextSpan(start: end, end: end)
    while word.start > start, !word.start[-1].isBlank { word.start -= 1 }
    return word
  }

  /// The digits at the end.
  fileprivate mutating func takeLastNumber() -> Int32? {
    var cursor = TextCursor(end, end)
    while cursor.at > start, cursor.at[-1].isDigit { cursor.at -= 1 }
    let digits = cursor.at
    guard let number = cursor.number(), number <= 1 << 22 else { return nil }
    end = digits
    return Int32(number)
  }
}
