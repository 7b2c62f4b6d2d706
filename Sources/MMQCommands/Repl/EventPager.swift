// Events, a few at a time.

internal import CLinux
internal import Glibc
internal import MMQ

/// Hands on some events, then asks whether there shall be more.
final class EventPager: OutputSink {
  /// How many are shown at once.
  static let size = 20

  private let inner: any OutputSink
  private let endsWhenFull: Bool
  private let wantsMore: () -> Bool
  private var shown = 0
  /// Nothing more is handed on: the run may end.
  private(set) var isFull = false

  /// `endsWhenFull`: nobody is asked.
  init(_ inner: any OutputSink, endsWhenFull: Bool, wantsMore: @escaping () -> Bool) {
    (self.inner, self.endsWhenFull, self.wantsMore) = (inner, endsWhenFull, wantsMore)
  }

  /// Asked only when there is one more.
  func event(line: () -> [UInt8], fields: () -> Value) {
    if isFull { return }
    if shown == EventPager.size {
      inner.flush()
      isFull = !wantsMore()
      shown = 0
      if isFull { return }
    }
    inner.event(line: line, fields: fields)
    shown += 1
    if endsWhenFull, shown == EventPager.size { isFull = true }
  }

  var escapesControlBytes: Bool { inner.escapesControlBytes }
  func text(_ kind: TextKind, _ bytes: UnsafeRawBufferPointer) { inner.text(kind, bytes) }
  func value(_ value: Value) { inner.value(value) }
  func message(_ message: ScriptMessage) { inner.message(message) }
  func map(_ report: MapReport) { inner.map(report) }
  func attached(_ probes: Int) { inner.attached(probes) }
  func lost(_ events: UInt64) { inner.lost(events) }
  func endOfRun() { inner.endOfRun() }
  func flush() { inner.flush() }
}

/// A question back, answered by one key.
enum MorePrompt {
  private static let text = "-- more? (Enter or q) "

  static func ask() -> Bool {
    guard !ReplSignals.stopsRun else { return false }
    Console.beforeWriting?()
    Console.writeBare(text)
    var before = termios()
    guard tcgetattr(STDIN_FILENO, &before) == 0 else { return false }
    var single = before
    single.c_lflag &= ~tcflag_t(ICANON | ECHO)
    tcsetattr(STDIN_FILENO, TCSADRAIN, &single)
    let key = readKey()
    tcsetattr(STDIN_FILENO, TCSADRAIN, &before)
    Console.writeBare("\r\u{1b}[K")
    return key.map { [10, 13, 32, UInt8(ascii: "y")].contains($0) } ?? false
  }

  /// nil at the end of the input, or when a signal came.
  private static func readKey() -> UInt8? {
    while !ReplSignals.stopsRun {
      var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
      // What is typed behind Ctrl-C is no answer.
      if poll(&input, 1, 500) <= 0 || ReplSignals.stopsRun { continue }
      var key: UInt8 = 0
      return read(STDIN_FILENO, &key, 1) == 1 ? key : nil
    }
    return nil
  }
}
