// Runs a script over a recording in this process, as the command does.

import MMQ
import MMQLanguage
import MMQTestSupport
import MMQTrace

/// What a run printed, and how it ended.
struct ScriptRun {
  var output = ""
  /// Diagnostics, and what the session says at its end.
  var errors = ""
  var exitCode: Int32 = 0

  /// The whole lines of the output; a last line without its end counts too.
  var lines: [String] {
    var lines = output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    return lines
  }

  /// `separator` is what the command writes between the program's output and the maps; most tests
  /// do without.
  init(
    _ text: Source, _ source: any TraceSource, format: String = "text", show: String? = nil,
    separator: String = ""
  ) throws {
    let script = Script(text, for: Target(source))
    errors = script.diagnostics.map { $0.rendered(in: text) }.joined()
    if script.hasErrors {
      exitCode = 2
      return
    }
    switch show {
    case "ast": output = script.syntax.dump()
    case "types": output = script.types()
    case "bytecode": output = try script.disassembly()
    default: try run(script, source, format, separator)
    }
  }

  private mutating func run(
    _ script: Script, _ source: any TraceSource, _ format: String, _ separator: String
  ) throws {
    var bytes: [UInt8] = []
    let sink: any OutputSink =
      format == "json"
      ? JSONRenderer { bytes += Array($0) }
      : TextRenderer(separator: separator) { bytes += Array($0) }
    let outcome = try Session(script, source, sink: sink).start()
    output = String(decoding: bytes, as: UTF8.self)
    errors += outcome.warnings.map { $0 + "\n" }.joined()
    exitCode = outcome.exitCode != 0 ? outcome.exitCode : outcome.hasFailed ? 1 : 0
  }
}
