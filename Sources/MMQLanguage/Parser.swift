// From tokens to the syntax tree: the program, its probes and their attach points.

/// Parses a script. All errors are collected: after one, parsing goes on at the next statement or
/// probe.
public struct Parser {
  /// A syntax error has been reported; unwinds to the next place to go on from.
  struct Unwind: Error {}

  /// How deep expressions and blocks may nest: deeper ones are an error, not a stack overflow.
  static let depthLimit = 200

  var lexer: Lexer
  var token: Token
  var lastEnd = 0
  var depth = 0
  /// Where the statement at hand starts: there stands what it may assign to.
  var target: Int?
  /// Where a `=~` stands that assigns a complement: see `noteTarget`.
  var complement: Int?
  var diagnostics: [Diagnostic] = []

  init(_ source: Source) {
    lexer = Lexer(source)
    token = lexer.next()
  }

  /// The syntax tree, and what is wrong with the script, in order of place.
  public static func parse(_ source: Source) -> (program: Program, diagnostics: [Diagnostic]) {
    var parser = Parser(source)
    let program = parser.program()
    let all = parser.lexer.diagnostics + parser.diagnostics
    return (program, all.sorted { $0.span.start < $1.span.start })
  }

  // MARK: Tokens

  var source: Source { lexer.source }

  mutating func advance() {
    lastEnd = token.span.end
    token = lexer.next()
  }

  func at(_ symbol: String) -> Bool { token.kind == .symbol(symbol) }
  func at(_ keyword: Keyword) -> Bool { token.kind == .keyword(keyword) }

  mutating func take(_ symbol: String) -> Bool {
    guard at(symbol) else { return false }
    advance()
    return true
  }

  mutating func take(_ keyword: Keyword) -> Bool {
    guard at(keyword) else { return false }
    advance()
    return true
  }

  mutating func expect(_ symbol: String, _ purpose: String) throws {
    guard take(symbol) else { throw fail(.expected("'\(symbol)' \(purpose)", token)) }
  }

  mutating func fail(_ diagnostic: Diagnostic) -> Unwind {
    diagnostics.append(diagnostic)
    return Unwind()
  }

  func span(from start: Int) -> Span { Span(start, max(start, lastEnd)) }

  /// Runs `body` one level deeper.
  mutating func nested<T>(_ body: (inout Parser) throws -> T) throws -> T {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Parser.depthLimit else { throw fail(.tooDeep(token.span)) }
    return try body(&self)
  }

  // MARK: Program

  private mutating func program() -> Program {
    var program = Program()
    while token.kind != .end {
      do {
        try declaration(into: &program)
      } catch {
        skipToNextProbe()
      }
    }
    return program
  }

  private mutating func declaration(into program: inout Program) throws {
    switch token.kind {
    case .keyword(.config):
      program.config += try configBlock()
      _ = take(";")
    case .keyword(.import): program.imports.append(try importDeclaration())
    case .keyword(.macro): program.macros.append(try macro())
    case .keyword(.enum): program.enums.append(try enumeration())
    case .keyword(.let): program.mapDeclarations.append(try mapDeclaration())
    default: program.probes.append(try probe())
    }
  }

  /// After an error outside of a block: to the end of the next block.
  private mutating func skipToNextProbe() {
    while token.kind != .end, !at("{") {
      // The end of a block whose start is missing.
      if take("}") { return }
      advance()
    }
    var open = 0
    while token.kind != .end {
      if at("{") { open += 1 }
      if at("}") { open -= 1 }
      advance()
      if open <= 0 { return }
    }
  }

  /// `config = { name = value; … }`
  private mutating func configBlock() throws -> [ConfigItem] {
    advance()
    try expect("=", "after 'config'")
    try expect("{", "to open the config block")
    var items: [ConfigItem] = []
    while !at("}") {
      items.append(try configItem())
      while take(";") || take(",") {}
    }
    advance()
    return items
  }

  private mutating func configItem() throws -> ConfigItem {
    let start = token.span.start
    guard case .identifier(let name) = token.kind else {
      throw fail(.expected("the name of a setting", token))
    }
    advance()
    try expect("=", "after the setting's name")
    let value: ConfigItem.Value
    switch token.kind {
    case .integer(let number): value = .integer(number)
    case .identifier(let word): value = .word(word)
    case .keyword(let word): value = .word(word.rawValue)
    case .string(let bytes): value = .word(String(decoding: bytes, as: UTF8.self))
    default: throw fail(.expected("a number or a word", token))
    }
    advance()
    return ConfigItem(name: name, value: value, span: span(from: start))
  }

  private mutating func probe() throws -> Probe {
    let start = token.span.start
    var points = [try attachPoint()]
    while take(",") {
      if at("{") || at("/") { break }
      points.append(try attachPoint())
    }
    if at(";") || at(.if) || token.kind == .end { return try bareProbe(points, from: start) }
    let predicate = at("/") ? try self.predicate() : nil
    guard at("{") else { throw fail(.expected("'{' to open the block of the probe", token)) }
    let body = try block()
    return Probe(attachPoints: points, predicate: predicate, body: body, span: span(from: start))
  }

  /// `kmem:mm_page_alloc;` or `kmem:mm_page_alloc if (args.order > 3)` prints the events: it stands
  /// for the block `{ print(args) }`.
  private mutating func bareProbe(_ points: [AttachPoint], from start: Int) throws -> Probe {
    let condition = take(.if) ? try expression() : nil
    let span = span(from: start)
    _ = take(";")
    let arguments = [Expression(.name("args"), span)]
    let call = Statement(
      kind: .expression(Expression(.call("print", span, arguments), span)), span: span)
    let body = Block(statements: [call], span: span)
    return Probe(attachPoints: points, predicate: condition, body: body, span: span)
  }

  // MARK: Attach points

  /// Attach points have characters of their own (`9p:9p_client_req`, `xhci-hcd:*`), so they are
  /// read from the text, not from tokens.
  private mutating func attachPoint() throws -> AttachPoint {
    let start = token.span.start
    var reader = lexer
    reader.move(to: start)
    while Parser.isAttachPointByte(reader.peek()) { reader.advance() }
    let end = reader.position
    guard end > start else {
      throw fail(.expected("a probe, such as tracepoint:kmem:kmalloc", token))
    }
    lexer = reader
    lastEnd = end
    token = lexer.next()
    var text = source.text(of: Span(start, end))
    let isOptional = text.hasSuffix("?")
    if isOptional { text.removeLast() }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    return AttachPoint(parts: parts, isOptional: isOptional, span: Span(start, end))
  }

  private static func isAttachPointByte(_ byte: UInt8) -> Bool {
    byte.continuesName || byte >= 0x80 || attachPointSymbols.contains(byte)
  }
  private static let attachPointSymbols = Set(":*[]-.$+!@?".utf8)

  /// A predicate ends at the first `/` that is followed by white space, comments and `{`.
  private mutating func predicate() throws -> Expression {
    let open = token.span
    advance()
    guard !at("/") else { throw fail(.expected("a condition", token)) }
    let condition = try expression()
    guard endsPredicate() else { throw fail(.openPredicate(open, token)) }
    advance()
    return condition
  }

  /// Whether the `/` at hand ends a predicate.
  func endsPredicate() -> Bool {
    guard at("/") else { return false }
    var ahead = lexer
    return ahead.next().kind == .symbol("{")
  }
}
