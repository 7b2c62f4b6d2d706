// CSV: every result is rows of one value each.

@testable import MMQ
import Testing

@Suite struct CSVRendererTests {
  static func csv(_ keyColumns: Int, escapes: Bool = false, _ work: (any OutputSink) -> Void)
    -> [String]
  {
    var bytes: [UInt8] = []
    let sink = CSVRenderer(keyColumns: keyColumns, escapesControlBytes: escapes) {
      bytes += Array($0)
    }
    work(sink)
    sink.flush()
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  static func map(_ aggregation: String?, _ key: Value?, _ value: Value) -> MapReport {
    MapReport(
      name: "x", hasKeys: key != nil, aggregation: aggregation,
      rows: [.init(key: key, value: value)])
  }

  static let name = RendererTests.string("a,\"b\"")

  @Test func keysFillTheirColumns() {
    let rows = Self.csv(2) { sink in
      sink.map(Self.map(nil, .tuple([Self.name, .number(.signed(-1))]), .bool(true)))
      sink.map(Self.map("count", Self.name, .number(.signed(5))))
      sink.map(Self.map("sum", nil, .number(.unsigned(.max))))
    }
    #expect(
      rows == [
        "map,key1,key2,stat,value", #"@x,"a,""b""",-1,value,true"#, #"@x,"a,""b""",,count,5"#,
        "@x,,,sum,18446744073709551615",
      ])
  }

  @Test func severalNumbersAreSeveralRows() {
    let buckets: [Value.Bucket] = [
      .init(low: nil, high: -1, count: 1), .init(low: 1024, high: 2047, count: 2),
      .init(low: 4096, high: nil, count: 3),
    ]
    let points: [Value.Point] = [
      .init(start: 500_000_000, date: 500_000_000, value: .signed(7)),
      .init(start: 600_000_000, value: nil),
    ]
    let rows = Self.csv(0) { sink in
      sink.map(
        Self.map("stats", nil, .statistics(count: 2, average: .signed(3), total: .signed(7))))
      sink.map(Self.map("hist", nil, .histogram(buckets, .powers(subBits: 0))))
      sink.map(
        Self.map(
          "quantile", nil,
          .quantiles([.init(percent: 99.9, value: .float(0.5)), .init(percent: 50, value: nil)])))
      sink.map(Self.map("tseries", nil, .timeSeries(points, interval: 100_000_000)))
    }
    #expect(
      rows == [
        "map,stat,value", "@x,count,2", "@x,average,3", "@x,total,7", #"@x,"(..., 0)",1"#,
        #"@x,"[1024, 2048)",2"#, #"@x,"[4096, ...)",3"#, "@x,p99.9,0.500000", "@x,p50,",
        "@x,1970-01-01 00:00:00.500000000,7",
      ])
  }

  @Test func whatHasNoMapIsARowToo() {
    let rows = Self.csv(1) { sink in
      Array("a, b\n".utf8).withUnsafeBytes { sink.text(.printf, $0) }
      Array("c".utf8).withUnsafeBytes { sink.text(.time, $0) }
      sink.value(.tuple([.number(.signed(1)), Self.name]))
    }
    #expect(
      rows == [
        "map,key,stat,value", #",,printf,"a, b""#, ",,time,c", #",,value,"(1, a,""b"")""#,
      ])
  }

  @Test func nothingPrintsNothing() {
    #expect(Self.csv(1) { $0.attached(3) }.isEmpty)
  }

  @Test func aTerminalGetsNoControlBytes() {
    let value = RendererTests.string("a\u{1b}\n")
    #expect(Self.csv(0, escapes: true) { $0.value(value) }.last == #",value,a\x1b\x0a"#)
    #expect(Self.csv(0) { $0.value(value) }.dropFirst() == [",value,\"a\u{1b}", "\""])
  }
}
