// Commands of system().

import CLinux
import Foundation
@testable import MMQ
import Testing

@Suite(.serialized) struct HostCommandTests {
  private static var score: Int32? {
    let text = try? String(contentsOfFile: "/proc/self/oom_score_adj", encoding: .utf8)
    return text.flatMap { Int32($0.dropLast()) }
  }

  private static func output(_ command: String) -> String? {
    var bytes: [UInt8] = []
    guard HostCommand.run(Array(command.utf8), { bytes += $0 }) else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func outputComesWhole() {
    #expect(Self.output("echo a; echo b >&2; printf c") == "a\nc")
    #expect(Self.output("head -c 100000 /dev/zero | tr '\\0' x")?.count == 100_000)
    #expect(Self.output("exit 3") == "")
    #expect(Self.output("kill -9 $$") == "")
  }

  /// Anybody may raise the rank, and lower it to what it was.
  @Test func shellsHaveTheRankOfBefore() throws {
    let before = try #require(Self.score)
    let other = before < 900 ? before + 50 : 1000
    #expect(clinux_set_oom_score(before, other) == 0)
    #expect(Self.score == other)
    #expect(Self.output("cat /proc/self/oom_score_adj") == "\(before)\n")
    #expect(clinux_set_oom_score(before, before) == 0)
    #expect(Self.score == before)
  }
}
