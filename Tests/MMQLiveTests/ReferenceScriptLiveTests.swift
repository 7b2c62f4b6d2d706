// The fifteen reference scripts on the running kernel, as they are.

import Foundation
import MMQTestSupport
import Testing

@Suite(.needsTracefs, .serialized) struct ReferenceScriptLiveTests {
  private static let scripts = (1...15).map { "s" + ($0 < 10 ? "0" : "") + "\($0)" }

  /// Over a workload of page faults, forks and slab calls; what it does of compaction or OOM is the
  /// kernel's affair, so only that they attach, run and end is the same everywhere.
  @Test(arguments: scripts) func runsUnchanged(name: String) throws {
    let run = try MMQProcess([
      "-b", "16M", "\(Places.fixtures)/reference/\(name).mmq",
    ])
    try Workload.run(["tasks", "20", "20", "20"])
    _ = try Workload.faults(at: 0x2000_0000_0000, pages: 1000, rounds: [2])
    let output = run.stop()
    #expect(run.status == 0)
    // Only how many probes there are.
    let said = run.stderr.split(separator: "\n")
    #expect(said.count == 1 && said[0].hasPrefix("Attached "), "\(run.stderr)")
    if Self.certain.contains(name) { #expect(output.contains("@"), "\(output)") }
    #expect(try Tracing.instances(of: run.pid) == [])
  }

  /// Those that count what any program does: pages and slab objects.
  private static let certain: Set<String> = ["s01", "s02", "s08", "s09", "s10", "s12"]
}
