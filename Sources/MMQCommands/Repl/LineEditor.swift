// The editor of lines on a terminal: GNU Readline.

internal import CLinux
internal import CReadline
internal import Glibc

/// Reads lines with editing, history and completion. There is one terminal, so there is one editor.
final class LineEditor: LineSource {
  private let history = History()

  init(_ session: ReplSession) {
    LineCompletion.session = session
    creadline_set_up("mmq", LineCompletion.complete, LineCompletion.list)
    for entry in history.load() { creadline_remember(entry, Int32(History.most)) }
  }

  func next(isContinued: Bool) -> ReplLine {
    var line: UnsafeMutablePointer<CChar>?
    ReplSignals.takeInterrupt()
    let prompt = isContinued ? "...> " : "mmq> "
    switch creadline_read(prompt, clinux_take_interrupt, clinux_stop_requested, &line) {
    case creadline_line:
      guard let line else { return .end }
      defer { free(line) }
      return .text(String(cString: line))
    case creadline_interrupted: return .interrupted
    default:
      Console.print("\n")
      return .end
    }
  }

  func remember(_ question: String) {
    creadline_remember(question, Int32(History.most))
    history.append(question)
  }
}
