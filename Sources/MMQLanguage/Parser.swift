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
  /// Every token taken so far, in order: what the printer prints.
  private(set) var taken: [PlacedToken] = []
  /// Whether the token at hand starts an item: see `PlacedToken.startsItem`.
  private var isItemStart = false
  var diagnostics: [Diagnostic] = []
  /// The text is the inside of a block: its end closes it.
  var isInsideOfBlock = false

  init(_ source: Source, _ range: Range<Int>) {
    lexer = Lexer(source, range)
    token = lexer.next()
  }

  /// The syntax tree, and what is wrong with the script, in order of place.
  public static func parse(_ source: Source) -> (program: Program, diagnostics: [Diagnostic]) {
    parse(source, source.mainRange)
  }

  /// The same of one of a source's files.
  static func parse(
    _ source: Source, _ range: Range<Int>
  ) -> (program: Program, diagnostics: [Diagnostic]) {
    var parser = Parser(source, range)
    return (parser.program(), parser.sortedDiagnostics())
  }

  /// The tokens of a script, the end of the program as the last one. They are all of the script only
  /// where nothing is wrong with it.
  static func tokens(of source: Source) -> (tokens: [PlacedToken], diagnostics: [Diagnostic]) {
    var parser = Parser(source, source.mainRange)
    _ = parser.program()
    parser.startItem()
    parser.note(parser.token.span, as: .plain)
    return (parser.taken, parser.sortedDiagnostics())
  }

  func sortedDiagnostics() -> [Diagnostic] {
    (lexer.diagnostics + diagnostics).sorted { $0.span.start < $1.span.start }
  }

  // MARK: Tokens

  var source: Source { lexer.source }

  mutating func advance(as role: PlacedToken.Role = .plain) {
    note(token.span, as: role)
    token = lexer.next()
  }

  /// Takes a token for the record.
  mutating func note(_ span: Span, as role: PlacedToken.Role) {
    taken.append(PlacedToken(span: span, role: role, startsItem: isItemStart))
    isItemStart = false
    lastEnd = span.end
  }

  /// The token at hand is the first of a declaration, a statement, a setting or a name of an enum.
  mutating func startItem() { isItemStart = true }

  func at(_ symbol: String) -> Bool { token.kind == .symbol(symbol) }
  func at(_ keyword: Keyword) -> Bool { token.kind == .keyword(keyword) }

  mutating func take(_ symbol: String, as role: PlacedToken.Role = .plain) -> Bool {
    guard at(symbol) else { return false }
    advance(as: role)
    return true
  }

  mutating func take(_ keyword: Keyword) -> Bool {
    guard at(keyword) else { return false }
    advance()
    return true
  }

  mutating func expect(
    _ symbol: String, _ purpose: String, as role: PlacedToken.Role = .plain
  ) throws {
    guard take(symbol, as: role) else {
      throw fail(.expected("'\(symbol)' \(purpose)", token))
    }
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
    startItem()
    switch token.kind {
    case .keyword(.config):
      if program.hasConfig || !program.probes.isEmpty || !program.macros.isEmpty {
        diagnostics.append(.configPlace(token.span, isSecond: program.hasConfig))
      }
      program.hasConfig = true
      program.config += try configBlock()
      _ = take(";")
    case .keyword(.import): program.imports.append(try importDeclaration())
    case .keyword(.macro): program.macros.append(try macro())
    case .keyword(.enum): program.enums.append(try enumeration())
    case .keyword(.let): program.mapDeclarations.append(try mapDeclaration())
    case .identifier(let name) where startsStruct(): throw fail(.noStructs(token.span, name))
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
    startItem()
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
    let word = token.span
    let condition = take(.if) ? try self.condition() : nil
    if condition != nil, at("{") { throw fail(.ifBeforeBlock(word)) }
    let span = span(from: start)
    _ = take(";")
    let arguments = [Expression(.name("args"), span)]
    let call = Statement(
      kind: .expression(Expression(.call("print", span, arguments), span)), span: span)
    let body = Block(statements: [call], span: span)
    return Probe(
      attachPoints: points, predicate: condition, body: body, isBare: true, span: span)
  }

  // MARK: Attach points

  /// Attach points have characters of their own (`9p:9p_client_req`, `xhci-hcd:*`), so they are
  /// read from the text, not from tokens.
  private mutating func attachPoint() throws -> AttachPoint {
    let start = token.span.start
    let name = givenName()
    var text = try attachPointText(as: name == nil ? .attachPoint : .namedAttachPoint)
    let isOptional = text.hasSuffix("?")
    if isOptional { text.removeLast() }
    var parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    var argument: Expression?
    if text.hasSuffix(":"), at("(") {
      parts.removeLast()
      advance()
      argument = try expression()
      try expect(")", "after the last part of the probe")
    }
    return AttachPoint(
      name: name, parts: parts, argument: argument, isOptional: isOptional, span: span(from: start))
  }

  /// `name =` before an attach point.
  private mutating func givenName() -> String? {
    guard case .identifier(let name) = token.kind else { return nil }
    var ahead = lexer.lookahead
    guard ahead.next().kind == .symbol("=") else { return nil }
    advance(as: .attachPoint)
    advance()
    return name
  }

  private mutating func attachPointText(as role: PlacedToken.Role) throws -> String {
    let start = token.span.start
    guard start < source.text.count, Parser.isAttachPointByte(source.text[start]) else {
      throw fail(.expected("a probe, such as tracepoint:kmem:kmalloc", token))
    }
    lexer.move(to: start)
    while Parser.isAttachPointByte(lexer.peek()) { lexer.advance() }
    // The path of a uprobe: refused later, with the reason.
    if source.text[lexer.position - 1] == UInt8(ascii: ":"),
      lexer.peek() == UInt8(ascii: "/")
    {
      while Parser.isAttachPointByte(lexer.peek()) || lexer.peek() == UInt8(ascii: "/") {
        lexer.advance()
      }
    }
    note(Span(start, lexer.position), as: role)
    token = lexer.next()
    return source.text(of: Span(start, lastEnd))
  }

  private static func isAttachPointByte(_ byte: UInt8) -> Bool {
    byte.continuesName || byte >= 0x80 || attachPointSymbols.contains(byte)
  }
  private static let attachPointSymbols = Set(":*[]-.$+!@?".utf8)

  /// A predicate ends at the first `/` that is followed by white space, comments and `{`.
  private mutating func predicate() throws -> Expression {
    let open = token.span
    advance(as: .predicateStart)
    guard !at("/") else { throw fail(.expected("a condition", token)) }
    let condition = try self.condition()
    guard endsPredicate() else {
      // A word that does not belong there, or the end of what could be one.
      let isOpen = at("{") || token.kind == .end
      throw fail(.openPredicate(isOpen ? open : token.span, token, hint: token.slip))
    }
    advance(as: .predicateEnd)
    return condition
  }

  /// Whether the `/` at hand ends a predicate.
  func endsPredicate() -> Bool {
    guard at("/") else { return false }
    var ahead = lexer.lookahead
    return ahead.next().kind == .symbol("{")
  }
}
