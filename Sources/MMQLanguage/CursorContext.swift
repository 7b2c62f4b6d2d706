// What can stand at a place in a script that is being written.

/// The place of a cursor, as the parser sees it: the script up to there is parsed, and the roles that its
/// tokens got tell what the word at the cursor is.
public struct CursorContext: Sendable, Equatable {
  /// What may stand there.
  public enum Place: Sendable, Equatable {
    /// At the start of a text at a prompt: a probe, or a statement.
    case start
    /// In an attach point.
    case attachPoint
    /// A name in a block or a predicate.
    case name
    /// Behind `args.`
    case field
    /// In a string that is compared with a field, as in `args.status == "su`.
    case symbol(field: String)
    /// In the string behind `import`.
    case path
    case map
    case variable
    /// A number, a comment, or something else that is nobody's name.
    case nothing
  }

  /// What the word at the cursor is, or would be.
  public var place: Place
  /// The word up to the cursor; empty between words.
  public var word: Span
  /// The attach points of the probe that the place is in.
  public var attachPoints: [String]

  private let source: Source
  private var tokens: [PlacedToken]

  /// `isPrompt`: the text may be statements without a probe.
  public init(_ text: [UInt8], at cursor: Int, isPrompt: Bool = false) {
    source = Source(name: "", text: Array(text.prefix(cursor)))
    let end = source.text.count
    word = Span(end, end)
    place = .nothing
    attachPoints = []
    let kind = isPrompt ? CursorContext.kind(of: source) : .program
    let (tokens, diagnostics) =
      kind == .statements ? Parser.tokens(ofStatements: source) : Parser.tokens(of: source)
    self.tokens = tokens.filter { $0.span.end > $0.span.start }
    attachPoints = lastAttachPoints()
    if diagnostics.contains(where: { $0.id == "open-comment" }) || endsInComment { return }
    let openString = diagnostics.last { $0.id == "open-string" }?.span.start
    find(kind, openString)
  }

  private enum Kind { case program, statements, either }

  private static func kind(of source: Source) -> Kind {
    let inStatements = Parser.tokens(ofStatements: source).diagnostics.first?.span.start
    let inProgram = Parser.tokens(of: source).diagnostics.first?.span.start
    let (a, b) = (inStatements ?? .max, inProgram ?? .max)
    return a == b ? .either : a > b ? .statements : .program
  }

  public static func == (a: CursorContext, b: CursorContext) -> Bool {
    a.place == b.place && a.word == b.word && a.attachPoints == b.attachPoints
  }

  /// The names of all variables or maps before the cursor, with `$` or `@`.
  public func names(startingWith sign: Character) -> [String] {
    let own = source.text(of: word)
    return source.namedVariables().filter { name, count in
      name.count > 1 && name.first == sign && (name != own || count > 1)
    }.map(\.key).sorted()
  }

  // MARK: The place

  private mutating func find(_ kind: Kind, _ openString: Int?) {
    guard let last = tokens.last, last.span.end == source.text.count else {
      return findBetween(kind)
    }
    if let openString { return findInString(openString) }
    let text = source.text(of: last.span)
    switch last.role {
    case .attachPoint, .namedAttachPoint:
      findWord(last.span, kind == .either ? .start : .attachPoint)
    case .member: findMember(tokens.count - 1)
    case _ where text == "." || text == "->": findMember(tokens.count)
    case _ where text.utf8.first?.isDigit == true || text.hasPrefix("\""): break
    case _
    where text.utf8.first?.continuesName == true || text.hasPrefix("@") || text.hasPrefix("$"):
      findWord(last.span, .name)
    default: findBetween(kind)
    }
  }

  /// A sign tells what follows it.
  private mutating func findWord(_ span: Span, _ usual: Place) {
    word = span
    switch source.text[span.start] {
    case UInt8(ascii: "@"): place = .map
    case UInt8(ascii: "$"): place = .variable
    default: place = usual
    }
  }

  private mutating func findBetween(_ kind: Kind) {
    if kind == .statements {
      place = .name
    } else if tokens.isEmpty {
      place = kind == .either ? .start : .attachPoint
    } else if isInBody {
      place = .name
    } else if [",", "}", ";", "="].contains(source.text(of: tokens[tokens.count - 1].span)) {
      place = .attachPoint
    }
  }

  /// `index` is the member's own, or would be.
  private mutating func findMember(_ index: Int) {
    if index < tokens.count { word = tokens[index].span }
    guard index >= 2, source.text(of: tokens[index - 2].span) == "args" else { return }
    place = .field
  }

  /// Of `args.flags & "A|B` the last name is at hand.
  private mutating func findInString(_ start: Int) {
    let text = source.text[(start + 1)...]
    let name = (text.lastIndex(of: UInt8(ascii: "|")).map { $0 + 1 } ?? start + 1)
    guard var index = tokens.lastIndex(where: { $0.span.start == start }) else { return }
    index -= 1
    if index >= 0, source.text(of: tokens[index].span) == "import" {
      word = Span(start + 1, source.text.count)
      place = .path
    }
    while index >= 0, ["(", "~"].contains(source.text(of: tokens[index].span)) { index -= 1 }
    guard index >= 3, case .infix(let precedence) = tokens[index].role, precedence > 0,
      tokens[index - 1].role == .member, source.text(of: tokens[index - 3].span) == "args"
    else { return }
    word = Span(name, source.text.count)
    place = .symbol(field: source.text(of: tokens[index - 1].span))
  }

  // MARK: What is around it

  private var endsInComment: Bool {
    let end = source.text.count
    let start = tokens.last?.span.end ?? 0
    guard start < end, let comment = Trivia(source.text, Span(start, end)).comments.last
    else { return false }
    let isBlock = source.text[comment.span.start...].starts(with: Array("/*".utf8))
    return comment.span.end == end && !isBlock
  }

  /// Within the block or the predicate of the last probe.
  private var isInBody: Bool {
    let start = tokens.lastIndex { $0.role == .attachPoint || $0.role == .namedAttachPoint } ?? -1
    var depth = 0
    for token in tokens[(start + 1)...] {
      switch (source.text(of: token.span), token.role) {
      case ("{", _), (_, .predicateStart): depth += 1
      case ("}", _), (_, .predicateEnd): depth -= 1
      default: break
      }
    }
    return depth > 0
  }

  /// Those of the last probe: several are separated by commas.
  private func lastAttachPoints() -> [String] {
    let isPoint = { (token: PlacedToken) in
      token.role == .attachPoint || token.role == .namedAttachPoint
    }
    guard var index = tokens.lastIndex(where: isPoint) else { return [] }
    var points: [String] = []
    while index >= 0 {
      let text = source.text(of: tokens[index].span)
      if isPoint(tokens[index]), text.contains(":") {
        points.append(text)
      } else if text != ",", text != "=", !isPoint(tokens[index]) {
        break
      }
      index -= 1
    }
    return points.reversed()
  }
}
