// Lines that a mail client folded: what certainly is the rest of an event's line is put behind it again.

internal import Glibc

extension TextSpan {
  /// Takes the first line, without its line break, and the rest of it where it is folded. `folds`: how many lines
  /// more than one it was.
  @inline(__always)
  mutating func takeLine(_ folds: inout UInt64) -> TextSpan? {
    folds = 0
    let line = takePhysicalLine()
    // Nearly all lines begin with a blank.
    if start < end, start.pointee > 0x20, let line { return unfolded(line, &folds) }
    return line
  }

  @inline(never)
  private mutating func unfolded(_ first: TextSpan, _ folds: inout UInt64) -> TextSpan {
    var line = first
    while folds < TextFold.most, line.count < TextFold.longest, start < end,
      let rest = foldedRest(of: line)
    {
      _ = takePhysicalLine()
      line = line.joined(with: rest)
      folds += 1
    }
    return line
  }

  /// The line at hand, without marks of a mail, if it can be nothing but the rest of `line`.
  private func foldedRest(of line: TextSpan) -> TextSpan? {
    let next = TextSpan(start: start, end: find(10) ?? end)
    let rest = next.unquoted
    // A task's name may look like a field's: `rcu:1-123 [000] …`.
    guard let name = rest.firstName, next.hasOnlyMarks(before: rest), TextLine.parse(next) == nil
    else { return nil }
    guard rest.start == next.start || line.unquoted.start > line.start,
      TextFurniture(next) == .unknown
    else { return nil }
    let last = line.trimmed.lastWord
    if name.isOfEvent { return last.isTime && TextLine.parse(line) == nil ? rest : nil }
    guard line.count >= TextFold.shortest, last.isWhole, !line.names(name.text) else { return nil }
    return TextLine.parse(line) == nil ? nil : rest
  }

  /// A log's own time or name before a line is not repeated where a mail folds it.
  private func hasOnlyMarks(before rest: TextSpan) -> Bool {
    UnsafeBufferPointer(start: start, count: rest.start - start).allSatisfy { byte in
      byte == UInt8(ascii: ">") || byte == UInt8(ascii: "|") || byte.isBlank
    }
  }

  var mayBeRest: Bool { unquoted.firstName != nil }

  /// What the rest of a line can begin with: a field, with its sign; an event, whose name a blank follows; the arrow
  /// of sched_switch, which is no name.
  private var firstName: (text: TextSpan, isOfEvent: Bool)? {
    if starts(with: "==> next_") { return (TextSpan(start: start, end: start), false) }
    var cursor = TextCursor(self)
    while !cursor.isAtEnd, cursor.at.pointee.isWordByte || cursor.at.pointee == UInt8(ascii: "-") {
      cursor.at += 1
    }
    guard cursor.at > start, !start.pointee.isDigit, start.pointee != UInt8(ascii: "-"),
      !cursor.isAtEnd
    else { return nil }
    let name = TextSpan(start: start, end: cursor.at + 1)
    if cursor.take(UInt8(ascii: "=")) { return (name, false) }
    // `file-rss:0kB`, but no link and nothing that other programs say.
    guard cursor.take(UInt8(ascii: ":")), !cursor.isAtEnd else { return nil }
    if cursor.at.pointee.isDigit { return name.text.hasSuffix("-rss:") ? (name, false) : nil }
    return cursor.at.pointee.isBlank ? (name, true) : nil
  }

  /// Folding is between words, so that the last one is a field, the event's name or the arrow. Else a word may be cut.
  private var isWhole: Bool {
    if equals("==>") { return true }
    guard let sign = find(UInt8(ascii: "=")) ?? find(UInt8(ascii: ":")) else { return false }
    return sign > start
  }

  /// `42.897696:`, behind which the event is missing.
  private var isTime: Bool {
    var cursor = TextCursor(self)
    return cursor.number() != nil && cursor.take(UInt8(ascii: ".")) && cursor.number() != nil
      && cursor.take(UInt8(ascii: ":")) && cursor.isAtEnd
  }

  /// It has such a field already.
  private func names(_ name: TextSpan) -> Bool {
    guard !name.isEmpty else { return false }
    var rest = self
    while let place = rest.find(name.start, name.count) {
      if place > start, place[-1].isBlank { return true }
      rest.start = place + 1
    }
    return false
  }

  /// In place: this line moves towards the rest, with one blank between them.
  private func joined(with rest: TextSpan) -> TextSpan {
    let size = trimmedEnd - start
    let target = UnsafeMutablePointer(mutating: rest.start) - size - 1
    memmove(target, start, size)
    target[size] = 0x20
    return TextSpan(start: TextPointer(target), end: rest.end)
  }

  private var trimmedEnd: TextPointer {
    var end = end
    while end > start, end[-1].isBlank { end -= 1 }
    return end
  }
}

/// What follows events and is no event: where it is not certainly the rest of one, the values of the one before may
/// be cut.
struct TextFold {
  /// The columns before an event's text are wider: nobody folds shorter lines.
  static let shortest = 40
  /// Longer events, and of more lines, are not put together: each line moves all before it.
  static let longest = 4096
  static let most = 32

  /// Of the event in the line before; -1 where it had several, 0 where there was none.
  private var lastCount = 0
  /// Of all events that have one line.
  private var longestEvent = 0
  /// Lines that follow an event, and the first of them.
  private var count: UInt64 = 0
  private var first: UInt64 = 0
  /// Of them, those behind one line.
  private var counted = 0
  private var isOfOneLength = true

  @inline(__always)
  mutating func takeEvent(_ line: TextSpan, isJoined: Bool) {
    lastCount = isJoined ? -1 : line.count
    longestEvent = max(longestEvent, lastCount)
  }

  /// A line that no program writes; `number` is its own.
  mutating func takeStranger(_ line: TextSpan, _ number: UInt64) {
    defer { lastCount = 0 }
    guard lastCount < 0 || mayBeFolded(before: line) else { return }
    if count == 0 { first = number }
    count += 1
    guard lastCount > 0 else { return }
    counted += 1
    if lastCount < longestEvent { isOfOneLength = false }
  }

  /// Mails are folded at 65 columns or more. Before a long word a line ends earlier.
  private func mayBeFolded(before line: TextSpan) -> Bool {
    let word = line.find(0x20).map { $0 - line.start } ?? line.count
    return lastCount >= 60 || lastCount >= Self.shortest && (16..<100).contains(word)
  }

  mutating func takeOther() { lastCount = 0 }

  /// Where no event's line is longer than those that are followed, a program cut them there, within numbers too.
  func report(to damage: DamageLog) {
    guard count > 0 else { return }
    let lines = count == 1 ? "line \(first)" : "\(count) lines, the first of them line \(first),"
    let (are, follow) = count == 1 ? ("is no event", "follows") : ("are no events", "follow")
    if counted > 2, isOfOneLength {
      damage.noteOnce(
        .error, TextFold.kind,
        "\(lines) that \(are) \(follow) events of \(longestEvent) bytes, and no event is longer: the text is folded there, "
          + "and values are cut")
    } else {
      damage.noteOnce(
        .note, TextFold.kind,
        "\(lines) that \(are) \(follow) an event directly: the text may be folded, and values cut")
    }
  }

  private static let kind = "folded"
}
