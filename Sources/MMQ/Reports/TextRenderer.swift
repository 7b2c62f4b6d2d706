// Results as text, in bpftrace's layout.

/// Writes text through a closure that gets large pieces.
public final class TextRenderer: OutputSink {
  public let escapesControlBytes: Bool
  private let write: (UnsafeRawBufferPointer) -> Void
  private let diagnostics: ((String) -> Void)?
  private let separator: String
  private let saysLosses: Bool
  private var buffer = ByteBuffer()
  private static let pieceSize = 1 << 16

  /// Messages of errorf() and warnf() go to `diagnostics`, a line each; without it, to the text.
  /// `separator` goes between the output of the program and its maps: bpftrace writes two new lines,
  /// whether there are maps or not. `saysLosses`: losses go to `diagnostics` as they occur.
  public init(
    escapesControlBytes: Bool = false, separator: String = "\n\n", saysLosses: Bool = false,
    diagnostics: ((String) -> Void)? = nil, write: @escaping (UnsafeRawBufferPointer) -> Void
  ) {
    self.escapesControlBytes = escapesControlBytes
    self.separator = separator
    self.saysLosses = saysLosses
    self.diagnostics = diagnostics
    self.write = write
    buffer.escapesStrings = escapesControlBytes
  }

  public func text(_ kind: TextKind, _ bytes: UnsafeRawBufferPointer) {
    buffer.append(bytes.bindMemory(to: UInt8.self))
    flushIfLarge()
  }

  public func value(_ value: Value) {
    buffer.append(value)
    buffer.append("\n")
    flushIfLarge()
  }

  /// The functions of a stack have their own lines.
  public func event(line: () -> [UInt8], fields: () -> Value) {
    let line = line()
    buffer.append(
      contentsOf: escapesControlBytes ? ControlBytes.escaped(line, besides: "\n => ") : line)
    buffer.append("\n")
    flushIfLarge()
  }

  public func message(_ message: ScriptMessage) {
    if let diagnostics {
      flush()
      diagnostics(message.description)
    } else {
      buffer.append(message.description + "\n")
      flushIfLarge()
    }
  }

  // Text output says this on stderr, with the other diagnostics.
  public func attached(_ probes: Int) {}

  /// Of a recording the sum at the end is enough; a live run may go on for days.
  public func lost(_ events: UInt64) {
    guard saysLosses else { return }
    flush()
    diagnostics?("Lost \(events) events")
  }

  public func map(_ report: MapReport) {
    for row in report.rows {
      let rows = row.value.rows
      buffer.append("@")
      buffer.append(report.name)
      if let key = row.key {
        buffer.append("[")
        buffer.append(key: key)
        buffer.append("]")
      }
      if let rows {
        buffer.append(":\n")
        buffer.append(rows)
      } else {
        buffer.append(": ")
        buffer.append(row.value)
      }
      buffer.append("\n")
      flushIfLarge()
    }
  }

  public func endOfRun() { buffer.append(separator) }

  private func flushIfLarge() {
    if buffer.count > TextRenderer.pieceSize { flush() }
  }

  public func flush() {
    guard buffer.count > 0 else { return }
    buffer.bytes.withUnsafeBytes { write($0) }
    buffer.removeAll()
  }
}

extension Value {
  /// What prints as rows of its own, below the map's name.
  fileprivate var rows: String? {
    switch self {
    case .histogram(let buckets, let scale): HistogramText.text(buckets, scale)
    case .timeSeries(let points, let interval): TimeSeriesText.text(points, interval)
    default: nil
    }
  }
}
