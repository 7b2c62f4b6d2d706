// Aggregations: merging parts gives what one cell would, and buckets cover every value once.

@testable import MMQ
import MMQTestSupport
import Testing

@Suite struct AggregationTests {
  /// A cell on its own.
  final class Cell {
    let aggregation: Aggregation
    let parameters: AggregationParameters
    let words: UnsafeMutablePointer<UInt64>

    init(_ aggregation: Aggregation, _ parameters: AggregationParameters) {
      self.aggregation = aggregation
      self.parameters = parameters
      words = .allocate(capacity: aggregation.words(parameters))
      words.initialize(repeating: 0, count: aggregation.words(parameters))
    }

    deinit {
      if aggregation.ownedWords != nil { words.table?.deinitialize(count: 1).deallocate() }
      words.deallocate()
    }

    func take(_ word: UInt64, at time: UInt64 = 0) {
      aggregation.update(words, [word, time], parameters)
    }
    func merge(_ other: Cell) { aggregation.merge(words, other.words, parameters) }
    var view: Value { aggregation.view(words, parameters) }
    var number: Value.Number { aggregation.number(words, parameters) }
  }

  static let values: [Int64] = [
    0, 1, -1, 2, 3, 7, 8, 9, 100, 1023, 1024, 1025, -5, -1024, 1 << 40, .max, .min, .min + 1, 5,
    5, 5, 63, 64, 65,
  ]

  static func parameters(_ aggregation: Aggregation) -> [AggregationParameters] {
    let constants: [[Int64]] =
      switch aggregation.name {
      case "hist": [[], [0], [1], [3], [5]]
      case "lhist": [[0, 100, 10], [-50, 1000, 7], [-5, 5, 1]]
      case "quantile": [[50, 0.5, 99.9, 0, 100].map { Int64(bitPattern: $0.bitPattern) }]
      case "tseries": [[3, 4], [3, 4, 0], [2, 100, 1], [1, 5, 2], [5, 3, 3]]
      default: [[]]
      }
    return constants.flatMap { constants in
      [(true, false), (false, false), (true, true)].map {
        AggregationParameters(isSigned: $0.0, isFloat: $0.1, constants: constants)
      }
    }
  }

  /// Floats here are small integers, whose sums are exact.
  static func word(_ value: Int64, _ parameters: AggregationParameters) -> UInt64 {
    parameters.isFloat ? Double(value % 4096).bitPattern : UInt64(bitPattern: value)
  }

  @Test(arguments: Aggregation.all.map(\.name))
  func mergingEqualsOneCell(_ name: String) throws {
    let aggregation = try #require(Aggregation.named(name))
    var generator = SeededRandom(seed: 4)
    for parameters in Self.parameters(aggregation) {
      for parts in 1...4 {
        let whole = Cell(aggregation, parameters)
        let cells = (0..<parts).map { _ in Cell(aggregation, parameters) }
        for (time, value) in Self.values.shuffled(using: &generator).enumerated() {
          let word = Self.word(value, parameters)
          whole.take(word, at: UInt64(time))
          cells[Int.random(in: 0..<parts, using: &generator)].take(word, at: UInt64(time))
        }
        for cell in cells.dropFirst() { cells[0].merge(cell) }
        #expect(cells[0].view == whole.view)
        #expect(cells[0].number == whole.number)
        cells[0].merge(Cell(aggregation, parameters))
        #expect(cells[0].view == whole.view, "an empty cell changes nothing")
        let empty = Cell(aggregation, parameters)
        empty.merge(whole)
        #expect(empty.view == whole.view)
      }
    }
  }

