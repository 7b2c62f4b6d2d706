// Expressions, by precedence climbing over the table in Operator.swift.

extension Parser {
  mutating func expression() throws -> Expression {
    try nested { parser in
      let condition = try parser.binary(above: 0)
      guard parser.take("?", as: .infix(0)) else { return condition }
      if parser.take(":", as: .infix(0)) {
        let otherwise = try parser.expression()
        return parser.joined(.conditional(condition, nil, otherwise), condition)
      }
      let then = try parser.expression()
      try parser.expect(":", "of the conditional '?:'", as: .infix(0))
      let otherwise = try parser.expression()
      return parser.joined(.conditional(condition, then, otherwise), condition)
    }
  }

  private func joined(_ kind: Expression.Kind, _ first: Expression) -> Expression {
    Expression(kind, span(from: first.span.start))
  }

  /// Operators that bind tighter than `precedence`. Each one of a chain deepens the tree by one.
  private mutating func binary(above precedence: Int) throws -> Expression {
    let depthBefore = depth
    defer { depth = depthBefore }
    var left = try prefix()
    while let next = binaryOperator(), next.precedence > precedence, !endsPredicate() {
      depth += 1
      guard depth <= Parser.depthLimit * 2 else { throw fail(.tooDeep(token.span)) }
      advance(as: .infix(next.precedence))
      let right = try binary(above: next.precedence)
      left = joined(.binary(next, left, right), left)
    }
    return left
  }

  private func binaryOperator() -> BinaryOperator? {
    guard case .symbol(let text) = token.kind, token.span.start != complement else { return nil }
    return BinaryOperator(rawValue: text)
  }

  private mutating func prefix() throws -> Expression {
    guard case .symbol(let text) = token.kind else { return try postfix() }
    let start = token.span.start
    if text == "++" || text == "--" {
      advance(as: .prefix)
      let target = try nested { try $0.prefix() }
      return try step(target, by: text == "++" ? 1 : -1, isPrefix: true, from: start)
    }
    if let unary = UnaryOperator(rawValue: text) {
      advance(as: .prefix)
      let operand = try nested { try $0.prefix() }
      return Expression(.unary(unary, operand), span(from: start))
    }
    if startsCast() {
      advance()
      let type = try typeNameWithoutPointer()
      try expect(")", "after the type of the cast", as: .castEnd)
      let operand = try nested { try $0.prefix() }
      return Expression(.cast(type, operand), span(from: start))
    }
    return try postfix()
  }

  private mutating func step(
    _ target: Expression, by amount: Int64, isPrefix: Bool, from start: Int
  ) throws -> Expression {
    switch target.kind {
    case .map, .variable:
      return Expression(.step(target, by: amount, isPrefix: isPrefix), span(from: start))
    default: throw fail(.notAssignable(target.span))
    }
  }

  /// `(type)` is a cast. So is any other word in parentheses before what can only be an operand: it is
  /// an enum, or a macro's name for a type.
  private func startsCast() -> Bool {
    guard at("(") else { return false }
    var ahead = lexer.lookahead
    switch ahead.next().kind {
    case .keyword(.typeof), .keyword(.enum): return true
    case .identifier(let word):
      let next = ahead.next().kind
      if TypeNames.isType(word) {
        return [.symbol(")"), .symbol("["), .symbol("*")].contains(next)
      }
      return next == .symbol(")") && ahead.next().kind.startsOperand
    default: return false
    }
  }

  private mutating func postfix() throws -> Expression {
    var operand = try primary()
    let depthBefore = depth
    defer { depth = depthBefore }
    while case .symbol(let text) = token.kind {
      depth += 1
      guard depth <= Parser.depthLimit * 2 else { throw fail(.tooDeep(token.span)) }
      switch text {
      case ".", "->": operand = try member(of: operand)
      case "[":
        advance()
        let index = try expression()
        try expect("]", "after the index")
        operand = joined(.index(operand, index), operand)
      case "++", "--":
        advance(as: .suffix)
        operand = try step(
          operand, by: text == "++" ? 1 : -1, isPrefix: false, from: operand.span.start)
      default: return operand
      }
    }
    return operand
  }

  /// After `.` or `->` any word or number is a member, keywords included.
  private mutating func member(of operand: Expression) throws -> Expression {
    lexer.skipTrivia()
    let start = lexer.position
    let name = lexer.word()
    let span = Span(start, lexer.position)
    advance()
    guard !name.isEmpty else { throw fail(.expected("a member's name", token)) }
    note(span, as: .member)
    return Expression(.member(operand, name, span), operand.span.through(span))
  }

