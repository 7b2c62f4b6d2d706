// Results as CSV: tidy rows, one value each.

/// Writes rows `map,key…,stat,value` through a closure that gets large pieces: quoted as RFC 4180
/// says, lines ended by a line feed alone. Text and single values have no map: their rows leave it
/// and the keys empty, so that whatever a script prints is a row. A stack is one field, its functions from the
/// outermost on, with semicolons between them.
public final class CSVRenderer: OutputSink {
  public let escapesControlBytes: Bool
  private let keyColumns: Int
  private let write: (UnsafeRawBufferPointer) -> Void
  private var buffer = ByteBuffer()
  private var hasHead = false

  /// `keyColumns` is `Script.keyColumns`: rows of maps with fewer keys leave the last ones empty.
  public init(
    keyColumns: Int, escapesControlBytes: Bool = false,
    write: @escaping (UnsafeRawBufferPointer) -> Void
  ) {
    self.keyColumns = keyColumns
    self.escapesControlBytes = escapesControlBytes
    self.write = write
  }

  /// Without the end of its last line.
  public func text(_ kind: TextKind, _ bytes: UnsafeRawBufferPointer) {
    let isLine = bytes.last == UInt8(ascii: "\n")
    row("", [], kind.rawValue, .string(Array(isLine ? bytes.dropLast()[...] : bytes[...])))
  }

  public func value(_ value: Value) { rows("", [], "value", value) }

  public func map(_ report: MapReport) {
    for row in report.rows {
      rows("@" + report.name, keys(row.key), report.aggregation ?? "value", row.value)
    }
  }

  // CSV output says these on stderr, with the other diagnostics.
  public func attached(_ probes: Int) {}
  public func lost(_ events: UInt64) {}

  private func keys(_ key: Value?) -> [Value] {
    guard case .tuple(let items)? = key else { return key.map { [$0] } ?? [] }
    return items
  }

  /// A value with several numbers has a row for each.
  private func rows(_ map: String, _ keys: [Value], _ stat: String, _ value: Value) {
    switch value {
    case .statistics(let count, let average, let total):
      row(map, keys, "count", .number(.unsigned(count)))
      row(map, keys, "average", .number(average))
      row(map, keys, "total", .number(total))
    case .histogram(let buckets, _):
      for bucket in buckets { row(map, keys, bucket.interval, .number(.unsigned(bucket.count))) }
    case .quantiles(let quantiles):
      for quantile in quantiles { row(map, keys, quantile.name, quantile.value.map(Value.number)) }
    case .timeSeries(let points, _):
      for point in points where point.value != nil {
        row(map, keys, point.utc, point.value.map(Value.number))
      }
    default: row(map, keys, stat, value)
    }
  }

  private func row(_ map: String, _ keys: [Value], _ stat: String, _ value: Value?) {
    if !hasHead { head() }
    field(.string(Array(map.utf8)))
    for column in 0..<max(keyColumns, keys.count) {
      buffer.append(",")
      if column < keys.count { field(keys[column]) }
    }
    buffer.append(",")
    field(.string(Array(stat.utf8)))
    buffer.append(",")
    if let value { field(value) }
    buffer.append("\n")
    if buffer.count > 1 << 16 { flush() }
  }

  private func head() {
    hasHead = true
    let keys = keyColumns == 1 ? ["key"] : (0..<keyColumns).map { "key\($0 + 1)" }
    buffer.append((["map"] + keys + ["stat", "value"]).joined(separator: ",") + "\n")
  }

  private func field(_ value: Value) {
    var text = ByteBuffer()
    if case .stack(let frames, _) = value {
      text.append(folded: frames, \.text)
    } else {
      text.append(value)
    }
    let bytes = escapesControlBytes ? ControlBytes.escaped(text.bytes) : text.bytes
    guard bytes.contains(where: { ",\"\r\n".utf8.contains($0) }) else {
      return buffer.append(contentsOf: bytes)
    }
    buffer.append("\"")
    for byte in bytes {
      if byte == UInt8(ascii: "\"") { buffer.append(byte) }
      buffer.append(byte)
    }
    buffer.append("\"")
  }

  /// Nothing found is a table, too: programs that read it want its columns.
  public func endOfRun() {
    if !hasHead { head() }
  }

  public func flush() {
    guard buffer.count > 0 else { return }
    buffer.bytes.withUnsafeBytes { write($0) }
    buffer.removeAll()
  }
}

extension Value.Bucket {
  /// `[2, 4)` in plain numbers, without K and M.
  fileprivate var interval: String {
    guard let low else { return "(..., \((high ?? -1) + 1))" }
    return high.map { "[\(low), \($0 + 1))" } ?? "[\(low), ...)"
  }
}
