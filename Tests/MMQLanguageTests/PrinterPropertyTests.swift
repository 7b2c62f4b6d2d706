// What holds for every script that `mmq fmt` prints.

import Foundation
import MMQTestSupport
import Testing

@testable import MMQLanguage

struct PrinterPropertyTests {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Every script of the repository.
  static let scripts: [URL] = ["Examples", "Tests"].flatMap { folder in
    let files = FileManager.default.enumerator(
      at: root.appendingPathComponent(folder), includingPropertiesForKeys: nil)
    return (files?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "mmq" }
  }

  @Test func scriptsOfTheRepository() throws {
    #expect(Self.scripts.count > 150)
    for file in Self.scripts {
      let text = Array(try Data(contentsOf: file))
      let (program, diagnostics) = Parser.parse(Source(name: file.path, text: text))
      if diagnostics.isEmpty { check(text, program, file.lastPathComponent) }
    }
  }

  @Test func examplesAreInTheHouseStyle() throws {
    for file in Self.scripts where file.path.contains("/Examples/") {
      let text = Array(try Data(contentsOf: file))
      #expect(Printer.print(Source(name: file.path, text: text)).text == text)
    }
  }

  @Test(arguments: 1...8) func programsOfTheGrammar(seed: UInt64) throws {
    let file = Self.root.appendingPathComponent("Grammar/mmq.ebnf")
    let grammar = try EBNF(String(contentsOf: file, encoding: .utf8))
    var derivation = try Derivation(grammar, seed: seed, depthLimit: 24)
    for number in 0..<500 {
      let tokens = derivation.tokens(of: "Program")
      let text = Array(joined(tokens, &derivation.random).utf8)
      let (program, diagnostics) = Parser.parse(Source(name: "grammar", text: text))
      #expect(diagnostics.isEmpty)
      check(text, program, "program \(number) of \(seed)")
    }
  }

  private func check(_ text: [UInt8], _ program: Program, _ name: String) {
    guard let printed = Printer.print(Source(name: name, text: text)).text else {
      Issue.record("\(name) is not printed")
      return
    }
    let source = Source(name: name, text: printed)
    let shown = Comment(rawValue: "\(name)\n\(String(decoding: text, as: UTF8.self))")
    // Nothing but white space changes: every token and every comment is there, in its order.
    #expect(text.filter { !$0.isSpace } == printed.filter { !$0.isSpace }, shown)
    let (again, diagnostics) = Parser.parse(source)
    #expect(diagnostics.isEmpty, shown)
    #expect(tree(program) == tree(again), shown)
    #expect(comments(Source(name: name, text: text)) == comments(source), shown)
    #expect(Printer.print(source).text == printed, shown)
  }

  /// All of a syntax tree but its places.
  private func tree(_ program: Program) -> String {
    String(describing: program).replacing(/Span\(start: \d+, end: \d+\)/, with: "")
  }

  /// The words of each comment.
  private func comments(_ source: Source) -> [[Substring]] {
    var previous = 0
    return Parser.tokens(of: source).tokens.flatMap { token in
      defer { previous = token.span.end }
      return Trivia(source.text, Span(previous, token.span.start)).comments.map {
        source.text(of: $0.span).split(whereSeparator: \.isWhitespace)
      }
    }
  }

  /// The tokens with any white space and comments between them, or nothing where they stay apart.
  private func joined(_ tokens: [String], _ random: inout SeededRandom) -> String {
    let separators = [
      "\n", "\n\n\n", "  ", "\t", " // a comment\n", "\n  # another  \r\n", "\n\n// own\n\n",
      " /* in the line */ ", " /* a ** c { */", "\n /* of\n   * two */", " /* of\n two */\n",
      "\n #define X 1\n", " //\n", "\n#else \n",
    ]
    var text = ""
    for (token, next) in zip(tokens, tokens.dropFirst() + [""]) {
      text += token
      if token.hasPrefix("#!") { continue }
      let isApart = ",;(){}".contains(token) || ",;(){}".contains(next)
      switch Int.random(in: 0..<20, using: &random) {
      case 0..<6: text += separators.randomElement(using: &random)!
      case 6..<12 where isApart: break
      default: text += " "
      }
    }
    return text
  }
}
