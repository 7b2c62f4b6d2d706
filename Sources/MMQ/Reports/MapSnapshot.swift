// Maps as values that outlive their run.

/// A map at one moment, for any thread.
public struct MapSnapshot: Sendable, Equatable {
  /// Without the `@`.
  public var name: String
  /// False for a map without keys, which has one row at most.
  public var hasKeys: Bool
  /// The name of the map's aggregation, such as `hist`; nil for plain values.
  public var aggregation: String?
  /// In the order in which they print: the smallest value first.
  public var rows: [MapReport.Row]

  /// The value of a map without keys; nil where it was never set, and for maps with keys.
  public var value: Value? { hasKeys ? nil : rows.first?.value }

  /// The value under a key as it prints, such as `kswapd0` or `1, Normal`.
  public subscript(key: String) -> Value? {
    rows.first { $0.key?.keyText == key }?.value
  }
}

extension MapReport {
  /// For renderers.
  public init(_ snapshot: MapSnapshot) {
    self.init(
      name: snapshot.name, hasKeys: snapshot.hasKeys, aggregation: snapshot.aggregation,
      rows: Rows(snapshot.rows))
  }

  /// All its rows, now.
  public var snapshot: MapSnapshot {
    MapSnapshot(name: name, hasKeys: hasKeys, aggregation: aggregation, rows: Array(rows))
  }
}

extension Session {
  /// The script's maps as they are now, in byte order of names; maps that hold nothing have no rows. Rows are
  /// made when they are asked for: between two steps, or after the run. For other threads take `snapshot`.
  public func reports() -> [MapReport] {
    run.shapes.indices.filter { !run.shapes[$0].isKept }
      .sorted { run.shapes[$0].name.utf8.lexicographicallyPrecedes(run.shapes[$1].name.utf8) }
      .map { run.report($0, top: 0, divisor: 0) }
  }

  /// As `reports()`, as values for any thread.
  public func snapshots() -> [MapSnapshot] { reports().map(\.snapshot) }
}

extension Value: CustomStringConvertible {
  /// As text output shows it: a histogram has a line for each bucket.
  public var description: String {
    if let rows { return rows }
    var text = ByteBuffer()
    text.append(self)
    return String(decoding: text.bytes, as: UTF8.self)
  }

  /// As it stands between the brackets of a map's key.
  public var keyText: String {
    var text = ByteBuffer()
    text.append(key: self)
    return String(decoding: text.bytes, as: UTF8.self)
  }

  /// A whole number, or the number that a name stands for; nil for all else, and where it does not fit.
  public var integer: Int64? {
    switch self {
    case .number(.signed(let number)): number
    case .number(.unsigned(let number)), .symbol(_, let number), .pointer(let number):
      Int64(exactly: number)
    case .bool(let isTrue): isTrue ? 1 : 0
    default: nil
    }
  }
}
