// Where a run's output goes.

/// Takes what a program prints, as plain values. mmq itself writes to no file: an embedding program
/// brings its own sink, or one of the renderers with a place to write to.
public protocol OutputSink: AnyObject {
  /// Control bytes in strings of events must be escaped: the text goes to a terminal.
  var escapesControlBytes: Bool { get }
  /// Text of printf() or time(), as formatted.
  func text(_ kind: TextKind, _ bytes: UnsafeRawBufferPointer)
  /// print() of a value.
  func value(_ value: Value)
  /// print(args): the event as the kernel's `trace` file has it, or as a record of its fields. Either
  /// is computed only where it is asked for.
  func event(line: () -> [UInt8], fields: () -> Value)
  /// errorf(), warnf(), and what functions could not do.
  func message(_ message: ScriptMessage)
  /// print() of a map; after `endOfRun`, each map that the run leaves.
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
public enum TextKind: String, Sendable {
  case printf, time, join, cat, errorf, warnf
  /// Output of a command of system(); bpftrace's JSON calls it so.
  case system = "syscall"
}

/// What errorf() or warnf() says, or a function that failed, with its place in the script.
public struct ScriptMessage: Sendable, Equatable, CustomStringConvertible {
  /// `errorf` or `warnf`; `cat` or `system` for what they could not do.
  public var kind: TextKind
  /// Without a new line at its end.
  public var text: [UInt8]
  /// The script, or the file that it imports.
  public var file: String
  /// Counted from 1; columns count bytes, `endColumn` is the one behind the call.
  public var line: Int
  /// The first byte of the call, counted from 1.
  public var column: Int
  /// The byte behind the call.
  public var endColumn: Int

  /// A line for people: `script.mmq:1:9-62: ERROR: the text`. As in bpftrace, what cat() and
  /// system() could not do has no place.
  public var description: String {
    let place = kind == .cat || kind == .system ? "" : "\(file):\(line):\(column)-\(endColumn): "
    return place + (kind == .warnf ? "WARNING: " : "ERROR: ")
      + String(decoding: text, as: UTF8.self)
  }
}

extension OutputSink {
  /// Without a way of its own for events, a sink gets their lines as values.
  public func event(line: () -> [UInt8], fields: () -> Value) { value(.string(line())) }

  /// A sink that knows nothing of messages gets their text.
  public func message(_ message: ScriptMessage) {
    Array((message.description + "\n").utf8).withUnsafeBytes { text(message.kind, $0) }
  }
}
