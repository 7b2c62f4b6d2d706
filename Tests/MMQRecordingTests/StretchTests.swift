// Stretched recordings, and what trace-cmd makes of what the writer writes.

import Foundation
import MMQTrace
import MMQTraceWriter
import Testing

@Suite struct StretchTests {
  @Test(arguments: [ByteOrder.little, .big])
  func repetitionsFollowEachOther(_ order: ByteOrder) throws {
    let shape = MadeRecording(order: order, cpus: 1)
    let file = try shape.file()
    let copy = TemporaryFile()
    var stretch = Stretch(.times(3))
    stretch.shift = 1 << 40
    let result = try stretch.copy(file.traceDat(), to: copy.path)
    #expect([result.events, result.pages, result.times] == [180, 9, 3])
    let before = try Tally(file.traceDat(), keepsRecords: true)
    let after = try Tally(copy.traceDat(), keepsRecords: true)
    #expect(after.numbers == before.numbers + before.numbers + before.numbers)
    let times = (0..<3).flatMap { k in before.times.map { $0 + UInt64(k) << 40 } }
    #expect(after.times == times)
  }

  @Test(arguments: [ByteOrder.little, .big])
  func absoluteStampsMoveToo(_ order: ByteOrder) {
    let layout = RingLayout(byteOrder: order, commitSize: 8, dataOffset: 16, subBufferSize: 4096)
    var page = SubBufferWriter(layout, stamp: 1 << 60)
    page.must { $0.record([1, 1, 1, 1]) }
    page.must { $0.record([UInt8](repeating: 0, count: 200)) }
    page.must { $0.discarded(length: 8, delta: 1) }
    page.must { $0.timeStamp(1 << 57) }
    page.must { $0.record([2, 2, 2, 2], delta: 9) }
    var bytes = page.finished()
    bytes.withUnsafeMutableBytes { SubBufferShift.apply(1 << 28, to: $0, layout) }
    let top: UInt64 = 1 << 60 + 1 << 28
    #expect(
      RingCursorTests.read(bytes, layout).times
        == [top, top, 1 << 60 + 1 << 57 + 1 << 28 + 9])
  }

  @Test func lengthAndCuts() throws {
    let source = try MadeRecording().file().traceDat()
    let copy = TemporaryFile()
    let result = try Stretch(.events(121)).copy(source, to: copy.path)
    #expect([result.events, result.pages, result.times] == [240, 12, 2])
    var cut = Stretch()
    cut.pages = 1
    cut.dropsSymbols = true
    #expect(try cut.copy(source, to: copy.path).pages == 2)
    let small = try copy.traceDat()
    #expect(try Tally(small).total == 40)
    #expect(small.damage.findings.isEmpty)
  }

  static let traceCmd = ["/usr/bin/trace-cmd", "/usr/local/bin/trace-cmd"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  static func hasTraceCmd() -> Bool {
    if traceCmd == nil { print("SKIP StretchTests.traceCmdReadsIt: no trace-cmd here") }
    return traceCmd != nil
  }

  /// trace-cmd here may be built without zlib, and knows no sub-buffers but of its page size.
  @Test(
    .enabled(if: hasTraceCmd()),
    arguments: [
      MadeRecording(version: 6), MadeRecording(version: 7),
      MadeRecording(version: 7, compression: .zstd), MadeRecording(version: 6, order: .big),
      MadeRecording(version: 7, compression: .zstd, order: .big),
      MadeRecording(version: 6, longSize: 4),
    ])
  func traceCmdReadsIt(_ shape: MadeRecording) throws {
    var shape = shape
    shape.instances = ["one"]
    let file = try shape.file()
    let output = TemporaryFile([])
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(Self.traceCmd))
    process.arguments = ["report", "-N", "-i", file.path]
    process.standardOutput = FileHandle(forWritingAtPath: output.path)
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    withExtendedLifetime(file) {}
    let text = String(decoding: output.bytes, as: UTF8.self)
    let numbers = text.split(separator: "\n").filter { $0.contains("number=") }
    #expect(numbers.count == 2 * shape.eventsPerBuffer, "\(text.prefix(500))")
  }
}
