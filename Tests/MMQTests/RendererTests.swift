// What text and JSON make of the same results.

@testable import MMQ
import Testing

@Suite struct RendererTests {
  /// What a sink writes when it gets these results.
  static func text(escapes: Bool = false, _ work: (any OutputSink) -> Void) -> String {
    var bytes: [UInt8] = []
    let sink = TextRenderer(escapesControlBytes: escapes) { bytes += Array($0) }
    work(sink)
    sink.flush()
    return String(decoding: bytes, as: UTF8.self)
  }

  static func json(_ work: (any OutputSink) -> Void) -> String {
    var bytes: [UInt8] = []
    let sink = JSONRenderer { bytes += Array($0) }
    work(sink)
    sink.flush()
    return String(decoding: bytes, as: UTF8.self)
  }

  static func string(_ text: String) -> Value { .string(Array(text.utf8)) }

  static var keyed: MapReport {
    MapReport(
      name: "x", hasKeys: true, aggregation: nil,
      rows: [
        .init(key: .tuple([string("a b"), .number(.signed(-1))]), value: .number(.unsigned(.max))),
        .init(key: .tuple([string("(c)"), .bool(true)]), value: .symbol("busy", 1)),
      ])
  }

  @Test func values() {
    let all: [(value: Value, text: String, json: String)] = [
      (.number(.signed(-5)), "-5", "-5"), (.number(.signed(.min)), "\(Int64.min)", "\(Int64.min)"),
      (.number(.signed(.max)), "\(Int64.max)", "\"\(Int64.max)\""),
      (.number(.unsigned(.max)), "\(UInt64.max)", "\"\(UInt64.max)\""),
      (.number(.unsigned(1 << 63)), "\(UInt64(1) << 63)", "\(UInt64(1) << 63)"),
      (.number(.float(0.1)), "0.100000", "0.100000"), (.number(.float(.infinity)), "inf", "null"),
      (.symbol("GFP_KERNEL", 3264), "GFP_KERNEL", "\"GFP_KERNEL\""), (.pointer(0), "0x0", "0"),
      (.pointer(255), "0xff", "255"), (.bool(false), "false", "false"),
      (Self.string("a\"\\\n\u{7f}é"), "a\"\\\n\u{7f}é", #""a\"\\\n\u007fé""#),
      (.string([0xff, 0x41]), "\u{fffd}A", "\"\u{fffd}A\""),
      (.tuple([.number(.signed(1)), Self.string("x"), .tuple([])]), "(1, x, ())", #"[1,"x",[]]"#),
      (
        .statistics(count: 2, average: .signed(3), total: .signed(7)),
        "{ .count = 2, .average = 3, .total = 7 }", #"{"count": 2, "average": 3, "total": 7}"#
      ),
    ]
    for (value, text, json) in all {
      #expect(Self.text { $0.value(value) } == text + "\n")
      #expect(Self.json { $0.value(value) } == "{\"type\": \"value\", \"data\": \(json)}\n")
    }
  }

  @Test func maps() {
    #expect(
      Self.text { $0.map(Self.keyed) } == "@x[a b, -1]: 18446744073709551615\n@x[(c), true]: busy\n"
    )
    #expect(
      Self.json { $0.map(Self.keyed) }
        == #"{"type": "map", "data": {"@x": {"a b,-1": "18446744073709551615", "(c),true": "busy"}}}"#
        + "\n")
  }

  /// Cut at 15 bytes, a task's name may end within a character.
  @Test func keysThatAreNoTextStayTwo() {
    let map = MapReport(
      name: "x", hasKeys: true, aggregation: nil,
      rows: [
        .init(key: .string([0xe4, 0xbd]), value: .number(.signed(1))),
        .init(key: .string([0xe4, 0xa0, 0x41]), value: .number(.signed(1))),
        .init(key: .string([0x07, 0x0f]), value: .number(.signed(1))),
      ])
    #expect(
      Self.json { $0.map(map) }
        == #"{"type": "map", "data": {"@x": {"\\xe4\\xbd": 1, "\\xe4\\xa0A": 1, "\u0007\u000f": 1}}}"#
        + "\n"
    )
  }

  @Test func histograms() {
    let buckets = [
      Value.Bucket(low: nil, high: -1, count: 1), Value.Bucket(low: 0, high: 0, count: 2),
    ]
    let report = MapReport(
      name: "", hasKeys: false, aggregation: "hist",
      rows: [.init(key: nil, value: .histogram(buckets, .powers(subBits: 0)))])
    let bars = [26, 52].map { String(repeating: "@", count: $0) }
    #expect(
      Self.text { $0.map(report) } == "@:\n(..., 0)               1 |\(bars[0])"
        + String(repeating: " ", count: 26) + "|\n[0]                    2 |\(bars[1])|\n\n")
    #expect(
      Self.json { $0.map(report) }
        == #"{"type": "hist", "data": {"@": [{"max": -1, "count": 1},{"min": 0, "max": 0, "count": 2}]}}"#
        + "\n")
  }

  @Test func attachedAndLostAreOfJSONOnly() {
    let work = { (sink: any OutputSink) in
      sink.attached(3)
      sink.lost(42)
    }
    #expect(Self.text(work).isEmpty)
    #expect(
      Self.json(work) == """
        {"type": "attached_probes", "count": 3, "data": {"probes": 3}}
        {"type": "lost_events", "count": 42, "data": {"events": 42}}

        """)
  }

  @Test func textAndTime() {
    let work = { (sink: any OutputSink) in
      for (kind, text) in [(TextKind.printf, "a\tb"), (.time, "12:00:00\n")] {
        Array(text.utf8).withUnsafeBytes { sink.text(kind, $0) }
      }
    }
    #expect(Self.text(work) == "a\tb12:00:00\n")
    #expect(
      Self.json(work) == """
        {"type": "printf", "data": "a\\tb"}
        {"type": "time", "data": "12:00:00\\n"}

        """)
  }

  @Test func aTerminalGetsNoControlBytesOfEvents() {
    let value = Self.string("a\u{1b}[2J\nb")
    let report = MapReport(
      name: "x", hasKeys: true, aggregation: nil, rows: [.init(key: value, value: value)])
    let escaped = #"a\x1b[2J\x0ab"#
    #expect(Self.text(escapes: true) { $0.value(value) } == escaped + "\n")
    #expect(Self.text(escapes: true) { $0.map(report) } == "@x[\(escaped)]: \(escaped)\n")
  }

  @Test func largeOutputComesInPieces() {
    var pieces = 0
    var bytes = 0
    let sink = TextRenderer { room in
      pieces += 1
      bytes += room.count
    }
    for _ in 0..<100_000 { sink.value(.number(.signed(7))) }
    sink.flush()
    #expect(bytes == 200_000 && pieces > 1 && pieces < 10)
    sink.flush()
    #expect(bytes == 200_000)
  }
}
