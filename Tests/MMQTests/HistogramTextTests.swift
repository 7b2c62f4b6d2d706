// Rows of histograms in bpftrace's layout.

@testable import MMQ
import Testing

@Suite struct HistogramTextTests {
  static func text(_ name: String, _ values: [Int64], _ constants: Int64...) throws -> String {
    let cell = AggregationTests.Cell(
      try #require(Aggregation.named(name)), AggregationParameters(constants: constants))
    for value in values { cell.take(UInt64(bitPattern: value)) }
    guard case .histogram(let buckets, let scale) = cell.view else { return "no histogram" }
    return HistogramText.text(buckets, scale)
  }

  /// The label and the count of each row.
  static func rows(_ name: String, _ values: [Int64], _ constants: [Int64]) throws -> [String] {
    let cell = AggregationTests.Cell(
      try #require(Aggregation.named(name)), AggregationParameters(constants: constants))
    for value in values { cell.take(UInt64(bitPattern: value)) }
    guard case .histogram(let buckets, let scale) = cell.view else { return [] }
    return HistogramText.text(buckets, scale).split(separator: "\n").map { line in
      line.prefix { $0 != "|" }.split(separator: " ").joined(separator: " ")
    }
  }

  @Test func hist() throws {
    #expect(
      try Self.text("hist", [-1, 2, 3, 7, 20]) == """
        (..., 0)               1 |@@@@@@@@@@@@@@@@@@@@@@@@@@                          |
        [0]                    0 |                                                    |
        [1]                    0 |                                                    |
        [2, 4)                 2 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|
        [4, 8)                 1 |@@@@@@@@@@@@@@@@@@@@@@@@@@                          |
        [8, 16)                0 |                                                    |
        [16, 32)               1 |@@@@@@@@@@@@@@@@@@@@@@@@@@                          |

        """)
    #expect(try Self.text("hist", []).isEmpty)
  }

  /// 15 of 26 is 30 cells in single precision, 29 in double.
  @Test func barsAreInSinglePrecision() throws {
    let text = try Self.text(
      "hist", Array(repeating: 0, count: 15) + Array(repeating: 1, count: 26))
    #expect(text.split(separator: "\n")[0].count { $0 == "@" } == 30)
    #expect(text.split(separator: "\n")[1].count { $0 == "@" } == 52)
  }

  @Test(
    arguments: [
      (0, 0, "[0]"), (0, 1, "[1]"), (0, 2, "[2, 4)"), (0, 512, "[512, 1K)"), (0, 1024, "[1K, 2K)"),
      (0, 1 << 20, "[1M, 2M)"), (0, 1 << 30, "[1G, 2G)"), (0, 1 << 40, "[1T, 2T)"),
      (0, 1 << 50, "[1P, 2P)"), (0, .max, "[4E, 8E)"), (0, 524_288, "[512K, 1M)"),
      (1, 0, "[0]"), (1, 3, "[3]"), (1, 4, "[4, 6)"), (1, 7, "[6, 8)"),
      (3, 15, "[15]"), (3, 16, "[16, 18)"), (3, 1023, "[960, 1024)"), (3, 1024, "[1024, 1152)"),
      (3, 8191, "[7680, 8K)"), (3, 8192, "[8K, 9K)"), (3, 9216, "[9K, 10K)"),
      (5, 63, "[63]"), (5, 64, "[64, 66)"), (0, -7, "(..., 0)"), (5, -7, "(..., 0)"),
    ] as [(Int64, Int64, String)])
  func histLabels(_ subBits: Int64, _ value: Int64, _ label: String) throws {
    #expect(try Self.rows("hist", [value], [subBits]) == ["\(label) 1"])
  }

  @Test func lhist() throws {
    #expect(
      try Self.rows("lhist", [-1, 0, 9, 10, 99, 100, 500], [0, 100, 10]) == [
        "(..., 0) 1", "[0, 10) 2", "[10, 20) 1", "[20, 30) 0", "[30, 40) 0", "[40, 50) 0",
        "[50, 60) 0", "[60, 70) 0", "[70, 80) 0", "[80, 90) 0", "[90, 100) 1", "[100, ...) 2",
      ])
    #expect(try Self.rows("lhist", [5, 6], [0, 10, 1]) == ["[5] 1", "[6] 1"])
    #expect(try Self.rows("lhist", [-3], [-5, 5, 2]) == ["[-3, -1) 1"])
    #expect(try Self.rows("lhist", [-9], [-5, 5, 2]) == ["(..., -5) 1"])
  }

  /// The last part is shorter than a step: it belongs to the open end.
  @Test func lhistWithAShortEnd() throws {
    #expect(
      try Self.rows("lhist", [89, 90, 99, 100], [0, 100, 30]) == ["[60, 90) 1", "[90, ...) 3"])
  }

  @Test func lhistSuffixes() throws {
    #expect(
      try Self.rows("lhist", [0, 1024, 5000], [0, 4096, 1024])
        == ["[0, 1K) 1", "[1K, 2K) 1", "[2K, 3K) 0", "[3K, 4K) 0", "[4K, ...) 1"])
    #expect(
      try Self.rows("lhist", [1 << 20], [0, 4 << 20, 1 << 20]) == ["[1M, 2M) 1"])
    #expect(try Self.rows("lhist", [1000], [0, 4000, 1000]) == ["[1000, 2000) 1"])
    #expect(
      try Self.rows("lhist", [-1000], [-2048, 2048, 1024]) == ["[-1K, 0) 1"])
  }

  @Test func longLabelsPushTheRest() throws {
    let text = try Self.text("lhist", [1_000_000_000], 0, 9_000_000_000, 1_000_000_000)
    #expect(text.hasPrefix("[1000000000, 2000000000)       1 |@"))
  }
}
