// Results as text, in bpftrace's layout.

/// Writes text through a closure that gets large pieces.
public final class TextRenderer: OutputSink {
  public let escapesControlBytes: Bool
  private let write: (UnsafeRawBufferPointer) -> Void
  private let diagnostics: ((String) -> Void)?
  private var buffer = ByteBuffer()
  private static let pieceSize = 1 << 16

  /// Messages of errorf() and warnf() go to `diagnostics`, a line each; without it, to the text.
  public init(
    escapesControlBytes: Bool = false, diagnostics: ((String) -> Void)? = nil,
    write: @escaping (UnsafeRawBufferPointer) -> Void
  ) {
    self.escapesControlBytes = escapesControlBytes
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

  // Text output says these on stderr, with the other diagnostics.
  public func attached(_ probes: Int) {}
  public func lost(_ events: UInt64) {}

  public func map(_ report: MapReport) {
    for row in report.rows {
      line(ending: row.value.isHistogram ? ":\n" : ": ") { line in
        line.append("@")
        line.append(report.name)
        guard let key = row.key else { return }
        line.append("[")
        line.append(key: key)
        line.append("]")
      }
      if case .histogram(let buckets, let scale) = row.value {
        buffer.append(HistogramText.text(buckets, scale))
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
  var isHistogram: Bool {
    if case .histogram = self { return true }
    return false
  }
}
