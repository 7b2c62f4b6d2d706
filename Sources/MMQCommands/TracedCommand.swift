// `-c CMD`: a command that is traced from its start to its end.

internal import CLinux
internal import Glibc
internal import MMQTrace

/// A child that waits until tracing is set up. With its end the run ends; what it leaves running then is not
/// touched.
final class TracedCommand {
  let process: Int32
  private let name: String
  private let gate: Int32
  private var hasRun = false
  private var isOver = false
  /// As waitpid(2) tells it.
  private var status: Int32 = 0
  /// The error's number where the program could not be run.
  private var problem: Int32 = 0

  /// Throws a Stop where the text is no command, or where there is no process to be had.
  convenience init(_ text: String) throws {
    guard let words = TracedCommand.words(text), !words.isEmpty else {
      throw Stop(status: Stop.usageError, message: "mmq: -c: no command, or an open quote: \(text)")
    }
    try self.init(words: words)
  }

  /// Words as the command gets them; there is at least one.
  init(words: [String]) throws {
    if let problem = ProcessNamespace.problemOfChildren ?? TracedCommand.problem(words[0]) {
      throw Stop(status: Stop.dataError, message: "mmq: \(problem)")
    }
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var gate: Int32 = -1
    name = words[0]
    process = clinux_fork_command(&arguments, &gate)
    self.gate = gate
    guard process > 0 else {
      throw Stop(status: Stop.dataError, message: "mmq: -c: \(String(cString: strerror(errno)))")
    }
  }

  /// A command that never ran goes when the gate closes; one that still runs, and what it started, is asked
  /// to stop, and is stopped if it does not.
  deinit {
    guard hasRun else {
      close(gate)
      return
    }
    if hasEnded { return }
    let tree = ProcessTree(of: process)
    tree.send(SIGTERM)
    for _ in 0..<TracedCommand.patience {
      if hasEnded, tree.hasEnded { return }
      usleep(10_000)
    }
    for all in [ProcessTree(of: process), tree] { all.send(SIGKILL) }
  }

  /// Hundredths of a second from SIGTERM to SIGKILL.
  private static let patience = 100

  /// Why a program cannot be run, as execvp(3) looks for it; nil where it can.
  static func problem(_ program: String) -> String? {
    let path = getenv("PATH").map { String(cString: $0) } ?? "/bin:/usr/bin"
    let candidates =
      program.contains("/")
      ? [program]
      : path.split(separator: ":", omittingEmptySubsequences: false).map {
        $0.isEmpty ? program : "\($0)/\(program)"
      }
    if candidates.contains(where: isProgram) { return nil }
    let isThere = candidates.contains { access($0, F_OK) == 0 }
    return "\(program): \(String(cString: strerror(isThere ? EACCES : ENOENT)))"
  }

  private static func isProgram(_ path: String) -> Bool {
    var status = stat()
    return access(path, X_OK) == 0 && stat(path, &status) == 0
      && status.st_mode & S_IFMT == S_IFREG
  }

  func run() {
    hasRun = true
    problem = clinux_run_command(gate)
  }

  /// Asked now and then. After its end the number may be another process's.
  var hasEnded: Bool {
    if hasRun, !isOver { isOver = clinux_command_has_ended(process, &status) }
    return isOver
  }

  /// Throws a Stop where the program could not be run; with `isVerbose` it is said how it ended otherwise.
  func check(isVerbose: Bool) throws {
    if problem != 0 {
      throw Stop(
        status: Stop.dataError, message: "mmq: \(name): \(String(cString: strerror(problem)))")
    }
    guard isVerbose, hasEnded else { return }
    // WTERMSIG and WEXITSTATUS of waitpid(2), which Swift does not show.
    let signal = status & 0x7f
    Console.error(
      signal == 0
        ? "\(name) exited with \(status >> 8 & 0xff)"
        : "\(name) was ended by signal \(signal), \(String(cString: strsignal(signal)))")
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
