// Where a run's output goes.

/// Takes what a program prints, as plain values. mmq itself writes to no file: an embedding program
/// brings its own sink, or one of the renderers with a place to write to.
public protocol OutputSink: AnyObject {
  /// Control bytes in strings of events must be escaped: the text goes to a terminal.
  var escapesControlBytes: Bool { get }
  /// Text of printf() or time(), as formatted.
  func text(_ kind: TextKind, _ bytes: UnsafeRawBufferPointer)
  func value(_ value: Value)
  func map(_ report: MapReport)
  /// So many probes are attached; the run begins.
  func attached(_ probes: Int)
  /// So many events were lost before the record at hand.
  func lost(_ events: UInt64)
  /// The program is done; what follows are the maps.
  func endOfRun()
  /// Hands on what is buffered: at ticks, and at the end.
  func flush()
}

/// Which function a text comes from.
public enum TextKind: String, Sendable { case printf, time }
