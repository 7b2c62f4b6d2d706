// What opening a recording, and the first look into it, must not do: read more than that needs, or lose some
// of it.

import MMQTrace
import MMQTraceWriter
import Testing

@Suite struct OpeningTests {
  @Test(arguments: TraceDatTests.shapes)
  func theFirstStampIsThatOfAllStreams(_ shape: MadeRecording) throws {
    let file = try shape.file()
    let source = try file.traceDat()
    #expect(source.firstStamp == Merge(source.openStreams()).firstStamp)
    #expect(source.firstStamp != nil)
    withExtendedLifetime(file) {}
  }

  /// Whoever waits for something else reads chunks ahead: these are the same pages.
  @Test(arguments: [0, 1, 7, 1000]) func readingOn(_ chunks: Int) throws {
    let file = try MadeRecording(compression: .zstd, pagesPerCPU: 200).file()
    let damaged = TemporaryFile(Self.damaged(file.bytes))
    for file in [file, damaged] {
      let plain = try pages(file, readingOn: nil)
      #expect(try pages(file, readingOn: chunks) == plain)
      #expect(plain.pages.count > 300)
    }
    withExtendedLifetime(file) {}
  }

  private struct Pages: Equatable {
    var pages: [[UInt8]] = []
    var breaks: [Bool] = []
    var damage: [String] = []
  }

  /// In the middle of the data, where it ruins a chunk.
  private static func damaged(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    let middle = bytes.count / 2
    bytes.replaceSubrange(middle..<(middle + 64), with: repeatElement(0xa5, count: 64))
    return bytes
  }

  /// All pages of all parts, where nothing is missing before them, and what was said of the file.
  private func pages(_ file: TemporaryFile, readingOn chunks: Int?) throws -> Pages {
    let source = try file.traceDat()
    let parts = source.openParts(of: 300_000)
    var pages = Pages()
    while let part = parts.next() {
      if var left = chunks {
        _ = part.stream.readOn(upTo: 1 << 20) {
          left -= 1
          return left >= 0
        }
      }
      while let page = part.stream.nextPage() {
        pages.pages.append([UInt8](page))
        pages.breaks.append(part.stream.isContinuous)
      }
    }
    pages.damage = source.damage.findings.map { "\($0.first) \($0.count)" }
    return pages
  }

  @Test func damagedSymbolsAreToldToWhoAsks() throws {
    let shape = MadeRecording()
    let file = TemporaryFile()
    try shape.write(to: file.path, symbols: [0xff, 0xff, 0, 0, 0x66])
    let source = try file.traceDat()
    try #require(source.keptSymbols).prepare()
    #expect(source.keptSymbols?.isReady == true)
    #expect(source.damage.findings.isEmpty)
    for _ in 0..<2 { #expect(source.kernelSymbols().isEmpty) }
    #expect(source.damage.findings.map(\.count) == [1])
    #expect(source.damage.kinds == ["damaged symbols"])
    withExtendedLifetime(file) {}
  }
}
