// Values of the kernel that records of other events tell: the array of struct page, and HZ.

import MMQTestSupport
import MMQTraceWriter
import Testing

@testable import MMQTrace

/// A recording of two events that tell of the kernel, and of two whose texts need to know.
private struct TellingRecording {
  /// Numbers of pages, and where their structs are.
  var pages: [(number: UInt64, address: UInt64)] = []
  /// Milliseconds from the start, and the count of ticks then.
  var ticks: [(time: UInt64, count: UInt64)] = []
  var longSize = 8
  var uname = "Linux made 6.12.0 #1 SMP x86_64"

  private static let formats = [
    ("pagemap", 1, "mm_lru_insertion", ["struct folio * folio", "unsigned long pfn"], "\"\""),
    ("timer", 2, "timer_start", ["unsigned long expires", "unsigned long now"], "\"\""),
    (
      "kmem", 3, "mm_page_free", ["unsigned long pfn"],
      #""page=%p pfn=0x%lx", (((struct page *)vmemmap_base) + (REC->pfn)), REC->pfn"#
    ),
    ("jbd2", 4, "jbd2_wait", ["unsigned long wait"], #""%u", jiffies_to_msecs(REC->wait)"#),
  ]

  private func format(_ id: Int, _ name: String, _ fields: [String], _ print: String) -> String {
    var lines = ["name: \(name)", "ID: \(id)", "format:"]
    lines.append("\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n")
    for (index, field) in fields.enumerated() {
      let place = "offset:\(8 + index * longSize);\tsize:\(longSize);\tsigned:0;"
      lines.append("\tfield:\(field);\t\(place)")
    }
    return (lines + ["", "print fmt: \(print)"]).joined(separator: "\n")
  }

  private func payload(_ id: UInt16, _ values: UInt64...) -> [UInt8] {
    var writer = ByteWriter(.little)
    writer.integer(id)
    writer.integer(UInt16(0))
    writer.integer(UInt32(0))
    for value in values {
      if longSize == 4 {
        writer.integer(UInt32(truncatingIfNeeded: value))
      } else {
        writer.integer(value)
      }
    }
    return writer.bytes
  }

  /// The texts of a page's event and of one with so many ticks.
  func texts(ofPage page: UInt64, ticks wait: UInt64) throws -> [String] {
    let layout = RingLayout(
      byteOrder: .little, commitSize: longSize, dataOffset: 8 + longSize, subBufferSize: 4096)
    var metadata = RecordingMetadata(
      byteOrder: .little, longSize: longSize, pageSize: 4096, cpuCount: 1)
    metadata.setLayout(layout)
    metadata.setFormats(
      Self.formats.map { ($0.0, format($0.1, $0.2, $0.3, $0.4)) })
    metadata.addOption(5, text: uname)
    let file = TemporaryFile()
    let writer = try TraceDatWriter(
      path: file.path, metadata: metadata, options: .init(version: 7, compression: .none))
    try writer.beginBuffer(name: "", clock: "mono", pageSize: 4096)
    try writer.beginCPU(0)
    var sub = SubBufferWriter(layout, stamp: 1_000_000_000)
    var isWritten = sub.record(payload(3, page), at: 1_000_000_000)
    isWritten = sub.record(payload(4, wait), at: 1_000_000_000) && isWritten
    for page in pages {
      isWritten = sub.record(payload(1, page.address, page.number), at: 1_000_000_000) && isWritten
    }
    for tick in ticks {
      let time = 1_000_000_000 + tick.time * 1_000_000
      isWritten = sub.record(payload(2, 0, tick.count), at: time) && isWritten
    }
    try #require(isWritten)
    try sub.finished().withUnsafeBytes { (bytes) throws in try writer.write(bytes) }
    try writer.finish()
    var texts: [String] = []
    _ = try eventLines(try file.traceDat()) { type, line in
      let text = String(decoding: line, as: UTF8.self)
      if type > 2, let end = text.firstRange(of: type == 3 ? "free: " : "wait: ")?.upperBound {
        texts.append(String(text[end...]))
      }
    }
    return texts
  }
}

@Suite struct KernelValuesTests {
  private let base: UInt64 = 0xffc7_0e4b_0000_0000

  @Test func recordsOfOtherEventsTell() throws {
    let recording = TellingRecording(
      pages: [7, 9, 9, 4000].map { ($0, base + $0 * 64) },
      ticks: [(0, 1000), (400, 1100), (900, 1224), (1000, 1250)])
    #expect(
      try recording.texts(ofPage: 0x17b48, ticks: 3) == [
        "page=ffc70e4b005ed200 pfn=0x17b48", "12",
      ])
  }

  /// A size that is no power of two, and longs of 4 bytes.
  @Test func narrowLongs() throws {
    var recording = TellingRecording()
    recording.longSize = 4
    recording.uname = "Linux made 6.12.0 i686"
    recording.pages = [5, 6, 8].map { ($0, 0xf000_0000 + $0 * 40) }
    // The count passes the end of a long, as it does five minutes after each boot.
    recording.ticks = [(0, 0xffff_ffc0), (1000, 0x0000_00ec), (1500, 0x182)]
    #expect(
      try recording.texts(ofPage: 1, ticks: 10) == ["page=f0000028 pfn=0x1", "34"])
  }

  @Test func withoutThemNothingIsGuessed() throws {
    #expect(try TellingRecording().texts(ofPage: 1, ticks: 3) == ["page=? pfn=0x1", "?"])
  }

  /// Two pairs that nobody confirms, a contradiction, a distance that is no size.
  @Test(
    arguments: [
      [(1, 64), (2, 128)], [(1, 64), (2, 128), (3, 192), (4, 255)],
      [(1, 64), (2, 65), (3, 66)], [(1, 64), (1, 64), (1, 64)],
    ] as [[(UInt64, UInt64)]])
  func doubtfulPages(_ pairs: [(UInt64, UInt64)]) throws {
    let recording = TellingRecording(pages: pairs.map { ($0.0, base + $0.1) })
    #expect(try recording.texts(ofPage: 1, ticks: 0)[0] == "page=? pfn=0x1")
  }

  /// Too short a time, a suspended machine, a rate that no configuration has, a machine with rates of
  /// its own.
  @Test func doubtfulTicks() throws {
    let doubtful: [[(UInt64, UInt64)]] = [
      [(0, 10), (10, 12)], [(0, 0), (1000, 250), (61_000, 500)], [(0, 0), (1000, 500)],
    ]
    for ticks in doubtful {
      let recording = TellingRecording(ticks: ticks.map { ($0.0, $0.1) })
      #expect(try recording.texts(ofPage: 1, ticks: 3)[1] == "?", "\(ticks)")
    }
    var other = TellingRecording(ticks: [(0, 0), (1000, 250)])
    #expect(try other.texts(ofPage: 1, ticks: 3)[1] == "12")
    other.uname = "Linux made 6.12.0 mips64"
    #expect(try other.texts(ofPage: 1, ticks: 3)[1] == "?")
  }
}
