// A line on the terminal while the running kernel is recorded.

internal import MMQTraceWriter

/// Shows on standard error what a recording has come to. It stands on a line of its own, and goes before
/// anything else is written.
final class RecordingLine {
  private let start = ContinuousClock.now
  private var lastShown = ContinuousClock.now
  private var isShown = false

  /// The kernel is asked for its losses each time.
  private static let interval = Duration.milliseconds(500)

  /// nil where nobody would see it.
  init?(isWanted: Bool) {
    guard isWanted, ProgressBar.canBeShown else { return nil }
    Console.beforeWriting = { [weak self] in self?.hide() }
  }

  deinit { Console.beforeWriting = nil }

  /// Asked often while something is recorded.
  func tick(_ progress: () -> RecordingProgress) {
    let now = ContinuousClock.now
    guard now - lastShown >= RecordingLine.interval else { return }
    lastShown = now
    isShown = true
    Console.writeBare("\r\(RecordingText.line(progress(), (now - start).inSeconds))\u{1b}[K")
  }

  func hide() {
    guard isShown else { return }
    isShown = false
    Console.writeBare("\r\u{1b}[K")
  }
}
