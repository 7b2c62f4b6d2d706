// Blocks and statements.

extension Parser {
  mutating func block() throws -> Block {
    try nested { parser in
      let start = parser.token.span.start
      try parser.expect("{", "to open a block", as: .block)
      var statements: [Statement] = []
      var hasValue = false
      while !parser.at("}") {
        if parser.token.kind == .end {
          throw parser.fail(.openBlock(Span(start, start + 1)))
        }
        parser.startItem()
        if parser.take(";") {
          hasValue = false
          continue
        }
        do {
          statements.append(try parser.statement(&hasValue))
        } catch {
          parser.skipToNextStatement()
        }
      }
      parser.advance()
      return Block(statements: statements, hasValue: hasValue, span: parser.span(from: start))
    }
  }

  /// After an error in a statement: behind the next `;` of this block, or to its `}`.
  mutating func skipToNextStatement() {
    var open = 0
    while token.kind != .end {
      if at("{") { open += 1 }
      if at("}") {
        if open == 0 { return }
        open -= 1
      }
      let isEnd = at(";") && open == 0
      advance()
      if isEnd { return }
    }
  }

  /// `isValue` says whether the statement is an expression that ends its block without `;`.
  mutating func statement(_ isValue: inout Bool) throws -> Statement {
    let start = token.span.start
    let kind = try statementKind()
    let end = lastEnd
    isValue = false
    if at("}") || isInsideOfBlock && token.kind == .end {
      if case .expression = kind { isValue = true }
    } else if !take(";"), Parser.needsSemicolon(kind) {
      throw fail(.expected("';' after the statement", token, at: Span(end, end + 1)))
    }
    return Statement(kind: kind, span: Span(start, end))
  }

  private static func needsSemicolon(_ kind: Statement.Kind) -> Bool {
    switch kind {
    case .conditional, .loop, .forMap, .forRange, .unroll, .block: false
    case .expression(let expression): if case .block = expression.kind { false } else { true }
    default: true
    }
  }

  private mutating func statementKind() throws -> Statement.Kind {
    switch token.kind {
    case .symbol("{"): return .block(try block())
    case .keyword(.if):
      advance()
      return try conditional()
    case .keyword(.while):
      advance()
      let condition = try condition()
      return .loop(condition, try block())
    case .keyword(.for):
      advance()
      return try forLoop()
    case .keyword(.unroll):
      advance()
      let count = try expression()
      return .unroll(count, try block())
    case .keyword(.break):
      advance()
      return .break
    case .keyword(.continue):
      advance()
      return .continue
    case .keyword(.return):
      advance()
      return .return(at(";") || at("}") ? nil : try expression())
    case .keyword(.let):
      advance()
      return try declaration()
    default: return try simpleStatement()
    }
  }

  /// Behind `for`: `($x : @map) { … }` or `($x : a..b) { … }`.
  private mutating func forLoop() throws -> Statement.Kind {
    if let other = try otherLoop() { return other }
    let hasParentheses = take("(")
    guard case .variable(let name) = token.kind else {
      throw fail(.expected("the variable of the loop", token))
    }
    advance()
    try expect(":", "after the loop's variable")
    let first = try expression()
    let end = take("..") ? try expression() : nil
    if hasParentheses { try expect(")", "before the block of the loop") }
    let body = try block()
    if let end { return .forRange(name, first, end, body) }
    return .forMap(name, first, body)
  }

  private mutating func conditional() throws -> Statement.Kind {
    try nested { parser in
      let condition = try parser.condition()
      let then = try parser.block()
      guard parser.take(.else) else { return .conditional(condition, then: then, otherwise: nil) }
      guard parser.at(.if) else {
        return .conditional(condition, then: then, otherwise: try parser.block())
      }
      let start = parser.token.span.start
      parser.advance()
      let kind = try parser.conditional()
      let span = parser.span(from: start)
      let block = Block(statements: [Statement(kind: kind, span: span)], span: span)
      return .conditional(condition, then: then, otherwise: block)
    }
  }

  /// Behind `let`: `$x`, `$x = e`, `$x: type = e`.
  private mutating func declaration() throws -> Statement.Kind {
    guard case .variable(let name) = token.kind else {
      throw fail(.expected("a variable after 'let'", token))
    }
    advance()
    let type = take(":", as: .suffix) ? try typeNameWithoutPointer() : nil
    let value = take("=") ? try expression() : nil
    return .declare(name: name, type: type, value: value)
  }

  /// A type, with `[n]` or `[]` behind it where it is an array.
  mutating func typeName() throws -> TypeName {
    let start = token.span.start
    var type = try plainTypeName()
    while take("[") {
      let count = at("]") ? nil : try expression()
      try expect("]", "after the size of the array")
      type = TypeName(kind: .array(type, count: count), span: span(from: start))
    }
    return type
  }

  /// A type where a `*` behind it can only mean a pointer.
  mutating func typeNameWithoutPointer() throws -> TypeName {
    let type = try typeName()
    if at("*") { throw fail(.noPointers(type.span.through(token.span))) }
    return type
  }

  private mutating func plainTypeName() throws -> TypeName {
    let start = token.span.start
    switch token.kind {
    case .keyword(.typeof):
      advance()
      try expect("(", "after 'typeof'")
      let operand = try expression()
      try expect(")", "after the expression of 'typeof'")
      return TypeName(kind: .typeOf(operand), span: span(from: start))
    case .keyword(.enum):
      advance()
      let name = try identifier("the name of an enum")
      return TypeName(kind: .enumeration(name), span: span(from: start))
    case .identifier(let name):
      advance()
      return TypeName(kind: .named(name), span: span(from: start))
    default: throw fail(.expected("the name of a type", token))
    }
  }

  private mutating func simpleStatement() throws -> Statement.Kind {
    if token.kind == .identifier("_") {
      var ahead = lexer.lookahead
      if ahead.next().kind == .symbol("=") {
        advance()
        advance()
        return .discard(try expression())
      }
    }
    target = token.span.start
    let target = try expression()
    if token.span.start == complement, at("=~") {
      let start = token.span.start
      lexer.move(to: start + 1)
      token = Token(kind: .symbol("="), span: Span(start, start + 1))
    }
    guard let assignment = assignmentOperator() else { return .expression(target) }
    let place = token.span
    advance()
    switch target.kind {
    case .map, .variable: return .assign(target, assignment, try expression())
    default: throw fail(.notAssignable(target.span.through(place)))
    }
  }

  private func assignmentOperator() -> AssignmentOperator? {
    guard case .symbol(let text) = token.kind else { return nil }
    return AssignmentOperator(rawValue: text)
  }
}
