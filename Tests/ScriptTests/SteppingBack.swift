// A recording in which the time of the CPUs steps back.

import MMQTestSupport
import MMQTrace
import MMQTraceWriter
import Testing

/// 63 sub-buffers of 20 ticks on either CPU, a millisecond apart; each seventh, the last one too, begins 4.5 ms too
/// early. Before the tenth, and before the fourteenth, which is one of these, events are lost.
enum SteppingBack {
  /// In nanoseconds, that of the last record of the last sub-buffer but one.
  static let latestTime = 162_900_000

  static func write(to path: String) throws {
    let layout = RingLayout(byteOrder: .little, commitSize: 8, dataOffset: 16, subBufferSize: 4096)
    var metadata = RecordingMetadata(
      byteOrder: .little, longSize: 8, pageSize: 4096, cpuCount: 2)
    metadata.setLayout(layout)
    metadata.setFormats([("made", MadeTick.format)])
    let writer = try TraceDatWriter(
      path: path, metadata: metadata, options: .init(version: 7, compression: .none))
    try writer.beginBuffer(name: "", clock: "mono", pageSize: 4096)
    for cpu in 0..<2 as Range<UInt32> {
      try writer.beginCPU(cpu)
      for number in 0..<63 as Range<UInt64> {
        try page(number, layout).withUnsafeBytes { (bytes) throws in try writer.write(bytes) }
      }
    }
    try writer.finish()
  }

  private static func page(_ number: UInt64, _ layout: RingLayout) -> [UInt8] {
    let start = 100_000_000 + number * 1_000_000 - (number % 7 == 6 ? 4_500_000 : 0)
    let lost: [UInt64: LostEvents] = [9: .unknown, 13: .counted(number + 10)]
    var page = SubBufferWriter(layout, stamp: start, lost: lost[number] ?? .none)
    for event in 0..<20 as Range<UInt64> {
      let isAdded = page.record(MadeTick.record(event, .little), at: start + event * 100_000)
      #expect(isAdded)
    }
    return page.finished()
  }
}
