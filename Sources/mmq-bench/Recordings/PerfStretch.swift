// Long perf.data files from short ones: the samples repeated, each time later.

import ArgumentParser
import Foundation

/// Of a file that `perf record` wrote, not a pipe's: linux/tools/perf/Documentation/perf.data-file-format.txt
/// and perf_event_open(2).
struct PerfStretch {
  private let bytes: [UInt8]
  private let headSize = 104
  private var attributes: Range<Int> { section(24) }
  private var data: Range<Int> { section(40) }

  private static let sample: UInt32 = 9
  private static let finishedRound: UInt32 = 68

  init(_ path: String) throws {
    bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    guard bytes.starts(with: Array("PERFILE2".utf8)), bytes.count >= headSize,
      attributes.upperBound <= bytes.count, data.upperBound <= bytes.count, attributes.count >= 32
    else { throw ValidationError("\(path) is no perf.data file") }
  }

  /// Writes the file with at least so many samples; how many they are.
  func write(_ path: String, events: UInt64) throws -> UInt64 {
    let records = records()
    let samples = records.filter { type($0) == Self.sample }
    let times = samples.map { load(UInt64.self, $0.lowerBound + timePlace) }
    guard let first = times.min(), let last = times.max() else {
      throw ValidationError("\(path) has no samples")
    }
    let count = (events + UInt64(samples.count) - 1) / UInt64(samples.count)
    var output = Array(bytes[..<data.upperBound])
    for k in 1..<max(count, 1) {
      for record in records where [Self.sample, Self.finishedRound].contains(type(record)) {
        append(record, later: k * (last - first + 1000), to: &output)
      }
    }
    finish(&output)
    try Data(output).write(to: URL(fileURLWithPath: path))
    return UInt64(samples.count) * max(count, 1)
  }

  /// The new size of the data goes to the head, and the features move behind it.
  private func finish(_ output: inout [UInt8]) {
    let moved = output.count - data.upperBound
    store(UInt64(data.count + moved), at: 48, in: &output)
    // Feature sections: a table of places and sizes right behind the data, one for each bit.
    let features = stride(from: 72, to: headSize, by: 8)
      .reduce(0) { $0 + load(UInt64.self, $1).nonzeroBitCount }
    let table = output.count
    output += bytes[data.upperBound...]
    for k in 0..<features {
      let place = load(UInt64.self, data.upperBound + k * 16)
      store(place + UInt64(moved), at: table + k * 16, in: &output)
    }
  }

  private func append(_ record: Range<Int>, later shift: UInt64, to output: inout [UInt8]) {
    let start = output.count
    output += bytes[record]
    guard type(record) == Self.sample else { return }
    store(
      load(UInt64.self, record.lowerBound + timePlace) + shift, at: start + timePlace, in: &output)
  }

  /// Where the time is in a sample: behind the head, and what of IDENTIFIER, IP and TID is there.
  private var timePlace: Int {
    let kinds = load(UInt64.self, attributes.lowerBound + 24)
    let before: [UInt64] = [1 << 16, 1 << 0, 1 << 1]
    return 8 + before.filter { kinds & $0 != 0 }.count * 8
  }

  private func records() -> [Range<Int>] {
    var result: [Range<Int>] = []
    var place = data.lowerBound
    while place + 8 <= data.upperBound {
      let size = Int(load(UInt16.self, place + 6))
      guard size >= 8, place + size <= data.upperBound else { break }
      result.append(place..<place + size)
      place += size
    }
    return result
  }

  private func type(_ record: Range<Int>) -> UInt32 { load(UInt32.self, record.lowerBound) }

  private func section(_ place: Int) -> Range<Int> {
    let start = Int(clamping: load(UInt64.self, place))
    let size = Int(clamping: load(UInt64.self, place + 8))
    let (end, isTooLong) = start.addingReportingOverflow(size)
    return start..<(isTooLong ? .max : end)
  }

  private func load<T: FixedWidthInteger>(_ type: T.Type, _ place: Int) -> T {
    bytes.withUnsafeBytes { T(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: type)) }
  }

  private func store(_ value: UInt64, at place: Int, in output: inout [UInt8]) {
    output.withUnsafeMutableBytes {
      $0.storeBytes(of: value.littleEndian, toByteOffset: place, as: UInt64.self)
    }
  }
}
