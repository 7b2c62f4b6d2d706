// Short ways to parse in tests.

import MMQLanguage
import MMQTestSupport
import Testing

/// The diagnostics of parsing are these, each at its mark.
func expectParse(
  _ text: String, _ ids: String..., at location: SourceLocation = #_sourceLocation
) {
  let marked = Marked(text)
  let found = Parser.parse(marked.source).diagnostics.map(Finding.init)
  let wanted = zip(ids, marked.spans).map(Finding.init)
  #expect(ids.count == marked.spans.count, "ids and marks", sourceLocation: location)
  #expect(found == wanted, sourceLocation: location)
}

/// The syntax tree of a script without errors, as `-d ast` prints it.
func tree(_ text: String, at location: SourceLocation = #_sourceLocation) -> String {
  let (program, diagnostics) = Parser.parse(Source(name: "test", text))
  #expect(diagnostics.isEmpty, sourceLocation: location)
  return program.dump()
}

/// The tree of one expression: the argument of `_ = …`.
func expressionTree(_ text: String, at location: SourceLocation = #_sourceLocation) -> String {
  let lines = tree("begin { _ = \(text); }", at: location).split(separator: "\n")
  return lines.dropFirst(3).map { $0.dropFirst(6) }.joined(separator: "\n")
}
