// Checked reading: nothing that isn't there, and errors that say where.

import Foundation
import MMQTrace
import Testing

@Suite struct ByteReaderTests {
  static let bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 65, 66, 0, 7]

  private func readAll(_ reader: inout ByteReader) throws {
    let isLittle = reader.order == .little
    #expect(try reader.u16() == (isLittle ? 0x0201 : 0x0102))
    #expect(try reader.u8() == 3)
    #expect(try reader.u32() == (isLittle ? 0x0706_0504 : 0x0405_0607))
    try reader.skip(1)
    #expect(try reader.bytes(4) == [9, 10, 11, 12])
    #expect(try reader.string() == "AB")
    #expect(reader.remaining == 1)
    #expect(throws: TraceError.self) { try reader.u64() }
    #expect(throws: TraceError.self) { try reader.bytes(.max) }
    #expect(throws: TraceError.self) { try reader.skip(2) }
    #expect(throws: TraceError.self) { try reader.string() }
    #expect(try reader.u8() == 7)
    let error = #expect(throws: TraceError.self) { try reader.u8() }
    #expect(error?.message.hasSuffix("at byte 0x10") == true)
  }

  @Test(arguments: [ByteOrder.little, .big])
  func bothSources(_ order: ByteOrder) throws {
    var memory = ByteReader(Self.bytes, order: order)
    try readAll(&memory)
    let file = TemporaryFile(Self.bytes)
    var disk = ByteReader(file: try InputFile(path: file.path), at: 0, order: order)
    try readAll(&disk)
    withExtendedLifetime(file) {}
  }

  @Test func readingAcrossWindows() throws {
    let file = TemporaryFile((0..<200_000).map { UInt8(truncatingIfNeeded: $0) })
    var reader = ByteReader(file: try InputFile(path: file.path), at: 1, order: .little)
    try reader.skip(65_533)
    #expect(reader.offset == 65_534)
    #expect(try reader.u32() == 0x0100_fffe)
    #expect(try reader.bytes(100_000).count == 100_000)
    #expect(reader.offset == 165_538)
    #expect(try reader.u8() == UInt8(truncatingIfNeeded: 165_538))
    withExtendedLifetime(file) {}
  }

  @Test func aFileThatShrinks() throws {
    let shape = MadeRecording(version: 6, pagesPerCPU: 5)
    let file = try shape.file()
    let source = try file.traceDat()
    #expect(truncate(file.path, off_t(file.bytes.count - 3 * 4096)) == 0)
    let tally = try Tally(source)
    #expect(tally.total == 7 * shape.eventsPerPage)
    #expect(source.damage.kinds == ["shrunken file"])
  }

  @Test func longNamesEnd() throws {
    var reader = ByteReader([UInt8](repeating: 65, count: 10_000) + [0], order: .little)
    #expect(throws: TraceError.self) { try reader.string() }
    #expect(reader.offset == 0)
    #expect(try reader.string(longest: 10_000).count == 10_000)
  }
}
