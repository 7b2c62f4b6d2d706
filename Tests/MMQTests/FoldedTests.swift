// Stacks as lines for flame graphs.

@testable import MMQ
import Testing

@Suite struct FoldedTests {
  private static func frame(_ name: String?, _ address: UInt64 = 16) -> Value.Frame {
    Value.Frame(address: address, symbol: name, offset: 3)
  }

  private static func stack(_ names: String...) -> Value {
    .stack(names.map { frame($0) }, .bpftrace)
  }

  private static func row(_ key: Value, _ value: Int64) -> MapReport.Row {
    .init(key: key, value: .number(.signed(value)))
  }

  /// What goes to the lines, to the other sink, and what is said.
  private static func fold(
    _ rows: [MapReport.Row], namesMaps: Bool = false, then: (any OutputSink) -> Void = { _ in }
  ) -> (lines: String, others: String, said: [String]) {
    var lines: [UInt8] = []
    var others: [UInt8] = []
    var said: [String] = []
    let sink = FoldedRenderer(
      namesMaps: namesMaps, others: TextRenderer(separator: "") { others += Array($0) },
      say: { said.append($0) }, write: { lines += Array($0) })
    sink.map(
      MapReport(name: "m", hasKeys: true, aggregation: "count", rows: MapReport.Rows(rows)))
    then(sink)
    sink.endOfRun()
    sink.flush()
    return (String(decoding: lines, as: UTF8.self), String(decoding: others, as: UTF8.self), said)
  }

  @Test func theOutermostFunctionComesFirst() {
    let found = Self.fold([Self.row(Self.stack("leaf", "caller", "entry"), 5)])
    #expect(found.lines == "entry;caller;leaf 5\n")
    #expect(found.others.isEmpty)
    #expect(found.said.isEmpty)
  }

  /// Other places in the same functions are the same line.
  @Test func equalLinesAreOne() {
    let other = Value.stack([Value.Frame(address: 99, symbol: "leaf", offset: 80)], .perf)
    let found = Self.fold([
      Self.row(Self.stack("leaf"), 5), Self.row(other, 7), Self.row(Self.stack("b"), 1),
    ])
    #expect(found.lines == "b 1\nleaf 12\n")
  }

  @Test func otherKeysComeInFront() {
    let comm = Value.string(Array("a b;c\n".utf8))
    let key = Value.tuple([Self.stack("leaf", "entry"), comm, .symbol("DONE", 2)])
    let found = Self.fold([Self.row(key, 2)], namesMaps: true)
    #expect(found.lines == "@m;a b:c\\x0a;DONE;entry;leaf 2\n")
  }

  @Test func withoutNamesThereAreAddresses() {
    let found = Self.fold([
      Self.row(.stack([Self.frame(nil, 0xffff_ffff_8100_0010)], .raw), 1),
      Self.row(.stack([], .raw), 3),
    ])
    #expect(found.lines == "0xffffffff81000010 1\n[no stack] 3\n")
  }

  @Test func whatIsBelowZeroIsSaid() {
    let found = Self.fold([Self.row(Self.stack("a"), -1), Self.row(Self.stack("b"), 0)])
    #expect(found.lines == "b 0\n")
    #expect(
      found.said == ["WARNING: @m: a flame graph has no widths below 0: left out: 1"])
  }

  @Test func allElseGoesToTheOtherSink() {
    let found = Self.fold([Self.row(.number(.signed(1)), 2)]) { sink in
      sink.value(.bool(true))
      Array("text\n".utf8).withUnsafeBytes { sink.text(.printf, $0) }
      sink.map(
        MapReport(
          name: "h", hasKeys: true, aggregation: "hist",
          rows: [.init(key: Self.stack("a"), value: .histogram([], .powers(subBits: 0)))]))
    }
    #expect(found.lines.isEmpty)
    #expect(found.others == "@m[1]: 2\ntrue\ntext\n@h[\n        a+3\n]:\n\n")
  }

  // MARK: The other formats

  @Test func aTerminalDoesNotObeyNames() {
    var bytes: [UInt8] = []
    let sink = TextRenderer(escapesControlBytes: true, separator: "") { bytes += Array($0) }
    sink.value(.tuple([.string([0x1b]), Self.stack("a\u{1b}")]))
    sink.event(
      line: { Array("x\u{1b}: <stack trace>\n => a\n => b\n".utf8) }, fields: { .bool(true) })
    sink.flush()
    #expect(
      String(decoding: bytes, as: UTF8.self)
        == "(\\x1b, \n        a\\x1b+3\n)\nx\\x1b: <stack trace>\n => a\n => b\\x0a\n")
  }

  @Test func aStackIsOneFieldOfCSV() {
    var bytes: [UInt8] = []
    let sink = CSVRenderer(keyColumns: 0) { bytes += Array($0) }
    sink.value(Self.stack("leaf", "entry"))
    sink.flush()
    #expect(String(decoding: bytes, as: UTF8.self) == "map,stat,value\n,value,entry+3;leaf+3\n")
  }
}
