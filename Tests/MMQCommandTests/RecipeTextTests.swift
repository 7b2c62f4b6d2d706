// Recipes over texts: what the kernel prints of a recording gives the answers that the recording gives.

import Foundation
import MMQTestSupport
import Testing

@Suite struct RecipeTextTests {
  struct Row: CustomTestStringConvertible, Sendable {
    var recipe: String
    var recording: String
    var testDescription: String { recipe }
  }

  private static let recordings = [
    "Tests/Fixtures/captures/slab.dat": [
      "kmalloc-waste", "memory-growth", "mm-health", "pcp-refills", "slab-alloc", "slab-balance",
      "slab-caches",
    ],
    "Tests/Fixtures/captures/compaction.dat": [
      "compaction-health", "compaction-outcomes", "compaction-scanners", "direct-reclaim",
    ],
    "Tests/Fixtures/captures/thp.dat": [
      "thp-collapse", "thp-failures", "thp-isolation", "thp-scan",
    ],
    "Examples/traces/oom.dat": ["oom-kills", "oom-score-adj", "oom-watch"],
  ]

  static let rows = recordings.flatMap { recording, recipes in
    recipes.map { Row(recipe: $0, recording: recording) }
  }

  /// The same words in the same order. Times in a text are microseconds: what is computed of them may differ a little.
  @Test(arguments: rows) func textsGiveTheSameAnswers(_ row: Row) throws {
    let text = TemporaryPath()
    let lines = try MMQRun(["events", "-q", "-i", row.recording])
    try Data(lines.output.utf8).write(to: URL(fileURLWithPath: text.path))
    let expected = try MMQRun(["recipe", row.recipe, "-q", "-i", row.recording])
    let found = try MMQRun(["recipe", row.recipe, "-q", "-i", text.path])
    #expect(found.status == 0 && found.errors == "", "\(found.errors)")
    let (words, wanted) = (Self.words(found.output), Self.words(expected.output))
    #expect(words == wanted && !words.isEmpty, "\(found.output)\n\(expected.output)")
    for (word, wanted) in zip(Self.numbers(found.output), Self.numbers(expected.output)) {
      #expect(abs(word - wanted) <= max(2, abs(wanted) / 100))
    }
  }

  private static func words(_ text: String) -> [Substring] {
    text.split { !$0.isLetter && $0 != "_" }
  }

  private static func numbers(_ text: String) -> [Double] {
    text.split { $0.isWhitespace || "%[](),@|".contains($0) }.compactMap { Double($0) }
  }

  /// The fields that kernels print under other names, the waits that reclaim was put to, and hashed addresses.
  @Test func logsAreAnswered() throws {
    let log = """
                  load-12    [001] .....     6.043347: mm_vmscan_throttled: nid=0 usec_timeout=20000 \
      usect_delayed=4000 reason=VMSCAN_THROTTLE_ISOLATED
                  load-12    [001] .....     6.053347: mm_vmscan_write_folio: page=00000000deadbeef \
      pfn=0xce17 flags=RECLAIM_WB_ANON|RECLAIM_WB_ASYNC
                  load-12    [001] .....     6.063347: kmalloc: call_site=do_exit+0x1c/0x20 \
      ptr=00000000da32446a bytes_req=33 bytes_alloc=64 gfp_flags=GFP_KERNEL node=-1 accounted=false
                  load-12    [001] .....     6.073347: kfree: call_site=do_exit+0x2c/0x20 ptr=0000000000000000
                  load-12    [001] .....     6.083347: kmem_cache_alloc: call_site=fork+0x1c/0x20 \
      ptr=00000000da324400 bytes_req=32 bytes_alloc=32 gfp_flags=GFP_KERNEL node=-1 accounted=false
                  load-12    [001] .....     6.093347: kmem_cache_free: call_site=fork+0x2c/0x20 \
      ptr=00000000da324400 name=things

      """
    let text = TemporaryPath()
    try Data(log.utf8).write(to: URL(fileURLWithPath: text.path))
    for (recipe, wanted) in [
      (
        "reclaim-throttle",
        "1       4.000      20.000   20.0%       4.000  load             VMSCAN_THROTTLE_ISOLATED"
      ),
      ("reclaim-writeback", "1  100.0%  load             RECLAIM_WB_ANON|RECLAIM_WB_ASYNC"),
      ("kmalloc-waste", "31   48.4%           33           64        1       33.0  do_exit"),
      ("slab-balance", "64          1          1  100.0%      0.030  do_exit"),
      ("slab-balance", "2 objects allocated, 1 of them freed; 0 were freed that are older"),
      ("slab-caches", "things"),
    ] {
      let run = try MMQRun(["recipe", recipe, "-q", "-i", text.path])
      #expect(
        run.status == 0 && run.output.contains(wanted), "\(recipe): \(run.output)\(run.errors)")
    }
  }
}
