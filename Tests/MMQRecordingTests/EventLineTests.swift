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

@Suite struct EventLineTests {
  /// Every line of the kernel's text, whatever its kind. `page=` and lengths of time in jiffies
  /// need values of the kernel, which records of other events tell.
  @Test(.enabled(if: Shared.has("everything.dat", for: "EventLineTests.kernelText")))
  func kernelText() throws {
    let text = try unpacked(Shared.captures.appendingPathComponent("everything.txt.zst"))
    let expected = text.split(separator: 10).drop { $0.first == UInt8(ascii: "#") }
    let source = try TraceDat(
      path: Shared.captures.appendingPathComponent("everything.dat").path)
    var index = expected.startIndex
    var types: Set<Int> = []
    let writer = try eventLines(source) { type, line in
      guard index < expected.endIndex else { return }
      defer { index += 1 }
      types.insert(type)
      if !line.elementsEqual(expected[index]) {
        let kernels = String(decoding: expected[index], as: UTF8.self)
        Issue.record("\(kernels)\nis not\n\(String(decoding: line, as: UTF8.self))")
      }
    }
    #expect(index == expected.endIndex && expected.count == 163_989 && types.count == 296)
    #expect(writer.sentences(source.schemas) == [])
  }
}
