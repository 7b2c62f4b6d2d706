// What mmq says of a script: a place, a sentence, a hint.

/// An error or a warning with its place in the script. The sentences stand in
/// `Diagnostic+Messages.swift`, each with an id that tests and tools can rely on.
public struct Diagnostic: Sendable, Equatable {
  /// A script with an error does not run.
  public enum Severity: String, Sendable { case error = "ERROR", warning = "WARNING" }

  /// Another place that belongs to the matter, such as the first of two conflicting uses.
  public struct Note: Sendable, Equatable {
    /// Where.
    public var span: Span
    /// A sentence without its end.
    public var message: String

    public init(span: Span, message: String) {
      self.span = span
      self.message = message
    }
  }

  /// Whether the script can run all the same.
  public var severity: Severity
  /// The kind of diagnostic, such as `unknown-event`: it stays where the words change.
  public var id: String
  /// The part of the script that it is about.
  public var span: Span
  /// What is wrong: a sentence without its end.
  public var message: String
  /// What to do about it; nil where nothing more is known.
  public var hint: String?
  /// Other places that belong to it, in the order in which they are told.
  public var notes: [Note]

  public init(
    _ severity: Severity, _ id: String, _ span: Span, _ message: String, hint: String? = nil,
    notes: [Note] = []
  ) {
    self.severity = severity
    self.id = id
    self.span = span
    self.message = message
    self.hint = hint
    self.notes = notes
  }
}

extension Diagnostic {
  /// The lines for a terminal: place and sentence, the line of the script, a mark, the hint.
  public func rendered(in source: Source) -> String {
    var text = Diagnostic.lines(source, span, "\(severity.rawValue): \(message)")
    for note in notes { text += Diagnostic.lines(source, note.span, "NOTE: \(note.message)") }
    if let hint { text += "HINT: \(hint)\n" }
    return text
  }

  /// Lines longer than this are shown in part.
  private static let longestLine = 400

  /// A line as it is shown, and which byte of it comes first.
  private static func part(
    of line: ArraySlice<UInt8>, around column: Int
  ) -> (text: String, start: Int) {
    let start = line.count > longestLine ? max(0, column - longestLine / 4) : 0
    let shown = line.dropFirst(start).prefix(longestLine).map {
      $0 < 0x20 || $0 == 0x7f ? UInt8(ascii: " ") : $0
    }
    return (String(decoding: shown, as: UTF8.self), start)
  }

  private static func lines(_ source: Source, _ span: Span, _ message: String) -> String {
    let (line, column) = source.position(of: span.start)
    let bytes = source.line(at: span.start)
    let width = max(1, min(span.end - span.start, bytes.count - column + 1))
    let place = "\(source.name(at: span.start)):\(line):\(column)-\(column + width): "
    let (shown, start) = part(of: bytes, around: column - 1)
    let mark =
      String(repeating: " ", count: column - 1 - start)
      + String(repeating: "~", count: min(width, max(1, shown.utf8.count + start - column + 1)))
    return place + message + "\n" + shown + "\n" + mark + "\n"
  }
}
