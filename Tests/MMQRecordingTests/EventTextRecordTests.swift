// Texts of records in the fixtures, as they are and damaged.

import Foundation
import MMQTestSupport
import MMQTrace
import Testing

private func fixture(_ name: String) throws -> TraceDat {
  try TraceDat(path: try #require(Places.capture(name)))
}

@Suite struct EventTextRecordTests {
  /// Texts that `trace-cmd report -N` prints for the same records; the fixtures have no symbols.
  @Test(arguments: [
    (
      "tools.dat", 0, "[001]",
      "5.703037: sys_enter: NR 59 (7ffeae6490d0, 7ffeae64a700, 7ffeae64a720, 7, 0, 0)"
    ),
    (
      "oom.dat", 98, "[001]",
      "43.045802: mm_vmscan_direct_reclaim_begin: order=0 gfp_flags=GFP_HIGHUSER_MOVABLE|__GFP_COMP|__GFP_ZERO"
    ),
    (
      "thp.dat", 0, "[000]",
      "6.592969: mm_collapse_huge_page_isolate: scan_pfn=0x4f76, none_or_zero=0, referenced=512, writable=1, status=succeeded"
    ),
    (
      "compaction.dat", 98, "[000]",
      "32.614734: mm_compaction_isolate_migratepages: range=(0x3200 ~ 0x3299) nr_scanned=81 nr_taken=32"
    ),
    ("sched.dat", 0, "[001]", "30.899366: sys_exit: NR 1 = 1"),
    (
      "stacks.dat", 0, "[000]",
      "26.529072: mm_page_alloc: page=? pfn=0x660a order=1 migratetype=0 gfp_flags=GFP_KERNEL_ACCOUNT|__GFP_ZERO"
    ),
  ])
  func knownLines(_ file: String, _ index: Int, _ cpu: String, _ text: String) throws {
    var lines: [String] = []
    _ = try eventLines(try fixture(file)) { _, line in
      lines.append(String(decoding: line, as: UTF8.self))
    }
    try #require(lines.count > index)
    #expect(lines[index].contains(" \(cpu) "))
    #expect(lines[index].hasSuffix(" \(text)"), "\(lines[index])")
  }

  /// Task, thread, CPU, flags and time of a line stand in their columns.
  @Test func columns() throws {
    var first: String?
    _ = try eventLines(try fixture("tools.dat")) { _, line in
      first = first ?? String(decoding: line, as: UTF8.self)
    }
    let line = try #require(first)
    let parts = line.split(separator: " ", omittingEmptySubsequences: false)
    #expect(line.hasPrefix("           sleep-171     [001] "), "\(line)")
    #expect(line.dropFirst(36).hasPrefix("     5.703037: sys_enter: NR 59"), "\(line)")
    #expect(parts.contains { $0.count == 5 && $0.allSatisfy { ".dDbnNpPhHsS1234".contains($0) } })
  }

  /// Real records with random damage: nothing traps, and the damage is told.
  @Test(
    .timeLimit(.minutes(2)),
    arguments: ["tools.dat", "sched.dat", "oom.dat", "slab.dat", "stacks.dat"])
  func damagedRecords(_ file: String) throws {
    let source = try fixture(file)
    var writer = EventLine(source)
    var random = SeededRandom(seed: 7)
    var out: [UInt8] = []
    var left = 500
    for stream in source.openStreams() {
      var cursor = RingCursor(byteOrder: .little)
      while left > 0, let page = stream.nextPage() {
        _ = cursor.open(page, stream.layout)
        while left > 0, cursor.next() {
          let whole = UnsafeRawBufferPointer(start: cursor.record, count: cursor.recordSize)
          let record = mutate([UInt8](whole), &random)
          let type = Int(cursor.record.load(UInt16.self, at: 0, .little))
          out.removeAll(keepingCapacity: true)
          record.withUnsafeBytes {
            let order: ByteOrder = random.next() % 8 == 0 ? .big : .little
            let event = EventRef(base: $0.baseAddress!, size: $0.count, byteOrder: order)
            writer.append(event, type: type, cpu: .max, time: random.next(), to: &out)
          }
          #expect(out.count > 30 && out.count < 1 << 18)
          left -= 1
        }
      }
    }
    #expect(left < 500)
    let isTold = writer.reasons.values.contains { $0.contains(.damage) }
    #expect(isTold)
  }

  private func mutate(_ bytes: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
    var bytes = bytes
    for _ in 0...(random.next() % 6) {
      let place = Int(random.next() % UInt64(bytes.count))
      switch random.next() % 4 {
      case 0: bytes[place] ^= 1 << UInt8(random.next() % 8)
      case 1: bytes[place] = 0xff
      case 2: bytes[place] = UInt8(truncatingIfNeeded: random.next())
      default: if bytes.count > 4 { bytes.removeLast(min(bytes.count - 1, Int(random.next() % 9))) }
      }
    }
    return bytes
  }
}
