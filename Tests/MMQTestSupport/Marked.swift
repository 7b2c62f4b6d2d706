// Scripts with marks: «…» around the place of a diagnostic, ‹…› around that of a note.

public import MMQLanguage

/// A script whose marks are stripped, with the places that they stood around.
public struct Marked: Sendable {
  public let source: Source
  /// Of «…», in order of their starts.
  public let spans: [Span]
  /// Of ‹…›.
  public let notes: [Span]

  public init(_ text: String) {
    var bytes: [UInt8] = []
    var open: [(mark: Character, start: Int)] = []
    var spans: [Span] = []
    var notes: [Span] = []
    for character in text {
      switch character {
      case "«", "‹": open.append((character, bytes.count))
      case "»", "›":
        guard let (mark, start) = open.popLast() else { preconditionFailure("unpaired mark") }
        let span = Span(start, bytes.count)
        if mark == "«" { spans.append(span) } else { notes.append(span) }
      default: bytes += Array(String(character).utf8)
      }
    }
    precondition(open.isEmpty, "unpaired mark in \(text)")
    source = Source(name: "test", text: bytes)
    self.spans = spans.sorted { ($0.start, $0.end) < ($1.start, $1.end) }
    self.notes = notes.sorted { ($0.start, $0.end) < ($1.start, $1.end) }
  }
}

/// What a test compares of a diagnostic.
public struct Finding: Equatable, CustomStringConvertible {
  public var id: String
  public var span: Span

  public var description: String { "\(id) at \(span.start)..<\(span.end)" }

  public init(_ id: String, _ span: Span) {
    self.id = id
    self.span = span
  }

  public init(_ diagnostic: Diagnostic) {
    self.init(diagnostic.id, diagnostic.span)
  }
}
