// Tests/Scripts: one behaviour a file, its expected output in its comments.

import MMQ
import MMQLanguage
import MMQTestSupport
import MMQTrace
import Testing

@Suite struct ScriptFileTests {
  static func open(_ input: String?) throws -> any TraceSource {
    guard let input else { return try MadeTrace.open() }
    if let made = MadeInput(rawValue: input) { return try made.open() }
    return try SourceFormat.open(path: try #require(Places.capture(input + ".dat")))
  }

  @Test(arguments: ScriptCase.all)
  func script(_ wanted: ScriptCase) throws {
    #expect(wanted.slips.isEmpty)
    #expect(["text", "json", "csv", "folded"].contains(wanted.format))
    let text = Source(name: "script.mmq", text: wanted.text)
    let run = try ScriptRun(
      text, try Self.open(wanted.input), format: wanted.format, show: wanted.show,
      options: wanted.options)
    #expect(run.lines == wanted.output, "\(wanted.path)\n\(run.output)\(run.errors)")
    #expect(run.exitCode == wanted.expectedExitCode, "\(run.errors)")
    for part in wanted.errors + wanted.warnings {
      #expect(run.errors.contains(part), "\(wanted.path): no '\(part)' in\n\(run.errors)")
    }
    if wanted.errors.isEmpty && wanted.warnings.isEmpty {
      #expect(run.errors.isEmpty, "\(wanted.path) says\n\(run.errors)")
    }
  }

  @Test func thereAreScripts() {
    #expect(ScriptCase.all.count > 80)
    #expect(ScriptCase.all.allSatisfy { !$0.output.isEmpty || !$0.errors.isEmpty })
  }
}
