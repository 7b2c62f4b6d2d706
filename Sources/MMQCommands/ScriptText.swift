// Where a script's text comes from.

internal import ArgumentParser
internal import Glibc
internal import MMQ
internal import MMQLanguage

/// A script and its words, as `run` and `check` take them.
struct ScriptOptions: ParsableArguments {
  @Option(
    name: [.short, .customLong("expression")],
    help: "The program itself; several are the lines of one program.")
  var e: [String] = []

  @Argument(
    help: ArgumentHelp(
      "A file with the program ('-' is standard input), unless -e gives it; then $1, $2, …",
      discussion: "Behind '--' the script's own options, --name=value, and more of $1, $2, …"),
    completion: ShellCompletion.scripts)
  var words: [String] = []

  /// The program's text. Throws where there is none, or two.
  func load() throws -> Source {
    if !e.isEmpty { return ScriptOptions.joined(e) }
    guard let script = words.first else {
      throw Stop(
        status: Stop.usageError,
        message: "mmq: no program: give a script file, or -e 'PROGRAM'; see mmq --help")
    }
    if UnknownWords.isLikeProgram(script) {
      throw Stop(
        status: Stop.usageError,
        message:
          "mmq: there is no script '\(script)'; a program stands behind -e: mmq -e '\(script)'")
    }
    if UnknownWords.isLikeCommand(script) {
      throw Stop(status: Stop.usageError, message: UnknownWords.problem(with: script))
    }
    return try ScriptOptions.script(script)
  }

  /// The program of all `-e`, as sed and perl have it.
  static func joined(_ expressions: [String]) -> Source {
    Source(name: "stdin", expressions.joined(separator: "\n"))
  }

  /// A script of this name. Throws a Stop for what is none: a recording, a program.
  static func script(_ path: String) throws -> Source {
    try FileKind.checkScript(path)
    InputFiles.note(path)
    return Source(name: path == "-" ? "stdin" : path, text: try read(path))
  }

  func script(_ text: Source, for target: Target) throws -> Script {
    ScriptOptions.script(text, for: target, try parameters())
  }

  static func script(
    _ text: Source, for target: Target, _ parameters: ScriptParameters
  ) -> Script {
    Script(text, for: target, parameters: parameters, files: ImportedFiles())
  }

  func parameters() throws -> ScriptParameters {
    try ScriptOptions.parameters(words.dropFirst(e.isEmpty ? 1 : 0))
  }

  /// What the script sees as `$1` and through getopt(): these words, and those behind `--`.
  static func parameters(_ words: ArraySlice<String>) throws -> ScriptParameters {
    var parameters = ScriptParameters(words: CommandLineWords.behind)
    parameters.positionals = words + parameters.positionals
    parameters.settings = try Environment.settings()
    return parameters
  }

  /// A whole file, or standard input for `-`. `status` is that of the Stop where it cannot be read.
  static func read(_ path: String, status: Int32 = Stop.usageError) throws -> [UInt8] {
    let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path, status) }
    defer { if descriptor != STDIN_FILENO { close(descriptor) } }
    var text: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let got = Glibc.read(descriptor, &block, block.count)
      if got < 0, errno == EINTR { continue }
      if got < 0 { throw failure(path, status) }
      if got == 0 { return text }
      text += block[..<got]
    }
  }

  private static func failure(_ path: String, _ status: Int32) -> Stop {
    Stop(status: status, message: "mmq: \(path): \(String(cString: strerror(errno)))")
  }
}

extension ScriptParameters {
  /// `--name=value` is an option, all else is one of `$1`, `$2`, …
  init(words: [String]) {
    self.init()
    for word in words {
      guard word.hasPrefix("--"), word.count > 2 else {
        positionals.append(word)
        continue
      }
      let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1).map(String.init)
      options[parts[0]] = .some(parts.count > 1 ? parts[1] : nil)
    }
  }
}
