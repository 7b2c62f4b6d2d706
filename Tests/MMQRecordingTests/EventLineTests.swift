// Lines of events against the kernel's own text of the same buffer.

import CZstd
import Foundation
import MMQTrace
import Testing

/// All records of a recording as lines, in the order of time.
func eventLines(
  _ source: any TraceSource, _ body: (_ type: Int, _ line: [UInt8]) -> Void
) throws -> EventLine {
  var writer = EventLine(source)
  let order = source.machine.byteOrder
  let convert = StampConversion(source.clock)
  var line: [UInt8] = []
  var merge = Merge(try source.openStreams())
  while let turn = merge.turn() {
    let lane = merge.lanes + turn.lane
    var isAtEnd = false
    repeat {
      let found = lane.pointee.record
      let record = found.record(order)
      if record.size >= 2 {
        let type = Int(record.base.load(UInt16.self, at: 0, order))
        line.removeAll(keepingCapacity: true)
        writer.append(
          record, type: type, cpu: lane.pointee.cpu, time: convert(found.stamp), to: &line)
        body(type, line)
      }
      isAtEnd = !lane.pointee.next()
    } while !isAtEnd && lane.pointee.record.stamp < turn.limit
    merge.finishTurn(atEnd: isAtEnd)
  }
  return writer
}

/// A zstd file's content.
private func unpacked(_ url: URL) throws -> [UInt8] {
  let packed = [UInt8](try Data(contentsOf: url))
  guard let stream = ZSTD_createDStream() else { return [] }
  defer { ZSTD_freeDStream(stream) }
  var result: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 20)
  packed.withUnsafeBytes { packed in
    var input = ZSTD_inBuffer(src: packed.baseAddress, size: packed.count, pos: 0)
    while input.pos < input.size {
      let (status, count) = chunk.withUnsafeMutableBytes { chunk in
        var output = ZSTD_outBuffer(dst: chunk.baseAddress, size: chunk.count, pos: 0)
        return (ZSTD_decompressStream(stream, &output, &input), output.pos)
      }
      guard ZSTD_isError(status) == 0 else { return }
      result += chunk[..<count]
    }
  }
  return result
}

/// How a line differs from the kernel's.
private enum Difference: Hashable {
  /// `page=…` is the address of a struct page, which needs the kernel variable vmemmap_base.
  case pageAddress
  /// A length in jiffies, whose unit no recording tells.
  case jiffies
  case unexplained
}

@Suite struct EventLineTests {
  /// Every line of the kernel's text; the two things that no recording holds stand as `?`.
  @Test(.enabled(if: Shared.has("everything.dat", for: "EventLineTests.kernelText")))
  func kernelText() throws {
    let text = try unpacked(Shared.captures.appendingPathComponent("everything.txt.zst"))
    let expected = text.split(separator: 10).drop { $0.first == UInt8(ascii: "#") }
    let source = try TraceDat(
      path: Shared.captures.appendingPathComponent("everything.dat").path)
    let names = Dictionary(uniqueKeysWithValues: source.schemas.map { ($0.id, $0.name) })
    var index = expected.startIndex
    var differences: [Difference: Set<String>] = [:]
    var counts: [Difference: Int] = [:]
    let writer = try eventLines(source) { type, line in
      guard index < expected.endIndex else { return }
      defer { index += 1 }
      if line.elementsEqual(expected[index]) { return }
      let difference = difference(line, expected[index])
      counts[difference, default: 0] += 1
      differences[difference, default: []].insert(names[type] ?? "unknown")
      if difference == .unexplained {
        Issue.record(
          "\(String(decoding: expected[index], as: UTF8.self))\nis not\n\(String(decoding: line, as: UTF8.self))"
        )
      }
    }
    #expect(index == expected.endIndex && expected.count == 163_989)
    #expect(counts == [.pageAddress: 83_714, .jiffies: 2])
    #expect(differences[.pageAddress]?.count == 6 && differences[.jiffies]?.count == 2)
    let sentences = writer.sentences(source.schemas)
    #expect(sentences.count == 8, "\(sentences)")
    #expect(sentences.contains { $0.hasPrefix("kmem:mm_page_alloc: the recording has no value") })
  }

  private func difference(_ line: [UInt8], _ expected: ArraySlice<UInt8>) -> Difference {
    let ours = String(decoding: line, as: UTF8.self)
    let theirs = String(decoding: expected, as: UTF8.self)
    if theirs.replacing(/page=[0-9a-f]{16}/, with: "page=?", maxReplacements: 1) == ours {
      return .pageAddress
    }
    if theirs.contains("jbd2_"), ours.contains("?") {
      let (a, b) = (theirs.split(separator: " "), ours.split(separator: " "))
      if a.count == b.count, zip(a, b).allSatisfy({ $0 == $1 || $1 == "?" }) { return .jiffies }
    }
    return .unexplained
  }
}
