// A map as it is printed: its rows, sorted.

/// What print(@map) shows, or the end of a run.
public struct MapReport: Sendable {
  public struct Row: Sendable {
    /// nil for a map without keys.
    public var key: Value?
    public var value: Value
  }

  /// Without the `@`.
  public var name: String
  public var hasKeys: Bool
  /// The name of the map's aggregation; nil for plain values.
  public var aggregation: String?
  public var rows: [Row]
}

extension Run {
  /// The rows of a map: ascending, the `top` largest (0: all), counts divided by `divisor` (0: by 1).
  func report(_ map: Int, top: Int, divisor: Int64) -> MapReport {
    let shape = shapes[map]
    var rows = (0..<tables[map].count).map { row(shape, map, $0) }
    if case .aggregation(let kind, let parameters) = shape.content, kind.takesTime {
      let values = TimeSeries(parameters, clock).aligned(rows.map(\.value))
      for (index, value) in values.enumerated() { rows[index].value = value }
      if !clock.knowsDate { faults.noDate = true }
    }
    rows.sort { a, b in Run.isBefore(a, b) }
    if top > 0, rows.count > top { rows.removeFirst(rows.count - top) }
    var aggregation: String?
    if case .aggregation(let kind, _) = shape.content { aggregation = kind.name }
    return MapReport(
      name: shape.name, hasKeys: shape.key != nil, aggregation: aggregation,
      rows: rows.map { .init(key: $0.key, value: $0.value.divided(by: divisor)) })
  }

  private struct SortableRow {
    var key: Value?
    var value: Value
    /// What sorts before the key does; nil where only the key counts.
    var number: Value.Number?
  }

  private func row(_ shape: MapShape, _ map: Int, _ row: Int) -> SortableRow {
    let key = shape.key.map { Value($0, tables[map].key(row), strings) }
    let cell = tables[map].value(row)
    switch shape.content {
    case .plain(let type):
      let value = Value(type, cell, strings)
      if case .number(let number) = value {
        return SortableRow(key: key, value: value, number: number)
      }
      return SortableRow(key: key, value: value, number: nil)
    case .aggregation(let kind, let parameters):
      return SortableRow(
        key: key, value: kind.view(cell, parameters), number: kind.number(cell, parameters))
    }
  }

  private static func isBefore(_ a: SortableRow, _ b: SortableRow) -> Bool {
    if let x = a.number, let y = b.number, x != y { return x.isLess(than: y) }
    guard let x = a.key, let y = b.key else { return false }
    return x.isBefore(y)
  }
}

extension Value {
  /// Numbers and bucket counts divided, toward zero; of statistics the average only, as in bpftrace.
  func divided(by divisor: Int64) -> Value {
    guard divisor > 1 else { return self }
    switch self {
    case .number(let number): return .number(number.divided(by: divisor))
    case .statistics(let count, let average, let total):
      return .statistics(count: count, average: average.divided(by: divisor), total: total)
    case .histogram(let rows, .powers(let subBits)):
      let divided = rows.map {
        Bucket(low: $0.low, high: $0.high, count: $0.count / UInt64(divisor))
      }
      return .histogram(divided, .powers(subBits: subBits))
    case .quantiles(let quantiles):
      return .quantiles(
        quantiles.map { .init(percent: $0.percent, value: $0.value?.divided(by: divisor)) })
    default: return self
    }
  }
}

extension Value.Number {
  fileprivate func divided(by divisor: Int64) -> Value.Number {
    switch self {
    case .signed(let value): .signed(value / divisor)
    case .unsigned(let value): .unsigned(value / UInt64(divisor))
    case .float(let value): .float(value / Double(divisor))
    }
  }
}
