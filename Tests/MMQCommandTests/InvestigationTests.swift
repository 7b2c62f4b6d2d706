// Examples/Investigations.md and README.md: every command prints what stands below it.

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

  static let all = shown(in: "Examples/Investigations.md")
  /// But for the session at the prompt.
  static let readme = shown(in: "README.md").filter { !$0.command.hasPrefix("mmq repl") }

  private static func shown(in page: String) -> [Shown] {
    let path = Places.package + "/" + page
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
  }

  @Test(arguments: all) func printsWhatIsShown(_ shown: Shown) throws {
    let words = shown.command.split(separator: " ").map(String.init)
    #expect(words.first == "mmq")
    let run = try MMQRun(Array(words.dropFirst()))
    #expect(run.status == 0, "\(run.errors)")
    #expect(Self.tidy(run.output.components(separatedBy: "\n")) == Self.tidy(shown.lines))
  }

  /// As a shell takes it, with what is said on standard error.
  @Test(arguments: readme) func theReadmeIsTrue(_ shown: Shown) throws {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = [
      "-c", "mmq() { '\(BuiltProgram.path("mmq"))' \"$@\"; }; \(shown.command)",
    ]
    process.currentDirectoryURL = URL(fileURLWithPath: Places.package)
    (process.standardOutput, process.standardError) = (pipe, pipe)
    try process.run()
    let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\n")
    #expect(lines.filter { $0 != "" } == shown.lines.filter { $0 != "" })
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
    #expect(Self.readme.count == 4)
    #expect(Self.all.count >= 9 && Self.all.allSatisfy { !$0.lines.isEmpty })
  }
}
