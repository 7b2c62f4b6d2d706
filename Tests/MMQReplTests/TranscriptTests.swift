// The session that the README shows.

import Foundation
import MMQTestSupport
import Testing

@Suite struct TranscriptTests {
  /// What is typed, and what is shown; without the prompts, the greeting and the times.
  private func transcript() throws -> (typed: String, shown: [Substring]) {
    let readme = try String(contentsOfFile: Places.package + "/README.md", encoding: .utf8)
    let behind = try #require(readme.components(separatedBy: "<!-- a session;").last)
    let block = try #require(behind.components(separatedBy: "```console\n").dropFirst().first)
    let lines = block.components(separatedBy: "```")[0].split(separator: "\n").dropFirst(2)
    let prompts = ["mmq> ", "...> "]
    let typed = lines.filter { line in prompts.contains { line.hasPrefix($0) } }
    let shown = lines.filter { line in
      !prompts.contains { line.hasPrefix($0) } && line.wholeMatch(of: /\([0-9.]+ s.*\)/) == nil
    }
    return (typed.map { $0.dropFirst(5) + "\n" }.joined(), Array(shown))
  }

  @Test func theReadmeShowsWhatIsAnswered() throws {
    let (typed, shown) = try transcript()
    #expect(typed.split(separator: "\n").count >= 5 && shown.count >= 5)
    let result = try PipedSession.run(typed)
    #expect(result.output.split(separator: "\n") == shown)
    #expect(result.errors == "")
  }
}
