// What may be written at a place in a script.

public import MMQLanguage
internal import MMQTrace

/// The words that fit where the cursor is, with what is known of them: of attach points, fields, names of
/// values, functions, maps. A pure function of the text and of what it is asked of.
public struct Completion: Sendable, Equatable {
  /// One of the words.
  public struct Candidate: Sendable, Equatable {
    /// What stands in place of the word at the cursor.
    public var text: String
    /// A type or a signature; empty where there is none.
    public var type: String
    /// One line of help.
    public var help: String

    public init(_ text: String, type: String = "", help: String = "") {
      self.text = text
      self.type = type
      self.help = help
    }
  }

  /// The bytes that a candidate replaces.
  public var span: Span
  /// They begin with the word that is there.
  public var candidates: [Candidate]
  /// The word is the path of a file: whoever can see files knows more.
  public var wantsFile = false

  /// `isPrompt`: the text may be statements without a probe.
  public init(of text: String, at cursor: Int, for target: Target, isPrompt: Bool = false) {
    let bytes = Array(text.utf8)
    let context = CursorContext(bytes, at: cursor, isPrompt: isPrompt)
    span = context.word
    let word = String(decoding: bytes[context.word.start..<context.word.end], as: UTF8.self)
    let all: [Candidate]
    switch context.place {
    case .start:
      all = target.attachPoints(startingWith: word) + target.names(isInEvent: false)
    case .attachPoint: all = target.attachPoints(startingWith: word)
    case .name: all = target.names(isInEvent: !context.attachPoints.isEmpty)
    case .field: all = target.fields(of: context.attachPoints)
    case .symbol(let field): all = target.symbols(of: field, in: context.attachPoints)
    case .map: all = target.maps(context.names(startingWith: "@"))
    case .variable: all = context.names(startingWith: "$").map { Candidate($0) }
    case .path, .nothing: all = []
    }
    wantsFile = context.place == .path
    candidates = all.filter { $0.text.hasPrefix(word) }
  }

  public init(span: Span, candidates: [Candidate]) {
    self.span = span
    self.candidates = candidates
  }
}
