// What is typed at a prompt: a program, or statements without one.

extension Parser {
  /// What a text at a prompt is.
  public enum Question: Sendable {
    /// `kmem:mm_page_alloc { … }`
    case program
    /// `@x[3]`, `1 << 12` or `print(@x, 5); clear(@x);`: the inside of a block.
    case statements(Block)
  }

  /// A text that can be read as statements is no program: an attach point of an event has a colon, and
  /// other probes have a block. Where it is neither, it is what more of it can be read as.
  public static func question(_ source: Source) -> (question: Question, diagnostics: [Diagnostic]) {
    var parser = Parser(source, source.mainRange)
    let body = parser.insideOfBlock()
    let inStatements = parser.sortedDiagnostics()
    // What is wrong with a word is so in either reading.
    if parser.diagnostics.isEmpty { return (.statements(body), inStatements) }
    let (program, inProgram) = parse(source)
    if program.isOneWord { return (.statements(body), inStatements) }
    if let reached = inProgram.first?.span.start, reached < inStatements[0].span.start {
      return (.statements(body), inStatements)
    }
    return (.program, inProgram)
  }

  /// As `tokens(of:)`, of the inside of a block.
  static func tokens(
    ofStatements source: Source
  ) -> (tokens: [PlacedToken], diagnostics: [Diagnostic]) {
    var parser = Parser(source, source.mainRange)
    _ = parser.insideOfBlock()
    return (parser.taken, parser.sortedDiagnostics())
  }

  private mutating func insideOfBlock() -> Block {
    isInsideOfBlock = true
    let start = token.span.start
    var body = Block(statements: [], span: Span(start, start))
    while token.kind != .end {
      startItem()
      if take(";") {
        body.hasValue = false
        continue
      }
      // The end of a block whose start is missing.
      if at("}") {
        diagnostics.append(.expected("a statement", token))
        advance()
        continue
      }
      do {
        body.statements.append(try statement(&body.hasValue))
      } catch {
        skipToNextStatement()
      }
    }
    body.span = span(from: start)
    return body
  }

  /// Whether a text goes on behind its end: a brace, a bracket, a quote or a comment is open, or a
  /// predicate has no block yet.
  public static func isOpen(_ source: Source) -> Bool {
    var lexer = Lexer(source)
    var open = 0
    while true {
      switch lexer.next().kind {
      case .symbol("{"), .symbol("("), .symbol("["): open += 1
      case .symbol("}"), .symbol(")"), .symbol("]"): open -= 1
      case .end:
        return open > 0 || lexer.diagnostics.contains { opening.contains($0.id) }
          || hasOpenPredicate(source)
      default: break
      }
    }
  }

  private static let opening: Set<String> = ["open-string", "open-comment"]

  private static func hasOpenPredicate(_ source: Source) -> Bool {
    // Else the `/` divides.
    guard case .program = question(source).question else { return false }
    let tokens = tokens(of: source).tokens
    guard let start = tokens.lastIndex(where: { $0.role == .predicateStart }) else { return false }
    return !tokens[start...].contains { source.text(of: $0.span) == "{" }
  }
}

extension Program {
  /// Nothing but an attach point without a colon, such as `@x[` or `begin`: it names no event.
  fileprivate var isOneWord: Bool {
    imports.isEmpty && macros.isEmpty && enums.isEmpty && mapDeclarations.isEmpty && !hasConfig
      && probes.count == 1 && probes[0].isBare
      && probes[0].attachPoints.allSatisfy { $0.parts.count == 1 }
  }

  /// One that runs a block once, before all records.
  public init(running body: Block) {
    let begin = AttachPoint(
      name: nil, parts: ["begin"], argument: nil, isOptional: false, span: body.span)
    probes = [Probe(attachPoints: [begin], predicate: nil, body: body, span: body.span)]
  }
}
