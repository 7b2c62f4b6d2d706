// A bar on the terminal while a recording is read.

internal import Glibc
internal import MMQ
internal import MMQTrace

/// Shows on standard error how much of a recording is read, how fast, and how long it will take. It stands on a
/// line of its own, and goes before anything else is written.
final class ProgressBar {
  let progress = RunProgress()
  private let sources: [any TraceSource]
  private let time: AnswerTime
  /// Others ask whether to stop, too, but only one may draw.
  private let thread = pthread_self()
  private let bytesBefore: UInt64
  private let bytesInAll: UInt64
  private var lastShown: Duration?
  private var isShown = false

  /// Nobody waits for less.
  private static let patience = Duration.milliseconds(500)
  private static let interval = Duration.milliseconds(100)
  private static let width = 30

  /// nil where nobody would see it, or where it cannot be known how much there is.
  init?(_ sources: [any TraceSource], isQuiet: Bool, time: AnswerTime = AnswerTime()) {
    guard !isQuiet, ProgressBar.canBeShown, let bytes = ProgressBar.bytesRead(sources),
      bytes.inOnePass > 0
    else { return nil }
    self.sources = sources
    self.time = time
    (bytesBefore, bytesInAll) = bytes
    Console.beforeWriting = { [weak self] in self?.hide() }
  }

  deinit { Console.beforeWriting = nil }

  /// nil where some source does not know.
  private static func bytesRead(
    _ sources: [any TraceSource]
  ) -> (soFar: UInt64, inOnePass: UInt64)? {
    let all = sources.compactMap(\.bytesRead)
    guard all.count == sources.count else { return nil }
    return all.reduce((0, 0)) { ($0.0 + $1.soFar, $0.1 + $1.inOnePass) }
  }

  static var canBeShown: Bool {
    isatty(STDERR_FILENO) == 1 && Environment.first(of: "TERM") != "dumb"
      && Environment.first(of: "CI") == nil
  }

  /// Asked often while records are read.
  func tick() {
    guard pthread_equal(thread, pthread_self()) != 0 else { return }
    time.unlessAsking { show(after: $0) }
  }

  private func show(after elapsed: Duration) {
    guard elapsed >= ProgressBar.patience else { return }
    if let lastShown, elapsed - lastShown < ProgressBar.interval { return }
    lastShown = elapsed
    isShown = true
    Console.writeBare("\r\(line(after: elapsed.inSeconds))\u{1b}[K")
  }

  /// What was read for names beforehand counts, too: then a pass takes more than all bytes.
  private func line(after seconds: Double) -> String {
    let soFar = ProgressBar.bytesRead(sources)?.soFar ?? bytesBefore
    let read = Double(soFar &- bytesBefore)
    let share = min(read / Double(bytesInAll), 0.99)
    let done = Int(share * Double(ProgressBar.width))
    let bar = String(repeating: "=", count: done).padded(to: ProgressBar.width)
    let rate = Double(progress.records) / seconds / 1e6
    let left = share > 0 ? Int(seconds * (1 - share) / share) + 1 : 0
    return
      "[\(bar)] \(Int(share * 100)) %, \(rate.withTenths) million events a second, \(left) s left"
  }

  func hide() {
    guard isShown else { return }
    isShown = false
    Console.writeBare("\r\u{1b}[K")
  }
}
