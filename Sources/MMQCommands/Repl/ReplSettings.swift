// What the answers at a prompt look like, and where signals lead.

internal import CLinux

struct ReplSettings {
  /// Somebody sits at a terminal: there are prompts, times and questions back.
  let isInteractive: Bool
  var format = OutputFormat.text
  var isQuiet = false
  var showsWarnings = true
  var allowsCommands = false
  var showsProgress = true
  /// After each answer, how long it took.
  var showsTime: Bool

  init(isInteractive: Bool) {
    self.isInteractive = isInteractive
    showsTime = isInteractive
  }
}

/// At a prompt Ctrl-C is about one run; without one it is about the program.
enum ReplSignals {
  static func catchAll(isInteractive: Bool) {
    if isInteractive { clinux_catch_session_signals() } else { clinux_catch_stop_signals() }
  }

  /// The run at hand is to end.
  static var stopsRun: Bool { clinux_interrupts() > 0 || clinux_stop_requested() }

  /// Ctrl-C came again: what the run has still to print is of no interest.
  static var dropsOutput: Bool { clinux_interrupts() > 1 }

  /// The session is to end.
  static var endsSession: Bool { clinux_stop_requested() }

  /// Forgets Ctrl-C; whether it came.
  @discardableResult
  static func takeInterrupt() -> Bool { clinux_take_interrupt() }
}
