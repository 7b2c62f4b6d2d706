// Runs a script over a recording in this process, as the command does.

import MMQ
import MMQLanguage
import MMQTestSupport
import MMQTrace

/// What a run printed, and how it ended.
struct ScriptRun {
  /// What the command line can say beside the script and its input.
  struct Options: Sendable {
    var parameters = ScriptParameters()
    var isUnsafe = false
    var showsWarnings = true
    /// Where imports come from.
    var directory = ""
  }

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
    separator: String = "", options: Options = Options()
  ) throws {
    var target = Target(source)
    if source.isLive { target.host.input = .none }
    target.host.allowsCommands = options.isUnsafe
    target.host.showsWarnings = options.showsWarnings
    let script = Script(
      text, for: target, parameters: options.parameters,
      files: SiblingFiles(directory: options.directory))
    let shown = script.diagnostics.filter { options.showsWarnings || $0.severity == .error }
    errors = shown.map { $0.rendered(in: script.text) }.joined()
    if script.hasErrors {
      exitCode = 2
      return
    }
    switch show {
    case "ast": output = script.syntax.dump()
    case "types": output = script.types()
    case "bytecode": output = try script.disassembly()
    case "plan": output = script.plan().text()
    default: try run(script, source, format, separator, options)
    }
  }

  private mutating func run(
    _ script: Script, _ source: any TraceSource, _ format: String, _ separator: String,
    _ options: Options
  ) throws {
    var bytes: [UInt8] = []
    var messages = ""
    let sink: any OutputSink =
      switch format {
      case "json": JSONRenderer { bytes += Array($0) }
      case "csv": CSVRenderer(keyColumns: script.keyColumns) { bytes += Array($0) }
      case "folded":
        FoldedRenderer(
          namesMaps: script.foldedMaps > 1,
          others: TextRenderer(separator: "") { messages += String(decoding: $0, as: UTF8.self) },
          say: { messages += $0 + "\n" }, write: { bytes += Array($0) })
      default:
        TextRenderer(
          separator: separator, diagnostics: { messages += $0 + "\n" },
          write: { bytes += Array($0) })
      }
    let outcome = try Session(script, source, sink: sink).start()
    output = String(decoding: bytes, as: UTF8.self)
    errors += messages
    if options.showsWarnings || outcome.hasFailed {
      errors += outcome.warnings.map { $0 + "\n" }.joined()
    }
    exitCode = outcome.exitCode != 0 ? outcome.exitCode : outcome.hasFailed ? 1 : 0
  }
}
