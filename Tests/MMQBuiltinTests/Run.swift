// Runs a script in this process, as the command does.

import MMQ
import MMQLanguage
import MMQTrace

/// What a run printed, and how it ended.
struct Run {
  /// Standard output without the empty lines at its end.
  var output = ""
  /// The ids of the checker's diagnostics.
  var ids: [String] = []
  /// What the session says at its end.
  var warnings: [String] = []
  /// Lines of errorf() and warnf().
  var messages: [String] = []
  var exitCode: Int32 = 0

  init(
    _ program: String, json: Bool = false, on source: (any TraceSource)? = nil,
    _ options: (inout HostOptions) -> Void = { _ in }
  ) throws {
    let source = try source ?? TaskRecording.open()
    var target = Target(source)
    target.host.allowsFiles = true
    options(&target.host)
    let script = Script(Source(name: "test", program), for: target)
    ids = script.diagnostics.map(\.id)
    guard !script.hasErrors else { return }
    var bytes: [UInt8] = []
    var lines: [String] = []
    let sink: any OutputSink =
      json
      ? JSONRenderer { bytes += Array($0) }
      : TextRenderer(
        separator: "", diagnostics: { lines.append($0) }, write: { bytes += Array($0) })
    let outcome = try Session(script, source, sink: sink).start()
    warnings = outcome.warnings
    exitCode = outcome.exitCode
    messages = lines
    output = String(decoding: bytes, as: UTF8.self)
    while output.hasSuffix("\n") { output.removeLast() }
  }
}
