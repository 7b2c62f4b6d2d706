// `perf record -z`: records inside of COMPRESSED records, as one zstd stream.

import CZstd

internal import Glibc

/// Writes the records of a compressed file, decompressed, into a temporary file: so that each CPU's can
/// be read by themselves.
struct PerfSpool: ~Copyable {
  private let order: ByteOrder
  private let damage: DamageLog
  private let stream = ZSTD_createDStream()
  private let output = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
  private let copy: Int32
  private var size: UInt64 = 0
  /// The start of a record whose rest comes in the next one.
  private var rest: [UInt8] = []
  private var isBroken = false

  /// What a hostile file may grow to.
  private static let largestRatio: UInt64 = 1024

  /// The records of `data`, in a file of their own.
  static func unpack(
    _ file: InputFile, _ data: Range<UInt64>, _ order: ByteOrder, _ damage: DamageLog
  ) throws(TraceError) -> InputFile {
    let descriptor = try InputFile.temporaryFile()
    var spool = PerfSpool(order, damage, descriptor)
    do throws(TraceError) {
      try spool.run(PerfRecords(file, data, order, window: 256 << 10), data.upperBound)
    } catch {
      close(descriptor)
      throw error
    }
    return InputFile(path: file.path, inPlaceOf: descriptor, size: spool.size)
  }

  private init(_ order: ByteOrder, _ damage: DamageLog, _ copy: Int32) {
    (self.order, self.damage, self.copy) = (order, damage, copy)
  }

  deinit {
    ZSTD_freeDStream(stream)
    output.deallocate()
  }

  private mutating func run(
    _ records: consuming PerfRecords, _ end: UInt64
  ) throws(TraceError) {
    let limit = max(end, 1 << 16) * Self.largestRatio
    while !isBroken, let record = records.next() {
      let bytes = UnsafeRawBufferPointer(start: record, count: records.size)
      switch records.type {
      case PerfRecordType.compressed:
        try unpack(UnsafeRawBufferPointer(rebasing: bytes[8...]), records.place, limit)
      case PerfRecordType.compressed2 where bytes.count >= 16:
        let size = min(record.load(UInt64.self, at: 8, order), UInt64(bytes.count - 16))
        try unpack(
          UnsafeRawBufferPointer(rebasing: bytes[16..<(16 + Int(size))]), records.place, limit)
      case PerfRecordType.tracingData, PerfRecordType.auxTrace: records.skipTail(of: record)
      default: try write(bytes)
      }
    }
    if let problem = records.problem { damage.error("damaged data", problem.message) }
    if !rest.isEmpty, !isBroken {
      damage.error("damaged data", "the compressed data ends in the middle of a record")
    }
  }

  private mutating func write(_ bytes: UnsafeRawBufferPointer) throws(TraceError) {
    try InputFile.writeAll(bytes, to: copy)
    size += UInt64(bytes.count)
  }

  private mutating func unpack(
    _ source: UnsafeRawBufferPointer, _ place: UInt64, _ limit: UInt64
  ) throws(TraceError) {
    var input = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
    while true {
      var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
      let status = ZSTD_decompressStream(stream, &target, &input)
      if ZSTD_isError(status) != 0 {
        return fail(place, "zstd: " + String(cString: ZSTD_getErrorName(status)))
      }
      try take(UnsafeRawBufferPointer(rebasing: output[..<target.pos]), place)
      guard size <= limit else { return fail(place, "it is too large") }
      // A full target may leave more inside of the decoder.
      if isBroken || input.pos == input.size && target.pos < target.size { return }
    }
  }

  private mutating func fail(_ place: UInt64, _ reason: String) {
    isBroken = true
    damage.error(
      "damaged compressed data", at: place,
      "the compressed data at byte \(hex(place)) cannot be read, and what follows is lost: \(reason)"
    )
  }

  /// Writes whole records, and keeps the start of the last one.
  private mutating func take(
    _ bytes: UnsafeRawBufferPointer, _ place: UInt64
  ) throws(TraceError) {
    rest += bytes
    let (whole, isSound) = rest.withUnsafeBytes { [order] in Self.wholeRecords($0, order) }
    let records = Array(rest[..<whole])
    rest.removeSubrange(..<whole)
    var problem: TraceError?
    records.withUnsafeBytes { bytes in
      do throws(TraceError) {
        try InputFile.writeAll(bytes, to: copy)
      } catch {
        problem = error
      }
    }
    if let problem { throw problem }
    size += UInt64(whole)
    if !isSound { fail(place, "a record in it cannot be") }
  }

  /// Bytes of whole records at the start; false where something cannot be a record.
  private static func wholeRecords(
    _ bytes: UnsafeRawBufferPointer, _ order: ByteOrder
  ) -> (size: Int, isSound: Bool) {
    var at = 0
    while bytes.count - at >= 8 {
      let size = Int((bytes.baseAddress! + at).load(UInt16.self, at: 6, order))
      if size < 8 { return (at, false) }
      if size > bytes.count - at { break }
      at += size
    }
    return (at, true)
  }
}
