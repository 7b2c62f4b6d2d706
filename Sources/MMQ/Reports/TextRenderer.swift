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
  }

  public func text(_ kind: TextKind, _ bytes: UnsafeRawBufferPointer) {
    buffer.append(bytes.bindMemory(to: UInt8.self))
    flushIfLarge()
  }

  public func value(_ value: Value) {
    line { line in line.append(value) }
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
      line(ending: rows == nil ? ": " : ":\n") { line in
        line.append("@")
        line.append(report.name)
        guard let key = row.key else { return }
        line.append("[")
        line.append(key: key)
        line.append("]")
      }
      if let rows {
        buffer.append(rows)
        buffer.append("\n")
      } else {
        line { line in line.append(row.value) }
      }
      flushIfLarge()
    }
  }

  /// One line, escaped as a whole: everything in it is a value.
  private func line(ending: String = "\n", _ fill: (inout ByteBuffer) -> Void) {
    if escapesControlBytes {
      var line = ByteBuffer()
      fill(&line)
      buffer.append(contentsOf: ControlBytes.escaped(line.bytes))
    } else {
      fill(&buffer)
    }
    buffer.append(ending)
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
  var rows: String? {
    switch self {
    case .histogram(let buckets, let scale): HistogramText.text(buckets, scale)
    case .timeSeries(let points, let interval): TimeSeriesText.text(points, interval)
    default: nil
    }
  }
}
