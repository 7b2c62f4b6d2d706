// `-c CMD`: a command that is traced from its start to its end.

internal import CLinux
internal import Glibc

/// A child that waits until tracing is set up. With its end the run ends.
final class TracedCommand {
  let process: Int32
  private let gate: Int32
  private var hasRun = false
  private var isOver = false

  /// Throws a Stop where the text is no command, or where there is no process to be had.
  convenience init(_ text: String) throws {
    guard let words = TracedCommand.words(text), !words.isEmpty else {
      throw Stop(status: Stop.usageError, message: "mmq: -c: no command, or an open quote: \(text)")
    }
    try self.init(words: words)
  }

  /// Words as the command gets them; there is at least one.
  init(words: [String]) throws {
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var gate: Int32 = -1
    process = clinux_fork_command(&arguments, &gate)
    self.gate = gate
    guard process > 0 else {
      throw Stop(status: Stop.dataError, message: "mmq: -c: \(String(cString: strerror(errno)))")
    }
  }

  /// A command that never ran goes when the gate closes; one that still runs is asked to stop.
  deinit {
    if !hasRun { close(gate) } else if !isOver { kill(process, SIGTERM) }
  }

  func run() {
    hasRun = true
    clinux_run_command(gate)
  }

  /// Asked now and then. After its end the number may be another process's.
  var hasEnded: Bool {
    if hasRun, !isOver { isOver = clinux_command_has_ended(process) }
    return isOver
  }

  /// As a shell splits them: blanks, single and double quotes, a backslash. nil for an open quote.
  static func words(_ text: String) -> [String]? {
    var words: [String] = []
    var word: String?
    var quote: Character?
    var rest = text[...]
    while let next = rest.popFirst() {
      if next == quote {
        quote = nil
      } else if quote == nil, next == "'" || next == "\"" {
        quote = next
        word = word ?? ""
      } else if quote == nil, next == " " || next == "\t" || next == "\n" {
        if let done = word { words.append(done) }
        word = nil
      } else if next == "\\", quote != "'", let escaped = rest.popFirst() {
        word = (word ?? "") + String(escaped)
      } else {
        word = (word ?? "") + String(next)
      }
    }
    if let last = word { words.append(last) }
    return quote == nil ? words : nil
  }
}
