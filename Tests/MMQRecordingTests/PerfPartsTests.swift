// perf.data read in parts, once and in any order: what it holds is what the streams by CPU hold.

import Foundation
import MMQTestSupport
import MMQTrace
import Testing

@Suite struct PerfPartsTests {
  /// Passes that know nothing of each other: each opens the file anew.
  private func expectTheSame(_ path: String, atLeast parts: Int = 1) throws {
    let (ordered, divided) = (try open(path), try open(path))
    let all = try Tally(ordered, keepsRecords: true)
    let first = divided.firstStamp
    let opened = try divided.openParts(of: nil)
    var count = 0
    let streams = sequence(state: ()) { _ -> (any PageStream)? in
      count += 1
      return opened.next()?.stream
    }
    let summed = Tally(of: streams, divided, keepsRecords: true)
    #expect(count > parts)
    #expect(summed.events == all.events && summed.perCPU == all.perCPU)
    #expect(summed.numbers.sorted() == all.numbers.sorted())
    #expect(summed.times.sorted() == all.times.sorted())
    #expect(lost(summed) == lost(all))
    #expect(first.map { StampConversion(divided.clock)($0) } == (all.total > 0 ? all.first : nil))
    #expect(divided.damage.findings.map(\.first) == ordered.damage.findings.map(\.first))
    // What was said of the file is not said again.
    let said = divided.damage.findings.map(\.count)
    _ = try Tally(divided)
    #expect(divided.damage.findings.map(\.count) == said)
  }

  private func expectTheSame(_ bytes: [UInt8], atLeast parts: Int) throws {
    let file = TemporaryFile(bytes)
    try withExtendedLifetime(file) { try expectTheSame(file.path, atLeast: parts) }
  }

  private func open(_ path: String) throws -> any DivisibleSource {
    try #require(try SourceFormat.open(path: path) as? any DivisibleSource)
  }

  private func lost(_ tally: Tally) -> [UInt32: UInt64] {
    tally.gaps.reduce(into: [:]) { sums, gap in
      if case .counted(let events) = gap.lost { sums[gap.cpu, default: 0] += events }
    }
  }

  @Test(arguments: ["group", "kmem-zstd", "pipe"]) func fixtures(_ name: String) throws {
    try expectTheSame("\(Places.fixtures)/captures/\(name).perf.data")
  }

  @Test(arguments: PerfDataTests.captures) func captures(_ name: String) throws {
    guard Shared.has("\(name).perf.data", for: "PerfPartsTests.captures") else { return }
    try expectTheSame(Shared.captures.appendingPathComponent("\(name).perf.data").path)
  }

  /// Some megabytes, so that records lie across the ends of blocks, with losses here and there.
  private func long() -> MadePerf {
    var perf = MadePerf()
    for round in 0..<(400 as UInt64) {
      for cpu in 0..<3 as Range<UInt32> {
        for k in 0..<(20 as UInt64) {
          let time = 1_000_000 + round * 1_000_000 + k * 1000 + UInt64(cpu)
          perf.sample(Int(k % 2), cpu: cpu, time: time, round * 20 + k)
        }
        if round % 7 == UInt64(cpu) {
          perf.lost(round + 1, cpu: cpu, time: 1_000_000 + round * 1_000_000 + 19_500)
        }
      }
      perf.finishedRound()
    }
    return perf
  }

  @Test func recordsAcrossBlocks() throws {
    try expectTheSame(long().file, atLeast: 9)
    var pipe = long()
    pipe.isPipe = true
    try expectTheSame(pipe.file, atLeast: 9)
    // Cut in the middle of a record.
    try expectTheSame(Array(pipe.file.dropLast(13)), atLeast: 9)
  }

  /// A record that cannot be ends what can be read.
  @Test func aDamagedRecord() throws {
    var pipe = long()
    pipe.isPipe = true
    var bytes = pipe.file
    for k in 0..<64 { bytes[bytes.count * 2 / 3 + k] = 0 }
    try expectTheSame(bytes, atLeast: 3)
  }
}
