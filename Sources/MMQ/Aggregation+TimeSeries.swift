// tseries(): what a value was in each of the last intervals of time.

/// The constants of tseries(n, interval, num[, agg]).
struct TimeSeriesParameters {
  /// How values of one interval become one.
  enum Combination: Int, CaseIterable {
    case last, avg, max, min, sum
  }

  /// Nanoseconds of the source's clock; above 0.
  let interval: UInt64
  /// Intervals that are kept; above 0.
  let count: UInt64
  let combination: Combination

  init(_ parameters: AggregationParameters) {
    interval = UInt64(parameters.constants[0])
    count = UInt64(parameters.constants[1])
    combination =
      parameters.constants.count < 3
      ? .last : Combination.allCases[Int(parameters.constants[2]) + 1]
  }

  /// What a script may write; `last` is what it gets where it writes nothing.
  static let words = Combination.allCases.dropFirst().map { "\($0)" }
  static let mostIntervals: Int64 = 1_000_000
}

extension Aggregation {
  /// A cell is a table: the number of an interval modulo `num`, to three words: the interval's
  /// number, what its values make, and of `avg` their count, else the time of the last.
  static let timeSeries = Aggregation(
    name: "tseries", signature: "tseries(n, interval, num[, agg])",
    summary: "n in each of the last num intervals: the last one, or its avg, max, min or sum",
    values: 1, constants: 2...3,
    constantKinds: [.integer, .integer, .word(TimeSeriesParameters.words)],
    validate: { constants in
      if constants[0] < 1 { return "the interval of tseries() is above 0" }
      return (1..<TimeSeriesParameters.mostIntervals).contains(constants[1])
        ? nil : "tseries() keeps 1 to \(TimeSeriesParameters.mostIntervals - 1) intervals"
    },
    words: { _ in 1 }, ownedWords: 3, takesTime: true, showsZero: false, jsonType: "tseries",
    update: { cell, words, parameters in
      let series = TimeSeriesParameters(parameters)
      let meta = series.combination == .avg ? 1 : words[1]
      take(
        words[1] / series.interval, words[0], meta, cell, series, parameters, isLater: { _ in true }
      )
    },
    merge: { cell, other, parameters in
      let series = TimeSeriesParameters(parameters)
      guard let table = other.table else { return }
      for row in 0..<table.pointee.count {
        let entry = table.pointee.value(row)
        if entry[0].multipliedReportingOverflow(by: series.interval).overflow { continue }
        // Of two values at one time the greater one, whichever cell is merged into the other.
        take(
          entry[0], entry[1], entry[2], cell, series, parameters,
          isLater: { $0.isLess(than: parameters.number(entry[1])) })
      }
    },
    view: { cell, parameters in
      let series = TimeSeriesParameters(parameters)
      return .timeSeries(points(cell, series, parameters), interval: series.interval)
    },
    // Rows sort by key.
    number: { _, _ in .unsigned(0) }, isReadable: false)

  /// An interval in the place of an older one starts anew; values of older ones come too late.
  /// `isLater` is asked about the value at the same time as this one.
  private static func take(
    _ interval: UInt64, _ value: UInt64, _ meta: UInt64, _ cell: Cell,
    _ series: TimeSeriesParameters, _ parameters: Parameters,
    isLater: (Value.Number) -> Bool
  ) {
    let table = cell.ownTable(valueWords: 3)
    let known = table.pointee.count
    guard let entry = table.value(under: interval % series.count) else { return }
    let isNew = table.pointee.count > known
    if isNew || interval > entry[0] {
      (entry[0], entry[1], entry[2]) = (interval, value, meta)
    } else if interval == entry[0] {
      combine(entry, value, meta, series.combination, parameters, isLater)
    }
  }

  private static func combine(
    _ entry: Cell, _ value: UInt64, _ meta: UInt64,
    _ combination: TimeSeriesParameters.Combination, _ parameters: Parameters,
    _ isLater: (Value.Number) -> Bool
  ) {
    let (old, new) = (parameters.number(entry[1]), parameters.number(value))
    switch combination {
    case .last:
      if meta > entry[2] || meta == entry[2] && isLater(old) {
        (entry[1], entry[2]) = (value, meta)
      }
    case .min: if new.isNewLeast(after: old) { entry[1] = value }
    case .max: if new.isNewGreatest(after: old) { entry[1] = value }
    case .sum: entry[1] = parameters.add(entry[1], value)
    case .avg:
      entry[1] = parameters.add(entry[1], value)
      entry[2] &+= meta
    }
  }

  /// The intervals with a value, from the earliest.
  private static func points(
    _ cell: Cell, _ series: TimeSeriesParameters, _ parameters: Parameters
  ) -> [Value.Point] {
    guard let table = cell.table else { return [] }
    return (0..<table.pointee.count).map { row in
      let entry = table.pointee.value(row)
      let value =
        series.combination == .avg
        ? parameters.average(of: entry[1], entry[2]) : parameters.number(entry[1])
      return Value.Point(start: entry[0] * series.interval, value: value)
    }.sorted { $0.start < $1.start }
  }
}
