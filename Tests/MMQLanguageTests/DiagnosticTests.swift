// Places in a script, and diagnostics as a terminal shows them.

import Foundation
@testable import MMQLanguage
import MMQTestSupport
import Testing

@Suite struct DiagnosticTests {
  @Test func positionsCountFromOneInBytes() {
    let source = Source(name: "s.mmq", "ab\n\ncdé f\n")
    let places = [0, 1, 2, 3, 4, 5, 8, 9, 10, 11].map { source.position(of: $0) }
    #expect(places.map(\.line) == [1, 1, 1, 2, 3, 3, 3, 3, 3, 4])
    #expect(places.map(\.column) == [1, 2, 3, 1, 1, 2, 5, 6, 7, 1])
    #expect(source.line(at: 5).elementsEqual("cdé f".utf8))
    #expect(source.line(at: source.text.count).isEmpty)
    #expect(source.text(of: Span(4, 8)) == "cdé")
    #expect(source.text(of: Span(9, 999)) == "f\n")
  }

  @Test func lineByLineAgreesWithASlowTwin() {
    var generator = SystemRandomNumberGenerator()
    let bytes = (0..<500).map { _ in
      UInt8.random(in: 0..<5, using: &generator) == 0 ? 10 : UInt8(ascii: "x")
    }
    let source = Source(name: "random", text: bytes)
    for offset in 0...bytes.count {
      let before = bytes[..<offset]
      let start = before.lastIndex(of: 10).map { $0 + 1 } ?? 0
      let (line, column) = source.position(of: offset)
      #expect(line == before.count { $0 == 10 } + 1 && column == offset - start + 1)
    }
  }

  @Test func rendering() {
    let source = Source(name: "s.mmq", "begin {\n  @x = foo;\n}\n")
    let diagnostic = Diagnostic(.error, "some-id", Span(15, 18), "no foo", hint: "try bar")
    #expect(
      diagnostic.rendered(in: source) == """
        s.mmq:2:8-11: ERROR: no foo
          @x = foo;
               ~~~
        HINT: try bar

        """)
  }

  @Test func renderingOfAWarningWithANote() {
    let source = Source(name: "stdin", "@a = 1; @a = 2")
    let diagnostic = Diagnostic(
      .warning, "some-id", Span(8, 10), "again",
      notes: [Diagnostic.Note(span: Span(0, 2), message: "first here")])
    #expect(
      diagnostic.rendered(in: source) == """
        stdin:1:9-11: WARNING: again
        @a = 1; @a = 2
                ~~
        stdin:1:1-3: NOTE: first here
        @a = 1; @a = 2
        ~~

        """)
  }

  /// A mark never runs behind its line, and control bytes never reach the terminal.
  @Test func renderingOfOddPlaces() {
    let source = Source(name: "s", "a\tb\u{1b}c\nd")
    #expect(
      Diagnostic(.error, "i", Span(2, 7), "m").rendered(in: source)
        == "s:1:3-6: ERROR: m\na b c\n  ~~~\n")
    #expect(
      Diagnostic(.error, "i", Span(7, 7), "m").rendered(in: source)
        == "s:2:2-3: ERROR: m\nd\n ~\n")
    let empty = Source(name: "s", "")
    #expect(
      Diagnostic(.error, "i", Span(0, 0), "m").rendered(in: empty) == "s:1:1-2: ERROR: m\n\n~\n")
  }

  /// Each macro doubles its argument.
  static let doublingMacros =
    "macro m0(x) { m1(«x + x») } "
    + (1..<30).map { "macro m\($0)(x) { m\($0 + 1)(x + x) } " }.joined()
    + "macro m30(x) { x } begin { print(m0(1)); }"

  /// One marked script for each message of the parser.
  static let cases: [(id: String, text: String)] = [
    ("bad-import", "«import \"a.mmq\";»\nbegin { print(1); }"),
    ("bad-escape", #"begin { print("a«\q»"); }"#),
    ("bad-number", "begin { print(«0x1fg»); }"),
    ("bad-positional", "begin { print(«$0»); }"),
    ("config-place", "begin { print(1); } «config» = { }"),
    ("double-macro", "macro m(a) { a } «macro m(b) { b + 1 }» begin { print(1); }"),
    ("double-parameter", "«macro m(a, a) { a }» begin { print(1); }"),
    ("expected", "begin { } «}»"),
    ("macro-arguments", "macro m(a) { a } begin { print(«m()»); }"),
    ("macro-depth", "macro m(a) { «m»(a) } begin { print(m(1)); }"),
    ("macro-map", "macro m() { «@x» } begin { print(m()); }"),
    ("macro-parameter", "macro m($v) { $v } begin { print(m(«1»)); }"),
    ("no-memory", "begin { print(«*»args.x); }"),
    ("no-pointers", "begin { print((«int32 *»)5); }"),
    ("no-structs", "«struct» x { int y; }; begin { print(1); }"),
    ("macro-size", doublingMacros),
    ("not-assignable", "begin { «5 =» 6; }"),
    ("open-block", "begin «{» print(1);"),
    ("open-comment", "begin { print(1); } «/*» tail"),
    ("open-predicate", "begin «/» 1 { print(1); }"),
    ("if-before-block", "made:tick «if» (1) { print(1); }"),
    ("single-quotes", "begin { print(«'a'»); }"),
    ("open-string", "begin { print(1); } «\"»abc"),
    ("preprocessor", "«#define» X 1\nbegin { print(1); }"),
    ("stray-byte", "begin { print(1«`»); }"),
    ("too-deep", "begin { print(" + String(repeating: "~", count: 198) + "«~»1); }"),
  ]

  @Test(arguments: cases.indices)
  func eachMessageHasItsPlace(_ index: Int) {
    let (id, text) = Self.cases[index]
    let marked = Marked(text)
    let found = onLargeStack {
      let (program, complaints, _) = Importer.load(marked.source, nil)
      return complaints + MacroExpander.expand(program).diagnostics
    }
    #expect(found.map(Finding.init).first { $0.id == id } == Finding(id, marked.spans[0]))
    #expect(found.count { $0.severity == .error } > 0)
  }

  struct SettingsFile: ScriptFiles {
    func files(at path: String, from importer: String) throws(ImportProblem) -> [ImportedFile] {
      [ImportedFile(name: path, identity: path, text: Array("config = { a = 1 }".utf8))]
    }
    func identity(of script: String) -> String { script }
  }

  @Test func settingsOfAnImportedFile() {
    let script = Source(name: "s", "import \"other\"; begin { }")
    let (_, found, source) = Importer.load(script, SettingsFile())
    #expect(found.map(\.id) == ["imported-config"])
    #expect(found.first.map { source.text(of: $0.span) } == "a = 1")
    #expect(found.first?.rendered(in: source).hasPrefix("other:1:12-17: ERROR: settings") == true)
  }

  /// A message that nobody tests is a message that nobody has seen.
  @Test func everyMessageIsTested() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Sources/MMQLanguage/Diagnostic+Messages.swift")
    let text = try String(contentsOf: file, encoding: .utf8)
    let ids = text.matches(of: /\.(?:error|warning), "([a-z-]+)"/).map { String($0.1) }
    #expect(ids.count >= 12)
    let tested = Set(Self.cases.map(\.id) + ["imported-config"])
    #expect(Set(ids).subtracting(tested).isEmpty)
    #expect(tested.subtracting(ids).isEmpty)
  }
}
