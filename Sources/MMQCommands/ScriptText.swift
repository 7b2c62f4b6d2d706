// Where a script's text comes from.

internal import ArgumentParser
internal import Glibc
internal import MMQLanguage

/// The script arguments that `run` and `check` share.
struct ScriptOptions: ParsableArguments {
  @Option(name: [.short, .customLong("expression")], help: "The program itself.")
  var e: String?

  @Argument(help: "A file with the program; '-' is standard input.")
  var script: String?

  /// The program's text. Throws where there is none, or two.
  func load() throws -> Source {
    if let e {
      if let script {
        throw Stop(
          status: Stop.usageError, message: "mmq: with -e there is no script file ('\(script)')")
      }
      return Source(name: "stdin", e)
    }
    guard let script else {
      throw Stop(
        status: Stop.usageError,
        message: "mmq: no program: give a script file, or -e 'PROGRAM'; see mmq --help")
    }
    return Source(name: script == "-" ? "stdin" : script, text: try ScriptOptions.read(script))
  }

  /// A whole file, or standard input for `-`.
  static func read(_ path: String) throws -> [UInt8] {
    let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path) }
    defer { if descriptor != STDIN_FILENO { close(descriptor) } }
    var text: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let got = Glibc.read(descriptor, &block, block.count)
      if got < 0, errno == EINTR { continue }
      if got < 0 { throw failure(path) }
      if got == 0 { return text }
      text += block[..<got]
    }
  }

  private static func failure(_ path: String) -> Stop {
    Stop(status: Stop.usageError, message: "mmq: \(path): \(String(cString: strerror(errno)))")
  }
}
