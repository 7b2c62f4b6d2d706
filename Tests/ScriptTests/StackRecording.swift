// A recording with stacks at every awkward place, and what `kstack` is of each of its events.

import MMQTestSupport
import MMQTrace
import MMQTraceWriter

/// Two CPUs with the same sub-buffers, of events `made:tick` that are numbered. Behind most there is a stack of
/// their own: as deep as their number, its addresses ending in their number.
struct StackRecording: Sendable, CustomStringConvertible {
  var version = 7
  var compression = RecordingCompression.none
  var order = ByteOrder.little
  var longSize = 8

  var description: String { "v\(version) \(compression) \(order) long \(longSize)" }

  /// One record of the recording.
  private enum Item {
    case event(Int)
    case stack(Int)
    /// A stack of another thread, of an interrupt, and one that says that it is deeper than it is.
    case strange(Int), interrupted(Int), damaged(Int)
    /// A stack as older kernels end it.
    case ended(Int)
    case other
  }

  private static let pages: [(lost: LostEvents, items: [Item])] = [
    (.none, [.event(1), .stack(1), .event(2), .stack(2), .event(3)]),
    // The stack of the last event is in the next sub-buffer.
    (.none, [.stack(3), .event(4), .event(5)]),
    // What is behind a gap belongs to nothing before it.
    (.counted(7), [.stack(5), .event(6), .stack(6), .event(7)]),
    (.none, []),
    // An empty sub-buffer is no gap.
    (.none, [.stack(7), .event(8), .other, .stack(8), .event(9), .strange(9)]),
    (.none, [.event(10), .interrupted(10), .event(11), .damaged(11), .event(12), .ended(12)]),
    (.none, [.event(13)]), (.none, [.event(14)]), (.none, [.stack(14), .event(15)]),
    (.unknown, [.stack(15), .event(16)]),
  ]

  /// How many addresses the stack of each event has.
  static let depths = [
    1: 1, 2: 2, 3: 3, 4: 0, 5: 0, 6: 6, 7: 7, 8: 0, 9: 0, 10: 0, 11: 11, 12: 12, 13: 0, 14: 14,
    15: 0, 16: 0,
  ]
  static let missing = depths.values.count { $0 == 0 }

  static func addresses(of number: Int) -> [UInt64] {
    (0..<(depths[number] ?? 0)).map { UInt64(0x8100_0000 + $0 * 256 + number) }
  }

  private static func format(_ name: String, _ id: Int, _ fields: String) -> String {
    "name: \(name)\nID: \(id)\nformat:\n"
      + "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
      + "\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"
      + "\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n"
      + "\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n" + fields
      + "\nprint fmt: \"%d\", 0\n"
  }

  private func item(_ item: Item) -> [UInt8] {
    switch item {
    case .event(let number):
      return record(500) { $0.integer(UInt64(number)) }
    case .other: return record(501) { $0.integer(UInt64(0)) }
    case .stack(let number): return stack(number)
    case .strange(let number): return stack(number, thread: 43)
    case .interrupted(let number): return stack(number, flags: 0x08)
    case .damaged(let number): return stack(number, size: 4000)
    case .ended(let number): return stack(number, size: number + 2, more: [.max, 5])
    }
  }

  private func stack(
    _ number: Int, size: Int? = nil, thread: Int32 = 42, flags: UInt8 = 0, more: [UInt64] = []
  ) -> [UInt8] {
    record(4, thread, flags) { writer in
      writer.integer(Int32(size ?? number))
      if longSize == 8 { writer.integer(Int32(-1)) }
      for index in 0..<number { long(UInt64(0x8100_0000 + index * 256 + number), &writer) }
      for address in more { long(address, &writer) }
    }
  }

  private func long(_ value: UInt64, _ writer: inout ByteWriter) {
    if longSize == 8 {
      writer.integer(value)
    } else {
      writer.integer(UInt32(truncatingIfNeeded: value))
    }
  }

  private func record(
    _ id: UInt16, _ thread: Int32 = 42, _ flags: UInt8 = 0, _ fill: (inout ByteWriter) -> Void
  ) -> [UInt8] {
    var writer = ByteWriter(order)
    writer.integer(id)
    writer.integer(flags)
    writer.integer(UInt8(0))
    writer.integer(thread)
    fill(&writer)
    return writer.bytes
  }

  func open() throws -> TraceDat {
    let file = TemporaryPath()
    let layout = RingLayout(
      byteOrder: order, commitSize: longSize, dataOffset: 8 + longSize, subBufferSize: 4096)
    var metadata = RecordingMetadata(
      byteOrder: order, longSize: longSize, pageSize: 4096, cpuCount: 2)
    metadata.setLayout(layout)
    let callers =
      "\tfield:int size;\toffset:8;\tsize:4;\tsigned:1;\n"
      + "\tfield:unsigned long caller[8];\toffset:\(8 + longSize);\tsize:\(8 * longSize);\tsigned:0;\n"
    let number = "\tfield:u64 number;\toffset:8;\tsize:8;\tsigned:0;\n"
    metadata.setFormats([
      ("ftrace", Self.format("kernel_stack", 4, callers)),
      ("made", Self.format("tick", 500, number)), ("made", Self.format("tock", 501, number)),
    ])
    metadata.setKernelSymbols("81000000 T function\n81000100 T caller\n".utf8)
    let writer = try TraceDatWriter(
      path: file.path, metadata: metadata,
      options: .init(version: version, compression: compression))
    try writer.beginBuffer(name: "", clock: "mono", pageSize: 4096)
    for cpu in 0..<2 as Range<UInt32> {
      try writer.beginCPU(cpu)
      for (place, page) in Self.pages.enumerated() {
        let start = UInt64(1_000_000 + place * 100_000)
        var buffer = SubBufferWriter(layout, stamp: start, lost: page.lost)
        for (index, found) in page.items.enumerated() {
          precondition(buffer.record(item(found), at: start + UInt64(index * 1000)))
        }
        try buffer.finished().withUnsafeBytes { (bytes) throws in try writer.write(bytes) }
      }
    }
    try writer.finish()
    return try withExtendedLifetime(file) { try TraceDat(path: file.path) }
  }
}
