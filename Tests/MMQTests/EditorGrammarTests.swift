// The words of the grammars for editors against the tables of the language.

import Foundation
import MMQ
import MMQLanguage
import Testing

@Suite struct EditorGrammarTests {
  /// The words of each list, as the tables have them.
  static let tables: [String: Set<String>] = [
    "keywords": Set(Keyword.allCases.map(\.rawValue)),
    "types": TypeNames.others.union(TypeNames.integers.keys),
    // config() is a keyword.
    "functions": Set(Builtin.all.filter(isFunction).map(\.name))
      .subtracting(Keyword.allCases.map(\.rawValue)),
    // The checker knows args by itself: it is no value of its own.
    "variables": Set(Builtin.all.filter { !isFunction($0) }.map(\.name)).union(["args"]),
    "aggregations": Set(Aggregation.all.map(\.name)),
  ]

  /// Variables have no parentheses; `nsecs` may have, and stays one.
  static func isFunction(_ builtin: Builtin) -> Bool {
    builtin.signature.hasPrefix(builtin.name + "(")
  }

  static func text(of file: String) throws -> String {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    return try String(contentsOf: root.appendingPathComponent("Grammar/\(file)"), encoding: .utf8)
  }

  @Test(arguments: ["keywords", "types", "functions", "variables", "aggregations"])
  func theVimFileHasTheWordsOfTheTables(_ list: String) throws {
    let file = "mmq.vim"
    compare(try vimWords(list, in: Self.text(of: file)), with: list, of: file)
  }

  @Test(arguments: ["keywords", "types", "functions", "variables", "aggregations"])
  func theTextMateFileHasTheWordsOfTheTables(_ list: String) throws {
    let file = "mmq.tmLanguage.json"
    compare(try textMateWords(list, in: Self.text(of: file)), with: list, of: file)
  }

  @Test func wordsAreFoundInTheTables() {
    let tables = Self.tables
    #expect(tables["functions"]?.isSuperset(of: ["printf", "delete", "is_str"]) == true)
    #expect(tables["variables"]?.isSuperset(of: ["nsecs", "comm", "is_live"]) == true)
    #expect(tables.values.allSatisfy { !$0.isEmpty })
  }

  private func compare(_ found: [String], with list: String, of file: String) {
    let wanted = Self.tables[list] ?? []
    func sorted(_ words: Set<String>) -> String { words.sorted().joined(separator: " ") }
    let missing = sorted(wanted.subtracting(found))
    let surplus = sorted(Set(found).subtracting(wanted))
    let twice = sorted(Set(Dictionary(grouping: found) { $0 }.filter { $1.count > 1 }.keys))
    #expect(missing.isEmpty, "Grammar/\(file) lacks \(list): \(missing)")
    #expect(surplus.isEmpty, "Grammar/\(file) has \(list) that are none: \(surplus)")
    #expect(twice.isEmpty, "Grammar/\(file) has \(list) twice: \(twice)")
  }

  /// The words in quotes of `let s:LIST = …` and the lines that continue it; a group's name and a
  /// colon may stand before them.
  private func vimWords(_ list: String, in text: String) throws -> [String] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let start = try #require(
      lines.firstIndex { $0.hasPrefix("let s:\(list) = ") }, "mmq.vim has no s:\(list)")
    let more = lines[(start + 1)...].prefix { $0.hasPrefix("  \\") }
    return ([lines[start]] + more).flatMap { line -> [Substring] in
      let pieces = line.split(separator: "'", omittingEmptySubsequences: false)
      // Every second piece is quoted; the last of them holds words.
      guard pieces.count >= 3, pieces.count.isMultiple(of: 2) == false else { return [] }
      return pieces[pieces.count - 2].split(separator: " ")
    }.map(String.init)
  }

  /// The words of `\b(?:one|two)\b` in the patterns of a list.
  private func textMateWords(_ list: String, in text: String) throws -> [String] {
    let json = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    let repository = json?["repository"] as? [String: Any]
    let rule = repository?[list] as? [String: Any]
    let patterns = try #require(
      rule?["patterns"] as? [[String: Any]], "mmq.tmLanguage.json has no repository.\(list)")
    return try patterns.flatMap { pattern -> [String] in
      let match = try #require(pattern["match"] as? String)
      let open = try #require(match.range(of: #"\b(?:"#))
      let close = try #require(match.range(of: #")\b"#))
      return match[open.upperBound..<close.lowerBound].split(separator: "|").map(String.init)
    }
  }
}
