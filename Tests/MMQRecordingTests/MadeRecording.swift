// Small recordings of two events, in every shape that the formats have.

import MMQTrace
import MMQTraceWriter

/// Describes a recording to make. Every event counts on, so that a lost one is seen.
struct MadeRecording: Sendable, CustomStringConvertible {
  var version = 7
  var compression = RecordingCompression.none
  var order = ByteOrder.little
  var longSize = 8
  var subBufferSize = 4096
  var cpus: UInt32 = 2
  var pagesPerCPU = 3
  var eventsPerPage = 20
  var instances: [String] = []
  var options: [(id: UInt16, text: String)] = [(4, "local [mono] boot\n"), (5, "Linux test 6.1.0")]

  var description: String {
    "v\(version) \(compression) \(order) long \(longSize) sub-buffer \(subBufferSize)"
  }

  var layout: RingLayout {
    RingLayout(
      byteOrder: order, commitSize: longSize, dataOffset: 8 + longSize,
      subBufferSize: subBufferSize)
  }

  var eventsPerBuffer: Int { Int(cpus) * pagesPerCPU * eventsPerPage }

  static func format(_ name: String, _ id: Int) -> String {
    "name: \(name)\nID: \(id)\nformat:\n"
      + "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
      + "\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"
      + "\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n"
      + "\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"
      + "\tfield:u64 number;\toffset:8;\tsize:8;\tsigned:0;\n\n"
      + "print fmt: \"number=%llu\", REC->number\n"
  }

  static let symbols = "ffffffff81000000 T _text\nffffffff81001000 T schedule\n"

  var metadata: RecordingMetadata {
    var metadata = RecordingMetadata(
      byteOrder: order, longSize: longSize, pageSize: 4096, cpuCount: cpus)
    metadata.setLayout(layout)
    metadata.setFormats([
      ("ftrace", Self.format("print", 5)), ("test", Self.format("tick", 500)),
      ("test", Self.format("tock", 501)),
    ])
    metadata.setKernelSymbols(Self.symbols.utf8)
    metadata.setPrintkFormats("0xffffffff82819092 : \"hello\"\n".utf8)
    metadata.setSavedComms("1 init\n42 a b: c\n".utf8)
    for option in options { metadata.addOption(option.id, text: option.text) }
    return metadata
  }

  func payload(_ id: UInt16, _ number: UInt64) -> [UInt8] {
    var writer = ByteWriter(order)
    writer.integer(id)
    writer.integer(UInt16(0))
    writer.integer(Int32(42))
    writer.integer(number)
    return writer.bytes
  }

  /// The page that starts with event `number`; each event comes 1 µs after the one before.
  func page(cpu: UInt32, from number: Int) -> [UInt8] {
    let start = UInt64(1_000_000 + number * 1000) + UInt64(cpu) * 10
    var page = SubBufferWriter(layout, stamp: start)
    for i in number..<(number + eventsPerPage) {
      let isAdded = page.record(
        payload(i % 2 == 0 ? 500 : 501, UInt64(i)),
        at: start + UInt64(i - number) * 1000)
      precondition(isAdded, "the page is too small for the test")
    }
    return page.finished()
  }

  /// `symbols`: the bytes of their section, where these are not to be the usual ones.
  func write(to path: String, symbols: [UInt8]? = nil) throws {
    var metadata = metadata
    if let symbols { metadata.items[19] = symbols }
    let writer = try TraceDatWriter(
      path: path, metadata: metadata,
      options: .init(version: version, compression: compression, instances: instances))
    for name in [""] + instances {
      try writer.beginBuffer(name: name, clock: "mono", pageSize: subBufferSize)
      for cpu in 0..<cpus {
        try writer.beginCPU(cpu)
        for k in 0..<pagesPerCPU {
          try page(cpu: cpu, from: k * eventsPerPage).withUnsafeBytes {
            (bytes) throws in try writer.write(bytes)
          }
        }
      }
    }
    try writer.finish()
  }

  func file() throws -> TemporaryFile {
    let file = TemporaryFile()
    try write(to: file.path)
    return file
  }
}
