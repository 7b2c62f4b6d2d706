// What stands before an event's text: who, where and when. As the kernel's `trace` prints it
// (kernel/trace/trace_output.c), trace-cmd report and perf script.

/// The columns of a line.
struct TextLine {
  /// Which of the columns a line has: a text has all of them in each line.
  struct Columns: OptionSet {
    let rawValue: UInt8
    static let comm = Columns(rawValue: 1)
    static let group = Columns(rawValue: 2)
    static let cpu = Columns(rawValue: 4)
    static let flags = Columns(rawValue: 8)
    /// The time is a whole number, of a clock that counts something else than nanoseconds.
    static let ticks = Columns(rawValue: 16)
    /// The time is microseconds since the first event.
    static let relative = Columns(rawValue: 32)
    /// The numbers of option `raw`: types in place of names.
    static let raw = Columns(rawValue: 64)
  }

  var columns: Columns = []
  var comm: TextSpan
  var thread: Int32 = 0
  /// -1 where it is not known.
  var group: Int32 = -1
  var cpu: UInt32 = 0
  var flags: UInt8 = 0
  var preemptCount: UInt8 = 0
  var stamp: UInt64 = 0
  /// The event's name and what follows.
  var body: TextSpan
  /// Of `raw`: the event's type on the machine that the text is from.
  var type = 0

  init(_ body: TextSpan) {
    (self.body, comm) = (body, TextSpan(start: body.start, end: body.start))
  }

  /// nil where it is no event's line.
  static func parse(_ line: TextSpan) -> TextLine? {
    standard(line) ?? other(line)
  }

  /// `>` of a mail and the time of a kernel log may stand before it.
  private static func other(_ line: TextSpan) -> TextLine? {
    let rest = line.unquoted
    if rest.start > line.start { return parse(rest) }
    return bracketed(line, mayTick: false) ?? latency(line) ?? raw(line)
      ?? bracketed(line, mayTick: true) ?? withoutBrackets(line)
  }

  // MARK: trace and trace_pipe

  /// `%16s-%-7d`: names have 15 bytes at most, so the dash has its column, and what is in the name
  /// doesn't matter.
  @inline(__always)
  private static func standard(_ text: TextSpan) -> TextLine? {
    guard text.count > 32, text.start[16] == UInt8(ascii: "-") else { return nil }
    var cursor = TextCursor(text.start + 17, text.end)
    guard let thread = cursor.number() else { return nil }
    var line = TextLine(text)
    cursor.skipBlanks()
    if cursor.take(UInt8(ascii: "(")), !line.takeGroup(&cursor) { return nil }
    cursor.skipBlanks()
    guard line.takeCPU(&cursor), line.takeTime(&cursor) else { return nil }
    line.thread = Int32(truncatingIfNeeded: thread)
    line.comm = TextSpan(start: text.start, end: text.start + 16).trimmed
    line.columns.insert(.comm)
    return line
  }

  /// `(  13903)`, or `(-------)` where the kernel doesn't know; behind its parenthesis.
  @inline(__always)
  mutating func takeGroup(_ cursor: inout TextCursor) -> Bool {
    columns.insert(.group)
    cursor.skipBlanks()
    if let number = cursor.number() {
      group = Int32(truncatingIfNeeded: number)
    } else {
      while cursor.take(UInt8(ascii: "-")) {}
    }
    return cursor.take(UInt8(ascii: ")"))
  }

  /// `[001] `; trace-cmd leaves no blank before the large numbers of other clocks.
  @inline(__always)
  mutating func takeCPU(_ cursor: inout TextCursor) -> Bool {
    guard cursor.take(UInt8(ascii: "[")), let number = cursor.number(), number <= 0xffff,
      cursor.take(UInt8(ascii: "]")), !cursor.isAtEnd,
      cursor.at.pointee.isDigit || cursor.take(0x20)
    else { return false }
    cpu = UInt32(number)
    columns.insert(.cpu)
    return true
  }

  /// `d..2. 10.336957: `, with or without the flags; a number without a point is of another clock.
  @inline(__always)
  mutating func takeTime(_ cursor: inout TextCursor) -> Bool {
    cursor.skipBlanks()
    if takeStamp(&cursor) { return takeBody(cursor) }
    guard takeFlags(&cursor) else { return false }
    cursor.skipBlanks()
    return takeStamp(&cursor) && takeBody(cursor)
  }

  @inline(__always)
  mutating func takeStamp(_ cursor: inout TextCursor) -> Bool {
    let start = cursor.at
    guard let whole = cursor.number() else { return false }
    if cursor.take(UInt8(ascii: ".")) {
      let digits = cursor.at
      guard let part = cursor.number(), cursor.at - digits <= 9, whole < 1 << 34 else {
        return false
      }
      stamp = whole &* 1_000_000_000 &+ part &* Self.scales[cursor.at - digits]
    } else {
      stamp = whole
      columns.insert(.ticks)
    }
    if cursor.take(UInt8(ascii: ":")) { return true }
    cursor.at = start
    columns.remove(.ticks)
    return false
  }

  /// Nanoseconds of the last of so many digits.
  private static let scales: [UInt64] = [
    0, 100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1000, 100, 10, 1,
  ]

  @inline(__always)
  mutating func takeBody(_ cursor: TextCursor) -> Bool {
    var cursor = cursor
    cursor.skipBlanks()
    if !cursor.isAtEnd, cursor.at.pointee == UInt8(ascii: "(") { cursor.skipTimeDifference() }
    body = cursor.rest
    return !body.isEmpty
  }
}

extension TextCursor {
  /// `(+3975)` of trace-cmd report --ts-diff: the time since the event before.
  fileprivate mutating func skipTimeDifference() {
    var ahead = self
    guard ahead.take("(+"), ahead.number() != nil, ahead.take(UInt8(ascii: ")")) else { return }
    ahead.skipBlanks()
    self = ahead
  }
}
