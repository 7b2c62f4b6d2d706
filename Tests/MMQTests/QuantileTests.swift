// quantile(): never more than 1 percent off, exact where it can be.

@testable import MMQ
import MMQTestSupport
import Testing

@Suite struct QuantileTests {
  static func parameters(_ percents: [Double], float: Bool = false, signed: Bool = true)
    -> AggregationParameters
  {
    AggregationParameters(
      isSigned: signed, isFloat: float,
      constants: percents.map { Int64(bitPattern: $0.bitPattern) })
  }

  /// The quantiles of these words, as doubles.
  static func quantiles(_ words: [UInt64], _ parameters: AggregationParameters) -> [Double?] {
    let cell = AggregationTests.Cell(.quantile, parameters)
    for word in words { cell.take(word) }
    guard case .quantiles(let quantiles) = cell.view else { return [] }
    return quantiles.map { $0.value?.double }
  }

  static let percents: [Double] = [0, 0.1, 1, 25, 50, 75, 90, 99, 99.9, 99.99, 100]

  /// The value of the nearest rank, in integers: the percentages have two digits at most.
  static func exact(_ sorted: [Double], _ percent: Double) -> Double {
    let hundredths = Int((percent * 100).rounded())
    let rank = (hundredths * sorted.count + 9999) / 10000
    return sorted[max(0, rank - 1)]
  }

  static func check(_ words: [UInt64], _ parameters: AggregationParameters) {
    let sorted = words.map { parameters.number($0).double }.sorted()
    for (percent, found) in zip(percents, quantiles(words, parameters)) {
      let wanted = exact(sorted, percent)
      #expect(
        abs((found ?? .nan) - wanted) <= abs(wanted) / 100, "p\(percent) of \(sorted.count)")
    }
  }

  @Test(arguments: [1, 2, 3, 10, 999, 1000, 20_000])
  func withinOnePercent(_ count: Int) {
    var generator = SeededRandom(seed: UInt64(count))
    let wide = (0..<count).map { _ in
      generator.next() >> UInt64.random(in: 0...63, using: &generator)
    }
    Self.check(wide, Self.parameters(Self.percents, signed: false))
    Self.check(wide, Self.parameters(Self.percents))
    let negative = wide.map { 0 &- ($0 >> 1) }
    Self.check(negative, Self.parameters(Self.percents))
    let floats = wide.map { (Double($0) / 1e9 - 1).bitPattern }
    Self.check(floats, Self.parameters(Self.percents, float: true))
  }

  @Test func smallIntegersAreExact() {
    let values = (-127...127).map { UInt64(bitPattern: Int64($0)) }
    let parameters = Self.parameters((0...100).map(Double.init))
    let sorted = (-127...127).map(Double.init)
    let wanted = (0...100).map { Self.exact(sorted, Double($0)) }
    #expect(Self.quantiles(values, parameters) == wanted)
  }

  @Test func theEndsAreExact() {
    let ends = [Int64.min, 123_456_789, .max].map { UInt64(bitPattern: $0) }
    let cell = AggregationTests.Cell(.quantile, Self.parameters([0, 100]))
    for word in ends { cell.take(word) }
    #expect(
      cell.view
        == .quantiles([
          .init(percent: 0, value: .signed(.min)), .init(percent: 100, value: .signed(.max)),
        ]))
    #expect(
      Self.quantiles([1_234_567], Self.parameters([50])) == [1_234_567], "one value is itself")
    // All in one bucket.
    #expect(
      Self.quantiles([1_000_102, 1_000_100, 1_000_101], Self.parameters([0, 100]))
        == [1_000_100, 1_000_102])
    #expect(Self.quantiles([.max], Self.parameters([50], signed: false)) == [0x1p64])
  }

  @Test func oddFloats() {
    let parameters = Self.parameters([0, 50, 100], float: true)
    let infinities = [-Double.infinity, 0, .infinity].map(\.bitPattern)
    #expect(Self.quantiles(infinities, parameters) == [-.infinity, 0, .infinity])
    let nans = Self.quantiles([1, Double.nan, -.nan].map(\.bitPattern), parameters)
    #expect(nans[0] == 1 && nans[1]?.isNaN == true && nans[2]?.isNaN == true)
    let tiny = [Double.leastNonzeroMagnitude, -.leastNonzeroMagnitude, -0.0].map(\.bitPattern)
    #expect(Self.quantiles(tiny, parameters).allSatisfy { abs($0 ?? 1) < 1e-300 })
    let large = [Double.greatestFiniteMagnitude, -.greatestFiniteMagnitude].map(\.bitPattern)
    Self.check(large, Self.parameters(Self.percents, float: true))
  }

  @Test func bucketsAreInOrder() {
    let values: [Double] = [-.infinity, -1e300, -2, -1, -0.5, 0, 0.5, 1, 2, 1e300, .infinity, .nan]
    let buckets = values.map { QuantileBuckets.bucket(of: $0) }
    #expect(buckets == buckets.sorted() && Set(buckets).count == buckets.count)
  }

  @Test func nothingHasNoQuantile() {
    #expect(Self.quantiles([], Self.parameters([50])) == [nil])
  }

  @Test func names() {
    let names = [50, 99.9, 0, 100, 0.001].map { Value.Quantile(percent: $0, value: nil).name }
    #expect(names == ["p50", "p99.9", "p0", "p100", "p0.001"])
  }
}
