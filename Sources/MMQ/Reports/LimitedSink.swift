// Output with a budget.

/// Hands on what a run prints, until it is too much: then the run ends, and nothing more comes out. Maps
/// that are printed at the end do not count.
final class LimitedSink: OutputSink {
  private let sink: any OutputSink
  private let limit: Int
  private var left: Int
  private var isAtEnd = false
  /// What an event is taken for: its text is made only where it is asked for.
  private static let usualLine = 128
  /// It owns this sink.
  unowned(unsafe) var run: Run?

  init(_ sink: any OutputSink, _ limit: Int) {
    (self.sink, self.limit, left) = (sink, limit, limit)
  }

  var escapesControlBytes: Bool { sink.escapesControlBytes }

  /// Whether so many bytes may still come out.
  private func takes(_ bytes: Int) -> Bool {
    if isAtEnd { return true }
    left = bytes > left ? -1 : left - bytes
    if left < 0 { run?.fail(.output(limit: limit)) }
    return left >= 0
  }

  func text(_ kind: TextKind, _ bytes: UnsafeRawBufferPointer) {
    if takes(bytes.count) { sink.text(kind, bytes) }
  }

  func value(_ value: Value) {
    if takes(value.roughSize) { sink.value(value) }
  }

  func event(line: () -> [UInt8], fields: () -> Value) {
    if takes(LimitedSink.usualLine) { sink.event(line: line, fields: fields) }
  }

  func message(_ message: ScriptMessage) {
    if takes(message.text.count) { sink.message(message) }
  }

  func map(_ report: MapReport) {
    if isAtEnd { return sink.map(report) }
    for row in report.rows {
      let size = report.name.utf8.count + (row.key?.roughSize ?? 0) + row.value.roughSize
      guard takes(size) else { return }
    }
    sink.map(report)
  }

  func attached(_ probes: Int) { sink.attached(probes) }
  func lost(_ events: UInt64) { sink.lost(events) }

  func endOfRun() {
    isAtEnd = true
    sink.endOfRun()
  }

  func flush() { sink.flush() }
}

extension Value {
  /// About as many bytes as it has as text.
  fileprivate var roughSize: Int {
    switch self {
    case .number, .pointer, .bool: 8
    case .symbol(let name, _): name.utf8.count
    case .string(let bytes), .buffer(let bytes): bytes.count + 2
    case .array(let items), .tuple(let items): items.reduce(2) { $0 + $1.roughSize }
    case .record(let members): members.reduce(2) { $0 + $1.name.utf8.count + $1.value.roughSize }
    case .statistics: 64
    case .histogram(let buckets, _): buckets.count * 80
    case .quantiles(let quantiles): quantiles.count * 16
    case .timeSeries(let points, _): points.count * 80
    case .stack(let frames, _): frames.count * 32
    }
  }
}