  private mutating func primary() throws -> Expression {
    let start = token.span
    let kind: Expression.Kind
    switch token.kind {
    case .integer(let value): kind = .integer(value)
    case .float(let value): kind = .float(value)
    case .string(let bytes): kind = .string(bytes)
    case .keyword(.true): kind = .boolean(true)
    case .keyword(.false): kind = .boolean(false)
    case .variable(let name): return variable(name)
    case .positional(let number): kind = .positional(number)
    case .positionalCount: kind = .positionalCount
    case .map(let name): return try map(name)
    case .identifier(let name) where startsStruct(): throw fail(.noStructs(start, name))
    case .identifier(let name): return try nameOrCall(name)
    case .symbol("*"), .symbol("&"): throw fail(.noMemory(start))
    case .keyword(.config): return try nameOrCall(Keyword.config.rawValue)
    case .symbol("("): return try parenthesised()
    case .symbol("{"): return try blockExpression()
    case .keyword(.if): return try ifExpression()
    case .keyword(.sizeof): return try sizeOf()
    case .keyword(.typeof):
      let type = try typeName()
      return Expression(.type(type), type.span)
    default: throw fail(.expected("an expression", token))
    }
    advance()
    return Expression(kind, start)
  }

  private mutating func variable(_ name: String) -> Expression {
    let span = token.span
    advance()
    noteTarget(span.start)
    return Expression(.variable(name), span)
  }

  /// Behind a map or variable that starts at `start`: `@x=~1` assigns `~1` where a statement starts
  /// with `@x`; the `=~` is no comparison with a pattern.
  private mutating func noteTarget(_ start: Int) {
    if start == target, at("=~") { complement = token.span.start }
  }

  /// `struct name` or `union name`, whatever it is for.
  func startsStruct() -> Bool {
    guard token.kind == .identifier("struct") || token.kind == .identifier("union") else {
      return false
    }
    var ahead = lexer.lookahead
    if case .identifier = ahead.next().kind { return true }
    return false
  }

  private mutating func map(_ name: String) throws -> Expression {
    let start = token.span.start
    // Statements in blocks of the key have targets of their own.
    let outerTarget = target
    defer {
      target = outerTarget
      noteTarget(start)
    }
    advance()
    guard take("[") else { return Expression(.map(name, key: nil), span(from: start)) }
    let key = try list(until: "]")
    if key.isEmpty {
      throw fail(.expected("a key", Token(kind: .symbol("]"), span: span(from: start))))
    }
    return Expression(.map(name, key: key), span(from: start))
  }

  private mutating func nameOrCall(_ name: String) throws -> Expression {
    let span = token.span
    advance()
    guard take("(") else { return Expression(.name(name), span) }
    let arguments = try list(until: ")")
    return Expression(.call(name, span, arguments), self.span(from: span.start))
  }

  /// Comma-separated expressions and the closing symbol.
  private mutating func list(until close: String) throws -> [Expression] {
    var items: [Expression] = []
    while !at(close) {
      items.append(try expression())
      guard take(",") else { break }
    }
    try expect(close, "to end the list")
    return items
  }

  private mutating func parenthesised() throws -> Expression {
    let start = token.span.start
    advance()
    if startsRecord() { return try record(from: start) }
    let first = try expression()
    if take(")") { return Expression(first.kind, span(from: start)) }
    guard take(",") else {
      throw fail(.expected("',' or ')' in the parentheses", token, hint: token.slip))
    }
    let items = [first] + (try list(until: ")"))
    return Expression(.tuple(items), span(from: start))
  }
  private func startsRecord() -> Bool {
    guard case .identifier = token.kind else { return false }
    var ahead = lexer.lookahead
    return ahead.next().kind == .symbol("=")
  }

  /// Behind `(`: `x = 1, y = 2)`
  private mutating func record(from start: Int) throws -> Expression {
    var fields: [(name: String, value: Expression)] = []
    while !at(")") {
      let name = try identifier("the name of a member")
      try expect("=", "after the member's name")
      fields.append((name, try expression()))
      guard take(",") else { break }
    }
    try expect(")", "to end the record")
    return Expression(.record(fields), span(from: start))
  }

  private mutating func blockExpression() throws -> Expression {
    let body = try block()
    return Expression(.block(body), body.span)
  }

  /// `if c { a } else { b }` as an expression: both branches have a value.
  private mutating func ifExpression() throws -> Expression {
    let start = token.span.start
    advance()
    return try nested { parser in
      let condition = try parser.condition()
      let then = try parser.blockExpression()
      guard parser.take(.else) else {
        throw parser.fail(.expected("'else': an 'if' with a value has both branches", parser.token))
      }
      let otherwise =
        parser.at(.if) ? try parser.ifExpression() : try parser.blockExpression()
      return Expression(.conditional(condition, then, otherwise), parser.span(from: start))
    }
  }

  /// `sizeof(type)` or `sizeof(e)`
  private mutating func sizeOf() throws -> Expression {
    let start = token.span.start
    advance()
    try expect("(", "after 'sizeof'")
    let isType =
      switch token.kind {
      case .identifier(let word): TypeNames.isType(word)
      case .keyword(.typeof), .keyword(.enum): true
      default: false
      }
    let kind: Expression.Kind =
      isType ? .sizeOfType(try typeNameWithoutPointer()) : .sizeOf(try expression())
    try expect(")", "after the operand of 'sizeof'")
    return Expression(kind, span(from: start))
  }
}

extension Token.Kind {
  /// It can only start an operand, not go on with an expression.
  fileprivate var startsOperand: Bool {
    switch self {
    case .identifier, .integer, .float, .string, .map, .variable, .positional, .positionalCount:
      true
    default: false
    }
  }
}
