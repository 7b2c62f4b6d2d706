// Short ways to check scripts in tests.

import MMQ
import MMQLanguage
import MMQTestSupport
import Testing

/// The script, checked against the made recording.
func checked(_ text: String) -> Script {
  Script(Source(name: "test", text), for: MadeTarget.target)
}

/// The diagnostics of a script are exactly these, each at its «mark», with notes at the ‹marks›.
func expectCheck(
  _ text: String, _ ids: String..., target: Target = MadeTarget.target,
  at location: SourceLocation = #_sourceLocation
) {
  let marked = Marked(text)
  let found = Script(marked.source, for: target).diagnostics
  #expect(ids.count == marked.spans.count, "ids and marks", sourceLocation: location)
  #expect(
    found.map(Finding.init) == zip(ids, marked.spans).map(Finding.init),
    "\(found.map { $0.rendered(in: marked.source) }.joined())", sourceLocation: location)
  #expect(
    found.flatMap(\.notes).map(\.span) == marked.notes, "notes", sourceLocation: location)
}

/// The types of the maps of a script without errors.
func types(_ text: String, at location: SourceLocation = #_sourceLocation) -> [String] {
  let script = checked(text)
  #expect(!script.hasErrors, "\(script.diagnostics.map(\.message))", sourceLocation: location)
  return script.types().split(separator: "\n").map(String.init)
}
