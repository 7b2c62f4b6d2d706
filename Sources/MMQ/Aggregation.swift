// The aggregations: one row each, read by checker, machine, merging and renderers.

/// What a script wrote in an aggregation's call, beside the value itself.
public struct AggregationParameters: Sendable, Hashable {
  /// The value's type is signed; decides comparisons and printing.
  public var isSigned: Bool
  /// The value is a float, held by its bits.
  public var isFloat: Bool
  /// The constant arguments, such as `min, max, step` of lhist: each as its `Aggregation.Constant`
  /// says.
  public var constants: [Int64]

  public init(isSigned: Bool = true, isFloat: Bool = false, constants: [Int64] = []) {
    self.isSigned = isSigned
    self.isFloat = isFloat
    self.constants = constants
  }
}

/// One aggregation function. A cell is a row of words, all zero before the first update.
public struct Aggregation: Sendable {
  /// The words that a map holds of a key.
  public typealias Cell = UnsafeMutablePointer<UInt64>
  /// What an update brings: the value, and behind it the event's time if `takesTime`.
  public typealias Words = UnsafePointer<UInt64>
  /// What a script says of an aggregation beside its value.
  public typealias Parameters = AggregationParameters

  /// What a constant argument may be. Each is held in 64 bits.
  enum Constant: Sendable {
    case integer
    /// Any number, held by the bits of a double.
    case number
    /// One of these strings, held by its place.
    case word([String])
  }

  /// As scripts call it: `count`.
  public let name: String
  /// How it is written: `max(n)`.
  public let signature: String
  /// One line of help.
  public let summary: String
  /// Arguments that vary from call to call: 0 for count(), else 1.
  let values: Int
  /// How many constant arguments may follow.
  let constants: ClosedRange<Int>
  /// Their kinds, by place; the last one goes for all that follow.
  var constantKinds: [Constant] = [.integer]
  /// What is wrong with the constants, in words; nil if nothing.
  var validate: @Sendable ([Int64]) -> String? = { _ in nil }
  /// What is doubtful about them, and what to write instead.
  var doubt: @Sendable ([Int64]) -> (sentence: String, hint: String)? = { _ in nil }
  /// Words of a cell.
  let words: @Sendable (Parameters) -> Int
  /// The first word of a cell is the address of a table of its own, with so many words of value: see
  /// `Aggregation+Growing`.
  var ownedWords: Int?
  /// An update needs the event's time, and its result depends on the order of the events.
  var takesTime = false
  /// A value that comes twice is as one that came once.
  var isIdempotent = false
  /// What a map without keys shows before the first update is this cell's zero; else it shows
  /// nothing.
  var showsZero = true
  /// The `type` of its lines in JSON.
  var jsonType = "map"
  /// The instruction that updates a cell: the general one, or one of its own.
  var instruction: @Sendable (Parameters) -> Opcode = { _ in .aggregate }
  /// Takes one value in.
  let update: @Sendable (Cell, Words, Parameters) -> Void
  /// Adds the second cell to the first.
  let merge: @Sendable (Cell, Cell, Parameters) -> Void
  /// What the cell says.
  let view: @Sendable (Cell, Parameters) -> Value
  /// The number by which rows are sorted; by which `readType` exists, also what reading gives.
  let number: @Sendable (Cell, Parameters) -> Value.Number
  /// Whether reading it in an expression gives `number`.
  let isReadable: Bool

  /// Words of an update.
  var updateWords: Int { values + (takesTime ? 1 : 0) }

  func constantKind(_ index: Int) -> Constant {
    constantKinds[min(index, constantKinds.count - 1)]
  }

  /// The type of reading a cell in an expression.
  func readType(_ parameters: Parameters) -> Type? {
    guard isReadable else { return nil }
    if parameters.isFloat { return .float }
    return parameters.isSigned ? .int64 : .uint64
  }

  /// The one of a name; nil where there is none.
  public static func named(_ name: String) -> Aggregation? { byName[name] }
  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
}

extension Aggregation: Equatable {
  public static func == (a: Aggregation, b: Aggregation) -> Bool { a.name == b.name }
}

