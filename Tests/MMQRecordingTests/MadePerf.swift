// Small perf.data files of two events, in every shape that perf has.

import CZstd
import MMQTrace
import MMQTraceWriter

/// Collects records, and puts a head around them.
struct MadePerf {
  let order: ByteOrder
  var isPipe = false
  /// IDENTIFIER, TID, TIME, CPU, PERIOD and RAW, as perf asks for several tracepoints.
  var sampleType: UInt64 = 1 << 16 | 1 << 1 | 1 << 2 | 1 << 7 | 1 << 8 | 1 << 10
  var readFormat: UInt64 = 0x14
  /// What newer versions of perf append to the attributes.
  var attributeSize = 128
  var clock: Int32?
  /// Of each event: one sample is taken of so many.
  var periods: [UInt64] = [1, 1]
  /// So many samples a second are taken instead.
  var isFrequency = false
  private(set) var records: ByteWriter

  init(_ order: ByteOrder = .little) {
    self.order = order
    records = ByteWriter(order)
  }

  // MARK: Records

  private mutating func record(_ type: UInt32, misc: UInt16 = 0, _ body: [UInt8]) {
    records.integer(type)
    records.integer(misc)
    records.integer(UInt16(body.count + 8))
    records.raw(body)
  }

  private func bytes(_ fill: (inout ByteWriter) -> Void) -> [UInt8] {
    var writer = ByteWriter(order)
    fill(&writer)
    return writer.bytes
  }

  /// The two events have the ids 1 and 2 on CPU 0, 11 and 12 on CPU 1, and so on.
  private func id(_ event: Int, _ cpu: UInt32) -> UInt64 { UInt64(cpu) * 10 + UInt64(event) + 1 }

  mutating func sample(
    _ event: Int, cpu: UInt32, time: UInt64, tid: Int32 = 42, _ number: UInt64,
    of period: UInt64 = 1
  ) {
    let kinds = sampleType
    record(
      9,
      bytes {
        if kinds & 1 << 16 != 0 { $0.integer(id(event, cpu)) }
        if kinds & 1 << 0 != 0 { $0.integer(UInt64(0xffff_ffff_8100_0000)) }
        for value in [tid, tid] { $0.integer(value) }
        $0.integer(time)
        if kinds & 1 << 6 != 0 { $0.integer(id(event, cpu)) }
        $0.integer(cpu)
        $0.integer(UInt32(0))
        if kinds & 1 << 8 != 0 { $0.integer(period) }
        if kinds & 1 << 4 != 0 { read(&$0) }
        if kinds & 1 << 5 != 0 { for value in [3, 1, 2, 3] as [UInt64] { $0.integer(value) } }
        $0.integer(UInt32(20))
        $0.raw(payload(event, tid, number))
      })
  }

  /// A group of two counters, each with its id and what it lost.
  private func read(_ writer: inout ByteWriter) {
    if readFormat & 8 != 0 { writer.integer(UInt64(2)) }
    for _ in 0..<(readFormat & 8 != 0 ? 6 : 3) { writer.integer(UInt64(7)) }
  }

  private func payload(_ event: Int, _ tid: Int32, _ number: UInt64) -> [UInt8] {
    bytes {
      $0.integer(UInt16(500 + event))
      $0.integer(UInt16(0))
      $0.integer(tid)
      $0.integer(number)
      $0.integer(UInt32(0))
    }
  }

  /// What records that are no samples end with.
  private func trailer(_ writer: inout ByteWriter, cpu: UInt32, time: UInt64, id: UInt64) {
    writer.integer(UInt64(0))
    writer.integer(time)
    writer.integer(cpu)
    writer.integer(UInt32(0))
    writer.integer(id)
  }

  mutating func comm(_ name: String, tid: Int32, process: Int32, time: UInt64) {
    record(
      3,
      bytes {
        $0.integer(process)
        $0.integer(tid)
        $0.string(name)
        $0.pad(to: 8 + (name.utf8.count + 8) / 8 * 8)
        trailer(&$0, cpu: 0, time: time, id: id(0, 0))
      })
  }

  mutating func fork(_ tid: Int32, process: Int32, from maker: Int32, time: UInt64) {
    record(
      7,
      bytes {
        for value in [process, maker, tid, maker] { $0.integer(value) }
        $0.integer(time)
        trailer(&$0, cpu: 0, time: time, id: id(0, 0))
      })
  }

  mutating func lost(_ events: UInt64, cpu: UInt32, time: UInt64) {
    record(
      2,
      bytes {
        $0.integer(id(0, cpu))
        $0.integer(events)
        trailer(&$0, cpu: cpu, time: time, id: id(0, cpu))
      })
  }

  mutating func lostSamples(_ events: UInt64, cpu: UInt32, byFilter: Bool = false) {
    record(
      13, misc: byFilter ? 0x8000 : 0,
      bytes {
        $0.integer(events)
        trailer(&$0, cpu: 0, time: 0, id: id(0, cpu))
      })
  }

  /// Which id is on which CPU.
  mutating func idIndex(cpus: UInt32) {
    record(
      69,
      bytes {
        $0.integer(UInt64(cpus))
        for cpu in 0..<cpus {
          for value in [id(0, cpu), 0, UInt64(cpu), 0] { $0.integer(value) }
        }
      })
  }

