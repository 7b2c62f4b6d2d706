// tseries(): which intervals it keeps, and how they print.

@testable import MMQ
import Testing

@Suite struct TimeSeriesTests {
  static let second: UInt64 = 1_000_000_000

  /// What a cell holds after these values: start in units of the interval, and value.
  static func points(
    _ constants: [Int64], _ values: [(time: UInt64, value: Int64)]
  ) -> [[Int64]] {
    let cell = AggregationTests.Cell(.timeSeries, AggregationParameters(constants: constants))
    for (time, value) in values { cell.take(UInt64(bitPattern: value), at: time) }
    guard case .timeSeries(let points, let interval) = cell.view else { return [] }
    return points.map {
      [Int64($0.start / interval), Int64(bitPattern: $0.value?.word ?? 0)]
    }
  }

  @Test func combinations() {
    let values: [(UInt64, Int64)] = [(0, 3), (5, -2), (9, 4), (9, 0), (10, 7), (35, 1)]
    #expect(Self.points([10, 9], values) == [[0, 0], [1, 7], [3, 1]], "the last one")
    #expect(Self.points([10, 9, 0], values) == [[0, 1], [1, 7], [3, 1]], "avg")
    #expect(Self.points([10, 9, 1], values) == [[0, 4], [1, 7], [3, 1]], "max")
    #expect(Self.points([10, 9, 2], values) == [[0, -2], [1, 7], [3, 1]], "min")
    #expect(Self.points([10, 9, 3], values) == [[0, 5], [1, 7], [3, 1]], "sum")
  }

  @Test func oldIntervalsGiveWay() {
    #expect(Self.points([10, 2], [(0, 1), (10, 2), (20, 3), (30, 4)]) == [[2, 3], [3, 4]])
    #expect(
      Self.points([10, 2], [(40, 1), (0, 2)]) == [[4, 1]], "what comes too late is dropped")
    #expect(Self.points([10, 2], [(9, 1), (1, 2)]) == [[0, 1]], "within an interval too")
  }

  static func series(_ points: [(UInt64, Int64)], _ interval: UInt64) -> Value {
    .timeSeries(
      points.map { .init(start: $0.0 * interval, value: .signed($0.1)) }, interval: interval)
  }

  /// Starts in units of the interval, and values, after the series of a map were aligned.
  static func aligned(_ all: [Value], count: Int64) -> [[String]] {
    let parameters = AggregationParameters(constants: [Int64(second), count])
    return TimeSeries(parameters, RunClock.dateless).aligned(all).map { value in
      guard case .timeSeries(let points, _) = value else { return [] }
      return points.map { "\($0.time) \($0.value.map { "\(Int($0.double))" } ?? "-")" }
    }
  }

  @Test func allKeysGoToTheSameEnd() {
    let all = [
      Self.series([(1, 5), (3, 6)], Self.second), Self.series([(4, 7)], Self.second),
      Self.series([], Self.second),
    ]
    #expect(
      Self.aligned(all, count: 4) == [
        ["00:00:01 5", "00:00:02 -", "00:00:03 6", "00:00:04 -"], ["00:00:04 7"], [],
      ])
    #expect(Self.aligned(all, count: 2) == [["00:00:03 6", "00:00:04 -"], ["00:00:04 7"], []])
    #expect(Self.aligned(all, count: 1) == [[], ["00:00:04 7"], []])
  }

  static func text(_ points: [Value.Point], _ interval: UInt64 = second) -> [String] {
    TimeSeriesText.text(points, interval).split(separator: "\n").map(String.init)
  }

  static func point(_ time: String, _ value: Int64?) -> Value.Point {
    .init(start: 0, time: time, value: value.map { .signed($0) })
  }

  @Test func plot() {
    let edge = String(repeating: "_", count: 51)
    let bounds = "         -10" + String(repeating: " ", count: 48) + "30"
    func row(_ time: String, _ marks: [Int: Character], _ value: String) -> String {
      var line = [Character](repeating: " ", count: 53)
      for (place, mark) in [0: "|", 52: "|"].merging(marks, uniquingKeysWith: { $1 }) {
        line[place] = mark
      }
      return "\(time) \(String(line)) \(value)"
    }
    let points = [
      Self.point("00:00:01", -10), Self.point("00:00:02", nil), Self.point("00:00:03", 0),
      Self.point("00:00:04", 30),
    ]
    #expect(
      Self.text(points) == [
        bounds, "hh:mm:ss |\(edge)|", row("00:00:01", [0: "*", 13: "."], "-10"),
        row("00:00:02", [13: "."], "-"), row("00:00:03", [13: "*"], "0"),
        row("00:00:04", [52: "*", 13: "."], "30"), "         v\(edge)v", bounds,
      ])
  }

  @Test func oneValueStandsInTheMiddle() {
    let lines = Self.text([Self.point("00:00:01.5", 9)], 100_000_000)
    #expect(lines[0].split(separator: " ") == ["8", "10"])
    #expect(lines[1].hasPrefix("hh:mm:ss.ms  |"))
    #expect(lines[2].firstIndex(of: "*") == lines[2].index(lines[2].startIndex, offsetBy: 11 + 26))
  }

  @Test func valuesAtTheEndsOfInt64() {
    let lines = Self.text([Self.point("a", .min), Self.point("b", .max), Self.point("c", 0)])
    #expect(lines[2].hasPrefix("a *") && lines[3].contains("* \(Int64.max)"))
    #expect(Self.text([Self.point("a", .max)])[0].contains("\(Int64.max - 1)"))
    #expect(Self.text([]) == ["<no data>"])
  }

  @Test func units() {
    let suffixes = [2 * Self.second, 1_500_000_000, 20_000, 1].map { TimeUnit(of: $0).suffix }
    #expect(suffixes == ["", ".ms", ".μs", ".ns"])
    #expect(TimeUnit.microseconds.fraction(of: 12_000_345_678) == ".000345")
    #expect(Value.Point(start: 1, date: 86_400_500_000_001).utc == "1970-01-02 00:00:00.500000001")
  }
}
