// Random damage: whatever the bytes are, reading ends, and nothing traps.

import Foundation
import MMQTestSupport
import MMQTrace
import MMQTraceWriter
import Testing

@Suite struct MutationTests {
  private static let isLong = ProcessInfo.processInfo.environment["MMQ_LONG"] == "1"
  private static let count = isLong ? 1500 : 300

  @Test(
    .timeLimit(.minutes(5)),
    arguments: [
      MadeRecording(version: 6), MadeRecording(version: 7),
      MadeRecording(version: 7, compression: .zstd),
      MadeRecording(version: 7, compression: .zlib, order: .big, longSize: 4),
    ])
  func randomMutations(_ shape: MadeRecording) throws {
    var shape = shape
    shape.instances = ["one"]
    let original = try shape.file().bytes
    var random = SeededRandom(seed: UInt64(original.count))
    var opened = 0
    var changed = 0
    let whole = shape.eventsPerBuffer * 2
    for _ in 0..<(Self.count / 4) {
      let file = TemporaryFile(mutate(original, &random))
      guard let source = try? file.traceDat() else { continue }
      opened += 1
      let tally = try Tally(source)
      _ = source.kernelSymbols()
      _ = try? source.copyMetadata()
      if tally.total != whole { changed += 1 }
      // Nothing is read twice: records take 8 bytes at least, and a page is read once.
      #expect(shape.compression != .none || tally.total <= original.count / 4)
    }
    // A mutation that changes nothing would test nothing.
    #expect(opened > 0 && changed > 0)
    print("\(shape): \(opened) of \(Self.count / 4) opened, \(changed) with other counts")
  }

  /// Flips bits, writes extreme numbers, and removes, doubles or cuts parts.
  private func mutate(_ bytes: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
    var bytes = bytes
    for _ in 0...(random.next() % 8) {
      // Metadata is at the start and the end, and matters more than data.
      let range = random.next() % 3 == 0 ? bytes.count : min(bytes.count, 3000)
      let fromEnd = random.next() % 3 == 0
      let offset = Int(random.next() % UInt64(max(1, range)))
      let place = fromEnd ? bytes.count - 1 - offset : offset
      guard place >= 24, place + 8 < bytes.count else { continue }
      switch random.next() % 6 {
      case 0: bytes[place] ^= 1 << UInt8(random.next() % 8)
      case 1: bytes[place] = UInt8(random.next() & 0xff)
      case 2:
        let extreme: [UInt8] = [0, 0xff, 0x7f, 0x80]
        let value = extreme[Int(random.next() % 4)]
        for i in 0..<Int(1 + random.next() % 8) { bytes[place + i] = value }
      case 3: bytes.removeSubrange(place..<min(bytes.count, place + Int(random.next() % 64)))
      case 4: bytes.insert(contentsOf: bytes[place..<(place + 8)], at: place)
      default: if random.next() % 4 == 0 { bytes.removeLast(bytes.count - place) }
      }
    }
    return bytes
  }
}