  mutating func finishedRound() { record(68, []) }

  // MARK: The file

  private func attribute(_ event: Int) -> [UInt8] {
    bytes {
      $0.integer(UInt32(2))
      $0.integer(UInt32(attributeSize))
      $0.integer(UInt64(500 + event))
      $0.integer(periods[event])
      $0.integer(sampleType)
      $0.integer(readFormat)
      let bits: [UInt64] = [18] + (clock == nil ? [] : [25]) + (isFrequency ? [10] : [])
      $0.integer(bits.reduce(UInt64(0)) { $0 | 1 << (order == .little ? $1 : 63 - $1) })
      $0.pad(to: 92)
      $0.integer(clock ?? 0)
      $0.pad(to: attributeSize)
    }
  }

  private func ids(_ event: Int) -> [UInt8] {
    bytes { for cpu in 0..<4 as Range<UInt32> { $0.integer(id(event, cpu)) } }
  }

  /// The formats, as perf copies them from tracefs.
  private var tracingData: [UInt8] {
    bytes {
      $0.raw([0x17, 0x08, 0x44])
      $0.raw(Array("tracing".utf8))
      $0.string("0.6")
      $0.raw([order == .little ? 0 : 1, 8])
      $0.integer(UInt32(4096))
      let header =
        "\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n"
        + "\tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;\n"
        + "\tfield: char data;\toffset:16;\tsize:4080;\tsigned:1;\n"
      for (name, text) in [("header_page", header), ("header_event", "x")] {
        $0.string(name)
        $0.integer(UInt64(text.utf8.count))
        $0.raw(text.utf8)
      }
      $0.integer(UInt32(0))
      $0.integer(UInt32(1))
      $0.string("test")
      $0.integer(UInt32(2))
      for (name, id) in [("tick", 500), ("tock", 501)] {
        let text = MadeRecording.format(name, id)
        $0.integer(UInt64(text.utf8.count))
        $0.raw(text.utf8)
      }
      for _ in 0..<4 { $0.integer(UInt32(0)) }
    }
  }

  private func string(_ text: String) -> [UInt8] {
    bytes {
      $0.integer(UInt32(64))
      $0.string(text)
      $0.pad(to: 68)
    }
  }

  var file: [UInt8] { isPipe ? pipe : wholeFile }

  private func magic(_ writer: inout ByteWriter) {
    let magic = Array("PERFILE2".utf8)
    writer.raw(order == .little ? magic : magic.reversed())
  }

  private var wholeFile: [UInt8] {
    bytes {
      magic(&$0)
      let entry = attributeSize + 16
      let data = 104 + 2 * entry + ids(0).count * 2
      let features = data + records.bytes.count
      for value in [104, entry, 104, 2 * entry, data, records.bytes.count, 0, 0] {
        $0.integer(UInt64(value))
      }
      for value in [1 << 1 | 1 << 4 | 1 << 7, 0, 0, 0] as [UInt64] { $0.integer(value) }
      for event in 0..<2 {
        $0.raw(attribute(event))
        $0.integer(UInt64(104 + 2 * entry + event * ids(0).count))
        $0.integer(UInt64(ids(0).count))
      }
      for event in 0..<2 { $0.raw(ids(event)) }
      $0.raw(records.bytes)
      let sections = [tracingData, string("6.1.0-test"), bytes { $0.integer(UInt64(2) << 32 | 2) }]
      var place = features + sections.count * 16
      for section in sections {
        $0.integer(UInt64(place))
        $0.integer(UInt64(section.count))
        place += section.count
      }
      for section in sections { $0.raw(section) }
    }
  }

  private var pipe: [UInt8] {
    var head = MadePerf(order)
    head.attributeSize = attributeSize
    head.record(80, bytes { $0.integer(UInt64(4)) } + string("6.1.0-test"))
    for event in 0..<2 { head.record(64, attribute(event) + ids(event)) }
    let formats = tracingData
    head.record(
      66,
      bytes {
        $0.integer(UInt32(formats.count)); $0.integer(UInt32(0))
      })
    head.records.raw(formats)
    head.records.pad(to: (head.records.bytes.count - formats.count) + (formats.count + 7) / 8 * 8)
    return bytes {
      magic(&$0)
      $0.integer(UInt64(16))
      $0.raw(head.records.bytes)
      $0.raw(records.bytes)
    }
  }

  /// The records inside of COMPRESSED ones, cut where they happen to be cut.
  func compressed(pieces size: Int = 100) -> MadePerf {
    var copy = self
    copy.records = ByteWriter(order)
    let bound = ZSTD_compressBound(records.bytes.count)
    var packed = [UInt8](repeating: 0, count: bound)
    let count = ZSTD_compress(&packed, bound, records.bytes, records.bytes.count, 1)
    precondition(ZSTD_isError(count) == 0)
    for start in stride(from: 0, to: count, by: size) {
      copy.record(81, Array(packed[start..<min(start + size, count)]))
      copy.finishedRound()
    }
    return copy
  }
}
