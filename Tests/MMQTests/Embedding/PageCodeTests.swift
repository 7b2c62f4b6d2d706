// The pages for programs that embed mmq: their code is that of PageCode.swift and of the example in C, and
// does what they say.

import Foundation
import MMQ
import MMQTestSupport
import Testing

@Suite struct PageCodeTests {
  /// The lines of each block of code in a page, without their indentation.
  private static func blocks(_ page: String, _ language: String) throws -> [[String]] {
    let text = try String(
      contentsOfFile: "\(Places.package)/Sources/MMQ/MMQ.docc/\(page).md", encoding: .utf8)
    return text.matches(of: /(?ms)^```([a-z]+)\n(.*?)^```$/).filter { $0.1 == language }
      .map { tidy(String($0.2)) }
  }

  private static func tidy(_ text: String) -> [String] {
    text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty && $0 != "import MMQ" }
  }

  @Test(arguments: [
    ("Embedding", "swift", "Tests/MMQTests/Embedding/PageCode.swift"),
    ("OwnEvents", "swift", "Tests/MMQTests/Embedding/PageCode.swift"),
    ("Bounds", "swift", "Tests/MMQTests/Embedding/PageCode.swift"),
    ("MMQ", "swift", "Tests/MMQTests/Embedding/PageCode.swift"),
    ("C", "c", "Examples/C/reclaim.c"),
  ])
  func pagesShowCodeThatRuns(_ page: String, _ language: String, _ file: String) throws {
    let code = Self.tidy(
      try String(contentsOfFile: "\(Places.package)/\(file)", encoding: .utf8)
    ).joined(separator: "\n")
    let blocks = try Self.blocks(page, language)
    #expect(!blocks.isEmpty)
    for block in blocks {
      #expect(code.contains(block.joined(separator: "\n")), "\(block.joined(separator: "\n"))")
    }
  }

  @Test func theirCodeDoesWhatTheySay() async throws {
    let path = try #require(Places.capture("reclaim.dat"))
    let text =
      "vmscan:mm_vmscan_direct_reclaim_begin { @[comm] = count(); } begin { printf(\"x\"); }"
    func script(_ source: any TraceSource) -> Script {
      Script(Source(name: "question", text), for: Target(source))
    }
    try PageCode.tenLines(path)
    let recording = try SourceFormat.open(path: path)
    #expect(try PageCode.json(script(recording), recording).contains("\"type\": \"map\""))
    let stepped = try SourceFormat.open(path: path)
    let session = try Session(script(stepped), stepped, sink: TextRenderer { _ in })
    #expect(try PageCode.steps(session) { true }.records > 700_000)
    let count = session.snapshots()[0].rows.reduce(0) { $0 + ($1.value.integer ?? 0) }
    #expect(count == 631)
    try await PageCode.events(path, text)
    #expect(try PageCode.limits(script(recording), recording) == nil)
  }

  @Test func ownEventsAndFunctions() throws {
    let map = try PageCode.ownEvents()[0]
    #expect(map.name == "ns" && map["/index, ok"]?.description.contains("@@@") == true)
    let source = HostSource()
    var target = Target(source)
    try PageCode.ownFunction(&target)
    let script = Script(Source(name: "test", "begin { @ = zone(1); }"), for: target)
    let session = try Session(script, source, sink: TextRenderer { _ in })
    _ = try session.start()
    #expect(session.snapshots()[0].value == .string(Array("Normal".utf8)))
  }
}
