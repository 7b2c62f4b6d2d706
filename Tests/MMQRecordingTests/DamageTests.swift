// Damaged and hostile recordings: what is readable is read, and what is not is said.

import Foundation
import MMQTrace
import MMQTraceWriter
import Testing

@Suite struct DamageTests {
  /// Cuts a file at `length` and reads it; nil if it cannot be opened.
  private func tally(_ bytes: [UInt8], cutTo length: Int) throws -> (Tally, DamageLog)? {
    let file = TemporaryFile(Array(bytes.prefix(length)))
    guard let source = try? file.traceDat() else { return nil }
    return (try Tally(source), source.damage)
  }

  /// Places of all pages: the recording's pages are the only ones with these stamps.
  private func pages(of shape: MadeRecording, in bytes: [UInt8]) throws -> [Int] {
    var places: [Int] = []
    for cpu in 0..<shape.cpus {
      for k in 0..<shape.pagesPerCPU {
        let page = Data(shape.page(cpu: cpu, from: k * shape.eventsPerPage))
        places.append(try #require(Data(bytes).range(of: page)).lowerBound)
      }
    }
    return places.sorted()
  }

  @Test(
    arguments: [
      MadeRecording(version: 6), MadeRecording(version: 7),
      MadeRecording(version: 6, order: .big, longSize: 4, subBufferSize: 16384),
      MadeRecording(version: 7, order: .big, longSize: 4, subBufferSize: 16384),
    ])
  func cutUncompressedFiles(_ shape: MadeRecording) throws {
    let bytes = try shape.file().bytes
    let pages = try pages(of: shape, in: bytes)
    let first = try #require(pages.first)
    for length in stride(from: first + 1, to: bytes.count, by: 509) {
      let (tally, damage) = try #require(try tally(bytes, cutTo: length), "cut to \(length)")
      let whole = pages.filter { $0 + shape.subBufferSize <= length }.count
      let end = try #require(pages.last) + shape.subBufferSize
      #expect(tally.total >= whole * shape.eventsPerPage, "cut to \(length)")
      #expect(tally.total <= (whole + 1) * shape.eventsPerPage)
      if length < end { #expect(damage.hasErrors, "cut to \(length)") }
      if length < end || shape.version == 6 { continue }
      #expect(tally.perCPU == ["0": 60, "1": 60])
    }
  }

  @Test func theRestOfACutPageIsRead() throws {
    let shape = MadeRecording(version: 6, cpus: 1, pagesPerCPU: 1)
    let bytes = try shape.file().bytes
    let start = try #require(try pages(of: shape, in: bytes).first)
    // 16 bytes of header, 20 of each record.
    let (tally, damage) = try #require(try tally(bytes, cutTo: start + 16 + 5 * 20 + 3))
    #expect(tally.total == 5)
    #expect(tally.corruptPages == 1)
    #expect(damage.kinds == ["cut data"])
  }

  @Test(arguments: [6, 7])
  func cutsBeforeTheDataAreRefused(_ version: Int) throws {
    let shape = MadeRecording(version: version)
    let bytes = try shape.file().bytes
    let first = try #require(try pages(of: shape, in: bytes).first)
    for length in stride(from: 0, to: first - 4096, by: 7) {
      let file = TemporaryFile(Array(bytes.prefix(length)))
      #expect(throws: TraceError.self) { try file.traceDat() }
    }
  }

  @Test func aCutCompressedFileKeepsItsChunks() throws {
    let shape = MadeRecording(compression: .zstd, pagesPerCPU: 25)
    let bytes = try shape.file().bytes
    var totals: Set<Int> = []
    let (all, _) = try #require(try tally(bytes, cutTo: bytes.count))
    #expect(all.total == 1000)
    for length in stride(from: 4097, to: bytes.count, by: 61) {
      guard let (tally, damage) = try tally(bytes, cutTo: length) else { continue }
      if tally.total < all.total { #expect(damage.hasErrors, "cut to \(length)") }
      totals.insert(tally.total)
    }
    // 2 CPUs with chunks of 10, 10 and 5 pages of 20 events.
    #expect(totals.isSuperset(of: [200, 400, 500, 700, 900, 1000]))
  }

  @Test func aDamagedChunkCostsOnlyItself() throws {
    let shape = MadeRecording(compression: .zstd, cpus: 1, pagesPerCPU: 25)
    var bytes = try shape.file().bytes
    // Chunks hold frames of 40960 bytes, as their headers say.
    let header = Data([0x00, 0xa0, 0x00, 0x00, 0x28, 0xb5, 0x2f, 0xfd])
    let first = try #require(Data(bytes).range(of: header)).lowerBound
    for i in 8..<24 { bytes[first + i] ^= 0xff }
    let file = TemporaryFile(bytes)
    let source = try file.traceDat()
    #expect(try Tally(source).total == 300)
    #expect(source.damage.kinds == ["damaged chunk"])
    #expect(try Tally(source).total == 300)
    #expect(source.damage.findings.map(\.count) == [1], "a second pass reports nothing again")
  }

  @Test func sizesThatLie() throws {
    let shape = MadeRecording(compression: .zstd, cpus: 1, pagesPerCPU: 25)
    let bytes = try shape.file().bytes
    let header = Data([0x00, 0xa0, 0x00, 0x00, 0x28, 0xb5, 0x2f, 0xfd])
    let place = try #require(Data(bytes).range(of: header)).lowerBound
    for lie in [[0, 0, 0, 0], [0, 0xb0, 0, 0], [0xff, 0xff, 0xff, 0xff], [0, 0, 0, 0x04]] {
      var bad = bytes
      bad.replaceSubrange(place..<(place + 4), with: lie.map { UInt8($0) })
      let (tally, damage) = try #require(try tally(bad, cutTo: bad.count))
      #expect(tally.total == 300)
      #expect(damage.kinds == ["damaged chunk"])
    }
    var bad = bytes
    bad.replaceSubrange((place - 4)..<place, with: [0xff, 0xff, 0xff, 0x7f])
    let (tally, damage) = try #require(try self.tally(bad, cutTo: bad.count))
    #expect(tally.total == 0)
    #expect(damage.kinds == ["lost chunks"])
  }

  @Test func pagesOfZerosShrinkALot() throws {
    let shape = MadeRecording()
    let file = TemporaryFile()
    let writer = try TraceDatWriter(path: file.path, metadata: shape.metadata)
    try writer.beginBuffer(name: "", clock: "mono", pageSize: 4096)
    try writer.beginCPU(0)
    for _ in 0..<25 {
      try [UInt8](repeating: 0, count: 4096).withUnsafeBytes { (bytes) throws in
        try writer.write(bytes)
      }
    }
    try writer.finish()
    let source = try file.traceDat()
    let tally = try Tally(source)
    #expect(tally.pages == 25 && tally.total == 0 && tally.corruptPages == 0)
    #expect(source.damage.findings.isEmpty, "\(source.damage.findings)")
  }

  /// The option of a buffer, and the option that ends its section.
  private func bufferOption(_ bytes: [UInt8]) throws -> Int {
    let name = Data([0]) + Data("mono\0".utf8) + Data([0, 0x10, 0, 0])
    return try #require(Data(bytes).range(of: name)).lowerBound
  }

  @Test func optionsInACircle() throws {
    var bytes = try MadeRecording().file().bytes
    let head = 10 + 2 + 6 + 5 + 1  // magic, version, sizes, "none", ""
    let first = Array(bytes[head..<(head + 8)])
    let option = try bufferOption(bytes)
    let size = 6 + 4 + 4 + 2 * 20
    // After the buffer's option: u16 id 0, u32 size 8, u64 next.
    let done = option + size + 6
    #expect(
      bytes[(done - 6)..<(done + 8)].elementsEqual([0, 0, 8] + [UInt8](repeating: 0, count: 11)))
    bytes.replaceSubrange(done..<(done + 8), with: first)
    let (tally, damage) = try #require(try tally(bytes, cutTo: bytes.count))
    #expect(tally.total == 120)
    #expect(damage.kinds == ["lost options"])
  }

  @Test func countsThatLie() throws {
    let bytes = try MadeRecording().file().bytes
    let option = try bufferOption(bytes)
    let count = option + 6 + 4
    var huge = bytes
    huge.replaceSubrange(count..<(count + 4), with: [0xff, 0xff, 0xff, 0xff])
    let refused = TemporaryFile(huge)
    #expect(throws: TraceError.self) { try refused.traceDat() }
    var doubled = bytes
    doubled[count + 4 + 20] = 0  // the second CPU is called 0 too
    let (one, damage) = try #require(try tally(doubled, cutTo: bytes.count))
    #expect(one.total == 60)
    #expect(damage.kinds == ["doubled CPU"])
    var far = bytes
    far.replaceSubrange((count + 8)..<(count + 16), with: [UInt8](repeating: 0xff, count: 8))
    let (other, lost) = try #require(try tally(far, cutTo: bytes.count))
    #expect(other.total == 60)
    #expect(lost.kinds == ["lost CPU"])
    var overlap = bytes
    overlap.replaceSubrange(
      (count + 28)..<(count + 36), with: Array(bytes[(count + 8)..<(count + 16)]))
    let (kept, overlaps) = try #require(try tally(overlap, cutTo: bytes.count))
    #expect(kept.total == 60)
    #expect(overlaps.kinds == ["overlapping data"])
  }

  @Test func formatsThatCannotBeRead() throws {
    let shape = MadeRecording()
    var metadata = shape.metadata
    metadata.setFormats([
      ("test", MadeRecording.format("tick", 500)), ("test", MadeRecording.format("twice", 500)),
      ("test", "no format at all"),
    ])
    let file = TemporaryFile()
    let writer = try TraceDatWriter(path: file.path, metadata: metadata)
    try writer.beginBuffer(name: "", clock: "mono", pageSize: 4096)
    try writer.finish()
    let source = try file.traceDat()
    #expect(source.schemas.map(\.name) == ["tick"])
    #expect(Set(source.damage.kinds) == ["doubled event", "event format"])
    #expect(!source.damage.hasErrors)
  }

  @Test func anInstanceWithLargerSubBuffers() throws {
    // header_page speaks of 4 KiB; the instance's pages have 16 KiB, and one option knows it.
    let top = MadeRecording()
    var large = MadeRecording(subBufferSize: 16384)
    large.eventsPerPage = 600
    for announced in [16384, 4096] {
      let file = TemporaryFile()
      var metadata = announced == 4096 ? large.metadata : top.metadata
      metadata.cpuCount = 1
      let writer = try TraceDatWriter(
        path: file.path, metadata: metadata, options: .init(instances: ["large"]))
      try writer.beginBuffer(name: "", clock: "mono", pageSize: announced == 4096 ? 16384 : 4096)
      try writer.beginBuffer(name: "large", clock: "mono", pageSize: announced)
      try writer.beginCPU(0)
      for k in 0..<3 {
        try large.page(cpu: 0, from: k * 600).withUnsafeBytes { (bytes) throws in
          try writer.write(bytes)
        }
      }
      try writer.finish()
      let source = try file.traceDat()
      let tally = try Tally(source)
      #expect(tally.total == 1800 && tally.corruptPages == 0)
      #expect(source.damage.kinds == ["sub-buffer size"])
    }
  }
}