  static func cell(_ name: String, _ values: [Int64], signed: Bool = true) throws -> Cell {
    let cell = Cell(
      try #require(Aggregation.named(name)), AggregationParameters(isSigned: signed))
    for value in values { cell.take(UInt64(bitPattern: value)) }
    return cell
  }

  @Test func whatTheySay() throws {
    #expect(try Self.cell("count", [5, 5, 5]).view == .number(.signed(3)))
    #expect(try Self.cell("sum", [5, -7]).view == .number(.signed(-2)))
    #expect(try Self.cell("sum", [.max, 1]).view == .number(.signed(.min)))
    #expect(try Self.cell("sum", [-1], signed: false).view == .number(.unsigned(.max)))
    #expect(try Self.cell("min", [5, -7, 2]).view == .number(.signed(-7)))
    #expect(try Self.cell("min", [5, -7, 2], signed: false).view == .number(.unsigned(2)))
    #expect(try Self.cell("max", [-5, -7]).view == .number(.signed(-5)))
    #expect(
      try Self.cell("max", [5, -7], signed: false).view == .number(.unsigned(UInt64.max - 6)))
    #expect(try Self.cell("min", [5, 0]).view == .number(.signed(0)))
    #expect(try Self.cell("avg", [-30, -10]).view == .number(.signed(-20)))
    #expect(try Self.cell("avg", [-10, -5, 6]).view == .number(.signed(-3)))
    #expect(try Self.cell("avg", []).view == .number(.signed(0)))
    #expect(
      try Self.cell("stats", [-10, -5, 5]).view
        == .statistics(count: 3, average: .signed(-3), total: .signed(-10)))
    #expect(try Self.cell("hist", []).view == .histogram([], .powers(subBits: 0)))
  }

  // MARK: Buckets

  @Test(arguments: 0...5 as ClosedRange<UInt64>)
  func powerBucketsCoverEveryValueOnce(_ subBits: UInt64) {
    let buckets = PowerBuckets(subBits: subBits)
    var next: UInt64 = 0
    for slot in 1..<buckets.slots {
      let range = buckets.range(of: slot)
      guard range.lowerBound == next else {
        Issue.record("a hole before slot \(slot)")
        return
      }
      #expect(buckets.slot(of: range.lowerBound) == slot)
      #expect(buckets.slot(of: range.upperBound) == slot)
      #expect(range.contains(range.lowerBound / 2 + range.upperBound / 2 + 1) || range.count == 1)
      if slot == buckets.slots - 1 {
        #expect(range.upperBound == .max)
      } else {
        next = range.upperBound + 1
      }
    }
  }

  /// bpftrace's index: v < 2^k has its own; else by the k bits behind the leading one.
  @Test(arguments: 0...5 as ClosedRange<UInt64>)
  func powerBucketsAreBpftraces(_ subBits: UInt64) {
    let buckets = PowerBuckets(subBits: subBits)
    var generator = SeededRandom(seed: subBits)
    for _ in 0..<20_000 {
      let value = generator.next() >> UInt64.random(in: 1...63, using: &generator)
      var wanted = 1 + value
      if value >= 1 << subBits {
        var level: UInt64 = 0
        while value >> level > 1 { level += 1 }
        level -= subBits
        wanted = (level + 1) << subBits + (value >> level) & (1 << subBits - 1) + 1
      }
      #expect(buckets.slot(of: value) == Int(wanted))
    }
  }

  @Test(
    arguments: [[0, 100, 10], [-50, 1000, 7], [-5, 5, 1], [0, 100, 30], [3, 4, 9]] as [[Int64]])
  func linearBuckets(_ constants: [Int64]) {
    let buckets = LinearBuckets(constants)
    let (low, high, step) = (constants[0], constants[1], constants[2])
    #expect(buckets.slot(of: .min) == 0 && buckets.slot(of: low - 1) == 0)
    #expect(buckets.slot(of: .max) == buckets.slots - 1)
    #expect(buckets.slot(of: high) == buckets.slots - 1)
    for value in low..<high {
      let slot = buckets.slot(of: value)
      #expect(slot == 1 + Int((value - low) / step))
      #expect(slot < buckets.slots)
      #expect(buckets.start(of: slot) <= Int128(value))
      #expect(slot == buckets.slots - 1 || Int128(value) < buckets.start(of: slot + 1))
    }
  }

  @Test func linearBucketsAtTheEndsOfInt64() {
    let wide = LinearBuckets([.min, -1, .max])
    #expect(wide.slot(of: .min) == 1 && wide.slot(of: -2) == 1 && wide.slot(of: .max) == 2)
    #expect(LinearBuckets([.max - 1, .max, 1]).slot(of: .max) == 2)
  }
}
