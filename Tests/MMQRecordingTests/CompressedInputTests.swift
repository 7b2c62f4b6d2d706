// Recordings that gzip or zstd compressed, whole, cut and damaged.

import CZstd
import MMQTrace
import Testing

@Suite struct CompressedInputTests {
  enum Packing: CaseIterable {
    case gzip, zstd

    /// As the programs of these names write it.
    func packed(_ bytes: [UInt8]) -> [UInt8] {
      switch self {
      case .gzip: Packing.gzip(bytes)
      case .zstd: Packing.zstd(bytes)
      }
    }

    private static func zstd(_ bytes: [UInt8]) -> [UInt8] {
      var result = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count))
      let size = ZSTD_compress(&result, result.count, bytes, bytes.count, 1)
      return Array(result[..<size])
    }

    /// Blocks that are stored as they are, between a header and a checksum.
    private static func gzip(_ bytes: [UInt8]) -> [UInt8] {
      var result: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]
      for start in stride(from: 0, to: bytes.count, by: 0xffff) {
        let block = bytes[start..<min(start + 0xffff, bytes.count)]
        result.append(block.endIndex == bytes.count ? 1 : 0)
        let length = UInt16(block.count)
        for part in [length, ~length] { result += [UInt8(part & 0xff), UInt8(part >> 8)] }
        result += block
      }
      for word in [checksum(bytes), UInt32(bytes.count)] {
        result += (0..<4).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
      }
      return result
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
      var sum = UInt32.max
      for byte in bytes {
        sum ^= UInt32(byte)
        for _ in 0..<8 { sum = sum >> 1 ^ (sum & 1 == 1 ? 0xedb8_8320 : 0) }
      }
      return ~sum
    }
  }

  private func tally(_ bytes: [UInt8]) throws -> (Tally, [DamageLog.Finding]) {
    let file = TemporaryFile(bytes)
    let source = try file.open()
    let tally = try Tally(source)
    return (tally, source.damage.findings)
  }

  @Test(arguments: Packing.allCases) func openAsTheyAre(_ packing: Packing) throws {
    let plain = try MadeRecording().file().bytes
    let (expected, _) = try tally(plain)
    let (found, damage) = try tally(packing.packed(plain))
    #expect(found == expected && found.total == 120)
    #expect(damage.isEmpty)
  }

  /// `cat a.gz b.gz` is a gzip file, too; zstd files are joined the same way.
  @Test(arguments: Packing.allCases) func joinedPieces(_ packing: Packing) throws {
    let plain = try MadeRecording().file().bytes
    let pieces = packing.packed(Array(plain[..<5000])) + packing.packed(Array(plain[5000...]))
    #expect(try tally(pieces).0 == tally(plain).0)
  }

  /// A recording of version 6 keeps its whole sub-buffers when it is cut.
  @Test func aCutFileGivesWhatIsThere() throws {
    var recording = MadeRecording(version: 6)
    recording.pagesPerCPU = 40
    let packed = Packing.gzip.packed(try recording.file().bytes)
    let (found, damage) = try tally(Array(packed[..<(packed.count / 2)]))
    #expect(found.total > 0 && found.total < recording.eventsPerBuffer)
    let sentence = damage.first { $0.kind == "compressed input" }
    #expect(sentence?.severity == .error)
    #expect(sentence?.first == "is compressed with gzip, but it ends early: the rest is missing")
  }

  @Test(arguments: Packing.allCases) func damage(_ packing: Packing) throws {
    var packed = packing.packed(try MadeRecording().file().bytes)
    packed.replaceSubrange(12..<40, with: [UInt8](repeating: 0xff, count: 28))
    let file = TemporaryFile(packed)
    #expect { try file.open() } throws: { error in
      (error as? TraceError)?.message.contains("is compressed with \(packing), but ") == true
    }
  }

  /// A few kilobytes that would fill a disk.
  @Test(.timeLimit(.minutes(1))) func bombs() throws {
    let zeros = Packing.zstd.packed([UInt8](repeating: 0, count: 16 << 20))
    let file = TemporaryFile(Array(repeating: zeros, count: 6).flatMap { $0 })
    #expect { try file.open() } throws: { error in
      (error as? TraceError)?.message
        == "unpacks to more than \(64 << 20) bytes: it is no recording"
    }
  }
}
