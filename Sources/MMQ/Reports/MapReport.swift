// A map as it is printed: its rows, sorted.

/// What print(@map) shows, or the end of a run.
public struct MapReport {
  /// A key and what the map holds of it.
  public struct Row: Sendable, Equatable {
    /// nil for a map without keys.
    public var key: Value?
    /// A number, or what the aggregation shows.
    public var value: Value
  }

  /// Each row is made when it is asked for, so that a map of millions prints without as many values
  /// beside it. They are those of the map at this moment: whoever wants to keep them takes `Array(rows)`.
  public struct Rows: RandomAccessCollection {
    public let startIndex = 0
    public let endIndex: Int
    private let row: (Int) -> Row

    init(count: Int, _ row: @escaping (Int) -> Row) { (endIndex, self.row) = (count, row) }

    public subscript(position: Int) -> Row { row(position) }
  }

  /// Without the `@`.
  public var name: String
  /// False for a map without keys, which has one row at most.
  public var hasKeys: Bool
  /// The name of the map's aggregation; nil for plain values.
  public var aggregation: String?
  /// The smallest value first.
  public var rows: Rows
}

extension MapReport.Rows: ExpressibleByArrayLiteral {
  public init(_ rows: [MapReport.Row]) { self.init(count: rows.count) { rows[$0] } }
  public init(arrayLiteral rows: MapReport.Row...) { self.init(rows) }
}

extension Run {
  /// The rows of a map: ascending, the `top` largest (0: all), counts divided by `divisor` (0: by 1).
  func report(_ map: Int, top: Int, divisor: Int64) -> MapReport {
    let shape = shapes[map]
    let order = RowOrder(self, map).sorted
    let shown = order.suffix(top > 0 ? top : order.count)
    var aggregation: String?
    if case .aggregation(let kind, _) = shape.content { aggregation = kind.name }
    return MapReport(
      name: shape.name, hasKeys: shape.key != nil, aggregation: aggregation,
      rows: rows(map, Array(shown), divisor))
  }

  private func rows(_ map: Int, _ order: [UInt32], _ divisor: Int64) -> MapReport.Rows {
    let shape = shapes[map]
    let row = { [self] (row: Int) in
      MapReport.Row(
        key: shape.key.map { Value($0, tables[map].key(row), strings) }, value: value(map, row))
    }
    guard case .aggregation(let kind, let parameters) = shape.content, kind.takesTime else {
      return MapReport.Rows(count: order.count) {
        var row = row(Int(order[$0]))
        row.value = row.value.divided(by: divisor)
        return row
      }
    }
    if !clock.knowsDate { faults.noDate = true }
    // All of them show the same intervals, those of rows that are not shown, too.
    let all = (0..<tables[map].count).map { value(map, $0) }
    let values = TimeSeries(parameters, clock).aligned(all)
    return MapReport.Rows(
      order.map {
        MapReport.Row(key: row(Int($0)).key, value: values[Int($0)].divided(by: divisor))
      })
  }

  private func value(_ map: Int, _ row: Int) -> Value {
    let cell = tables[map].value(row)
    return switch shapes[map].content {
    case .plain(let type): Value(type, cell, strings)
    case .aggregation(let kind, let parameters): kind.view(cell, parameters)
    }
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
