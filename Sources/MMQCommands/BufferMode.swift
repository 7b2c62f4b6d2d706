// `-B`: how long output waits until it is written.

internal import ArgumentParser
internal import MMQ

/// As stdio names them. Without one, output is written in large pieces, and at each tick of a run.
enum BufferMode: String, ExpressibleByArgument, CaseIterable {
  /// After each line.
  case line
  /// In large pieces, and at the end: nothing else.
  case full
  /// At once.
  case none

  /// What hands on results so.
  func sink(_ inner: any OutputSink) -> any OutputSink { BufferedSink(inner, self) }
}

/// Says to another sink when it is to write.
private final class BufferedSink: OutputSink {
  private let inner: any OutputSink
  private let mode: BufferMode
  private var isAtEnd = false

  init(_ inner: any OutputSink, _ mode: BufferMode) { (self.inner, self.mode) = (inner, mode) }

  /// A run that fails has no end.
  deinit { if !isAtEnd { inner.flush() } }

  var escapesControlBytes: Bool { inner.escapesControlBytes }

  private func handOn(endsLine: Bool = true) {
    if mode == .none || mode == .line && endsLine { inner.flush() }
  }

  func text(_ kind: TextKind, _ bytes: UnsafeRawBufferPointer) {
    inner.text(kind, bytes)
    handOn(endsLine: bytes.contains(UInt8(ascii: "\n")))
  }

  func value(_ value: Value) {
    inner.value(value)
    handOn()
  }

  func event(line: () -> [UInt8], fields: () -> Value) {
    inner.event(line: line, fields: fields)
    handOn()
  }

  func message(_ message: ScriptMessage) {
    inner.message(message)
    handOn()
  }

  func map(_ report: MapReport) {
    inner.map(report)
    handOn()
  }

  func attached(_ probes: Int) { inner.attached(probes) }

  func lost(_ events: UInt64) { inner.lost(events) }

  func endOfRun() {
    isAtEnd = true
    inner.endOfRun()
  }

  func flush() {
    if mode != .full || isAtEnd { inner.flush() }
  }
}
