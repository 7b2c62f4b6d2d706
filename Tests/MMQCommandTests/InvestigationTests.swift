// Examples/Investigations.md: every command prints what stands below it.

import Foundation
import MMQTestSupport
import Testing

@Suite struct InvestigationTests {
  /// A command of a `console` block, and the lines below it.
  struct Shown: CustomTestStringConvertible, Sendable {
    var command: String
    var lines: [String] = []

    var testDescription: String { command }
  }

  static let all: [Shown] = {
    let path = Places.package + "/Examples/Investigations.md"
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    var shown: [Shown] = []
    var isInBlock = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        isInBlock = line == "```console"
      } else if isInBlock, line.hasPrefix("$ ") {
        shown.append(Shown(command: String(line.dropFirst(2))))
      } else if isInBlock, !shown.isEmpty {
        shown[shown.count - 1].lines.append(String(line))
      }
    }
    return shown
  }()

  @Test(arguments: all) func printsWhatIsShown(_ shown: Shown) throws {
    let words = shown.command.split(separator: " ").map(String.init)
    #expect(words.first == "mmq")
    let run = try MMQRun(Array(words.dropFirst()))
    #expect(run.status == 0, "\(run.errors)")
    #expect(Self.tidy(run.output.components(separatedBy: "\n")) == Self.tidy(shown.lines))
  }

  /// Without blanks at the ends of lines and empty lines at the end.
  private static func tidy(_ lines: [String]) -> [String] {
    var lines = lines.map { line in
      String(line.reversed().drop { $0.isWhitespace }.reversed())
    }
    while lines.last == "" { lines.removeLast() }
    return lines
  }

  @Test func thereAreThree() throws {
    let traces = Set(Self.all.compactMap { $0.command.firstMatch(of: /traces\/[a-z-]+/)?.0 })
    #expect(traces == ["traces/reclaim", "traces/slab-leak", "traces/oom"])
    #expect(Self.all.count >= 9 && Self.all.allSatisfy { !$0.lines.isEmpty })
  }
}