extension Aggregation {
  /// Every aggregation of the language.
  public static let all: [Aggregation] = [
    Aggregation(
      name: "count", signature: "count()", summary: "how many times it was reached",
      values: 0, constants: 0...0,
      words: { _ in 1 }, instruction: { _ in .count },
      update: { cell, _, _ in cell[0] &+= 1 },
      merge: { cell, other, _ in cell[0] &+= other[0] },
      view: { cell, _ in .number(.signed(Int64(bitPattern: cell[0]))) },
      number: { cell, _ in .signed(Int64(bitPattern: cell[0])) },
      isReadable: true),
    Aggregation(
      name: "sum", signature: "sum(n)", summary: "the sum of n",
      values: 1, constants: 0...0,
      words: { _ in 1 }, instruction: { $0.isFloat ? .aggregate : .sum },
      update: { cell, words, parameters in cell[0] = parameters.add(cell[0], words[0]) },
      merge: { cell, other, parameters in cell[0] = parameters.add(cell[0], other[0]) },
      view: { cell, parameters in .number(parameters.number(cell[0])) },
      number: { cell, parameters in parameters.number(cell[0]) },
      isReadable: true),
    extreme("min", "the smallest n") { $0.isNewLeast(after: $1) },
    extreme("max", "the largest n") { $0.isNewGreatest(after: $1) },
    Aggregation(
      name: "avg", signature: "avg(n)", summary: "the average of n, toward zero",
      values: 1, constants: 0...0,
      words: { _ in 2 }, jsonType: "stats", update: addToTotal, merge: addTotals,
      view: { cell, parameters in .number(average(cell, parameters)) },
      number: average, isReadable: true),
    Aggregation(
      name: "stats", signature: "stats(n)", summary: "count, average and total of n",
      values: 1, constants: 0...0,
      words: { _ in 2 }, jsonType: "stats", update: addToTotal, merge: addTotals,
      view: { cell, parameters in
        .statistics(
          count: cell[1], average: average(cell, parameters), total: parameters.number(cell[0]))
      },
      number: average, isReadable: false),
    histogram,
    linearHistogram,
    timeSeries,
    quantile,
  ]

  /// min and max: the value, and whether there is one.
  private static func extreme(
    _ name: String, _ summary: String,
    _ isBetter: @escaping @Sendable (Value.Number, Value.Number) -> Bool
  ) -> Aggregation {
    let update: @Sendable (Cell, Words, Parameters) -> Void = { cell, words, parameters in
      if cell[1] == 0 || isBetter(parameters.number(words[0]), parameters.number(cell[0])) {
        cell[0] = words[0]
        cell[1] = 1
      }
    }
    return Aggregation(
      name: name, signature: "\(name)(n)", summary: summary, values: 1, constants: 0...0,
      words: { _ in 2 }, isIdempotent: true, update: update,
      merge: { cell, other, parameters in
        if other[1] != 0 { update(cell, other, parameters) }
      },
      view: { cell, parameters in .number(parameters.number(cell[0])) },
      number: { cell, parameters in parameters.number(cell[0]) },
      isReadable: true)
  }

  // avg and stats: the total, and the count.

  @Sendable private static func addToTotal(_ cell: Cell, _ words: Words, _ parameters: Parameters) {
    cell[0] = parameters.add(cell[0], words[0])
    cell[1] &+= 1
  }

  @Sendable private static func addTotals(_ cell: Cell, _ other: Cell, _ parameters: Parameters) {
    cell[0] = parameters.add(cell[0], other[0])
    cell[1] &+= other[1]
  }

  @Sendable private static func average(_ cell: Cell, _ parameters: Parameters) -> Value.Number {
    parameters.average(of: cell[0], cell[1])
  }
}

extension AggregationParameters {
  func add(_ a: UInt64, _ b: UInt64) -> UInt64 {
    isFloat ? (Double(bitPattern: a) + Double(bitPattern: b)).bitPattern : a &+ b
  }

  /// A total divided by a count, toward zero; 0 of none.
  func average(of total: UInt64, _ count: UInt64) -> Value.Number {
    guard count != 0 else { return number(0) }
    switch number(total) {
    case .signed(let total): return .signed(total / Int64(clamping: count))
    case .unsigned(let total): return .unsigned(total / count)
    case .float(let total): return .float(total / Double(count))
    }
  }

  /// A word of the value's type as a number.
  func number(_ word: UInt64) -> Value.Number {
    if isFloat { return .float(Double(bitPattern: word)) }
    return isSigned ? .signed(Int64(bitPattern: word)) : .unsigned(word)
  }
}
