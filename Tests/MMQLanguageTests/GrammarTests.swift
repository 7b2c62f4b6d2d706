// The grammar in Grammar/mmq.ebnf against the parser: what one describes, the other accepts.

import Foundation
import Testing

@testable import MMQLanguage

struct GrammarTests {
  let grammar: EBNF

  init() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let file = root.appendingPathComponent("Grammar/mmq.ebnf")
    grammar = try EBNF(String(contentsOf: file, encoding: .utf8))
  }

  @Test func everyRuleIsDefinedAndUsed() {
    let used = Set(grammar.rules.values.flatMap(EBNF.names))
    let known = Set(grammar.rules.keys)
    #expect(used.subtracting(known) == [])
    #expect(known.subtracting(used) == ["Program", "SPACE", "COMMENT"])
  }

  @Test func programsOfTheGrammarParse() throws {
    var derivation = try Derivation(grammar, seed: 1, depthLimit: 24)
    var used: Set<String> = []
    for number in 0..<5000 {
      let tokens = derivation.tokens(of: "Program")
      let text = joined(tokens, &derivation)
      let diagnostics = Parser.parse(Source(name: "grammar", text)).diagnostics
      #expect(diagnostics.isEmpty, "program \(number): \(text)\n\(diagnostics)")
      used.formUnion(tokens)
    }
    // The programs are not trivial: they hold every operator, keyword of a statement and cast.
    for name in ["UnaryOperator", "Step", "AssignmentOperator", "TYPE"] {
      #expect(grammar.texts(of: name).subtracting(used) == [])
    }
    #expect(Set(BinaryOperator.allCases.map(\.rawValue)).subtracting(used) == [])
    #expect(Set(["if", "else", "while", "break", "continue", "return", "let"]).isSubset(of: used))
  }

  /// Ends, and says something sensible: each place lies in the text, each message can be shown.
  @Test func damagedProgramsNeverCrash() throws {
    var derivation = try Derivation(grammar, seed: 2, depthLimit: 24)
    var failures = 0
    for _ in 0..<2000 {
      var tokens = derivation.tokens(of: "Program")
      guard !tokens.isEmpty else { continue }
      let place = Int.random(in: tokens.indices, using: &derivation.random)
      if Bool.random(using: &derivation.random) {
        tokens.remove(at: place)
      } else {
        tokens.insert(tokens[place], at: place)
      }
      let source = Source(name: "damaged", tokens.joined(separator: " "))
      for diagnostic in Parser.parse(source).diagnostics {
        failures += 1
        #expect(diagnostic.span.start <= source.text.count)
        #expect(diagnostic.rendered(in: source).contains(diagnostic.message))
      }
    }
    #expect(failures > 500)
  }

  /// Each token of a program left out, and each one twice: the parser ends, and its messages lie in the text.
  @Test(.timeLimit(.minutes(3))) func anyTokenMayBeMissingOrDouble() throws {
    var derivation = try Derivation(grammar, seed: 3, depthLimit: 16)
    var programs = 0
    var damaged = 0
    while programs < 300 {
      let tokens = derivation.tokens(of: "Program")
      guard (5..<100).contains(tokens.count) else { continue }
      programs += 1
      for place in tokens.indices {
        for copies in [0, 2] {
          var changed = tokens
          changed.replaceSubrange(place...place, with: repeatElement(tokens[place], count: copies))
          let source = Source(name: "damaged", changed.joined(separator: " "))
          for diagnostic in Parser.parse(source).diagnostics {
            if diagnostic.span.start > source.text.count { Issue.record("\(diagnostic)") }
          }
          damaged += 1
        }
      }
    }
    #expect(damaged > 5000)
  }

  /// The ladder of productions from Expression down to Prefix: A ::= B ( operator B )* is a level, and
  /// groups from the left, as ParserTests finds it of the parser.
  @Test func precedencesAreThoseOfTheTable() {
    var found: [String: Int] = [:]
    var level = 1
    var name = grammar.rules["Expression"].map(EBNF.names)?.first ?? ""
    while case .sequence(let parts) = grammar.rules[name], parts.count == 2,
      case .name(let tighter) = parts[0],
      case .repeated(.sequence(let tail), least: 0, most: nil) = parts[1], tail.count == 2,
      case .name(tighter) = tail[1]
    {
      for text in grammar.texts(tail[0]) ?? [] { found[text] = level }
      (name, level) = (tighter, level + 1)
    }
    #expect(name == "Prefix")
    let table = BinaryOperator.allCases.map { ($0.rawValue, $0.precedence) }
    #expect(found == Dictionary(uniqueKeysWithValues: table))
  }

  @Test func wordsAreThoseOfTheTables() {
    #expect(grammar.texts(of: "KEYWORD") == Set(Keyword.allCases.map(\.rawValue)))
    #expect(grammar.texts(of: "UnaryOperator") == Set(UnaryOperator.allCases.map(\.rawValue)))
    #expect(
      grammar.texts(of: "AssignmentOperator") == Set(AssignmentOperator.allCases.map(\.rawValue)))
    #expect(grammar.texts(of: "TYPE") == TypeNames.others.union(TypeNames.integers.keys))
    #expect(grammar.texts(of: "DURATION") == Set(Durations.all.map(\.suffix)))
  }

  /// The tokens with white space and comments between them.
  private func joined(_ tokens: [String], _ derivation: inout Derivation) -> String {
    var text = ""
    for token in tokens {
      text += token
      if text.hasSuffix("\n") { continue }
      switch Int.random(in: 0..<40, using: &derivation.random) {
      case 0: text += "\n"
      case 1: text += " // a comment\n"
      case 2: text += " # another\n"
      case 3: text += " /* a ** third { */ "
      default: text += " "
      }
    }
    return text
  }
}
