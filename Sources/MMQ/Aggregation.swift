// The aggregations: one row each, read by checker, machine, merging and renderers.

/// What a script wrote in an aggregation's call, beside the value itself.
public struct AggregationParameters: Sendable, Hashable {
  /// The value's type is signed; decides comparisons and printing.
  public var isSigned: Bool
  /// The value is a float, held by its bits.
  public var isFloat: Bool
  /// The constant arguments, such as `min, max, step` of lhist.
  public var constants: [Int64]

  public init(isSigned: Bool = true, isFloat: Bool = false, constants: [Int64] = []) {
    self.isSigned = isSigned
    self.isFloat = isFloat
    self.constants = constants
  }
}

/// One aggregation function. A cell is a row of words, all zero before the first update.
public struct Aggregation: Sendable {
  public typealias Cell = UnsafeMutablePointer<UInt64>
  public typealias Parameters = AggregationParameters

  public let name: String
  public let signature: String
  public let summary: String
  /// Arguments that vary from call to call: 0 for count(), else 1.
  let values: Int
  /// How many constant arguments may follow.
  let constants: ClosedRange<Int>
  /// What is wrong with the constants, in words; nil if nothing.
  var validate: @Sendable ([Int64]) -> String? = { _ in nil }
  /// Words of a cell.
  let words: @Sendable (Parameters) -> Int
  /// Takes one value in.
  let update: @Sendable (Cell, UInt64, Parameters) -> Void
  /// Adds the second cell to the first.
  let merge: @Sendable (Cell, Cell, Parameters) -> Void
  /// What the cell says.
  let view: @Sendable (Cell, Parameters) -> Value
  /// The number by which rows are sorted; by which `readType` exists, also what reading gives.
  let number: @Sendable (Cell, Parameters) -> Value.Number
  /// Whether reading it in an expression gives `number`.
  let isReadable: Bool

  /// The type of reading a cell in an expression.
  func readType(_ parameters: Parameters) -> Type? {
    guard isReadable else { return nil }
    if parameters.isFloat { return .float }
    return parameters.isSigned ? .int64 : .uint64
  }

  public static func named(_ name: String) -> Aggregation? { byName[name] }
  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
}

extension Aggregation: Equatable {
  public static func == (a: Aggregation, b: Aggregation) -> Bool { a.name == b.name }
}

extension Aggregation {
  public static let all: [Aggregation] = [
    Aggregation(
      name: "count", signature: "count()", summary: "how many times it was reached",
      values: 0, constants: 0...0,
      words: { _ in 1 },
      update: { cell, _, _ in cell[0] &+= 1 },
      merge: { cell, other, _ in cell[0] &+= other[0] },
      view: { cell, _ in .number(.signed(Int64(bitPattern: cell[0]))) },
      number: { cell, _ in .signed(Int64(bitPattern: cell[0])) },
      isReadable: true),
    Aggregation(
      name: "sum", signature: "sum(n)", summary: "the sum of n",
      values: 1, constants: 0...0,
      words: { _ in 1 },
      update: { cell, value, parameters in cell[0] = parameters.add(cell[0], value) },
      merge: { cell, other, parameters in cell[0] = parameters.add(cell[0], other[0]) },
      view: { cell, parameters in .number(parameters.number(cell[0])) },
      number: { cell, parameters in parameters.number(cell[0]) },
      isReadable: true),
    extreme("min", "the smallest n") { a, b in a.isLess(than: b) },
    extreme("max", "the largest n") { a, b in b.isLess(than: a) },
    Aggregation(
      name: "avg", signature: "avg(n)", summary: "the average of n, toward zero",
      values: 1, constants: 0...0,
      words: { _ in 2 }, update: addToTotal, merge: addTotals,
      view: { cell, parameters in .number(average(cell, parameters)) },
      number: average, isReadable: true),
    Aggregation(
      name: "stats", signature: "stats(n)", summary: "count, average and total of n",
      values: 1, constants: 0...0,
      words: { _ in 2 }, update: addToTotal, merge: addTotals,
      view: { cell, parameters in
        .statistics(
          count: cell[1], average: average(cell, parameters), total: parameters.number(cell[0]))
      },
      number: average, isReadable: false),
    histogram,
    linearHistogram,
  ]

  /// min and max: the value, and whether there is one.
  private static func extreme(
    _ name: String, _ summary: String,
    _ isBetter: @escaping @Sendable (Value.Number, Value.Number) -> Bool
  ) -> Aggregation {
    let update: @Sendable (Cell, UInt64, Parameters) -> Void = { cell, value, parameters in
      if cell[1] == 0 || isBetter(parameters.number(value), parameters.number(cell[0])) {
        cell[0] = value
        cell[1] = 1
      }
    }
    return Aggregation(
      name: name, signature: "\(name)(n)", summary: summary, values: 1, constants: 0...0,
      words: { _ in 2 }, update: update,
      merge: { cell, other, parameters in
        if other[1] != 0 { update(cell, other[0], parameters) }
      },
      view: { cell, parameters in .number(parameters.number(cell[0])) },
      number: { cell, parameters in parameters.number(cell[0]) },
      isReadable: true)
  }

  // avg and stats: the total, and the count.

  @Sendable private static func addToTotal(_ cell: Cell, _ value: UInt64, _ parameters: Parameters)
  {
    cell[0] = parameters.add(cell[0], value)
    cell[1] &+= 1
  }

  @Sendable private static func addTotals(_ cell: Cell, _ other: Cell, _ parameters: Parameters) {
    cell[0] = parameters.add(cell[0], other[0])
    cell[1] &+= other[1]
  }

  @Sendable private static func average(_ cell: Cell, _ parameters: Parameters) -> Value.Number {
    guard cell[1] != 0 else { return parameters.number(0) }
    switch parameters.number(cell[0]) {
    case .signed(let total): return .signed(total / Int64(clamping: cell[1]))
    case .unsigned(let total): return .unsigned(total / cell[1])
    case .float(let total): return .float(total / Double(cell[1]))
    }
  }
}

extension AggregationParameters {
  func add(_ a: UInt64, _ b: UInt64) -> UInt64 {
    isFloat ? (Double(bitPattern: a) + Double(bitPattern: b)).bitPattern : a &+ b
  }

  /// A word of the value's type as a number.
  func number(_ word: UInt64) -> Value.Number {
    if isFloat { return .float(Double(bitPattern: word)) }
    return isSigned ? .signed(Int64(bitPattern: word)) : .unsigned(word)
  }
}
