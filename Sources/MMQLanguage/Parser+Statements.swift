// Blocks and statements.

extension Parser {
  mutating func block() throws -> Block {
    try nested { parser in
      let start = parser.token.span.start
      try parser.expect("{", "to open a block")
      var statements: [Statement] = []
      while !parser.at("}") {
        if parser.token.kind == .end {
          throw parser.fail(.openBlock(Span(start, start + 1)))
        }
        if parser.take(";") { continue }
        do {
          statements.append(try parser.statement())
        } catch {
          parser.skipToNextStatement()
        }
      }
      parser.advance()
      return Block(statements: statements, span: parser.span(from: start))
    }
  }

  /// After an error in a statement: behind the next `;` of this block, or to its `}`.
  private mutating func skipToNextStatement() {
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

  private mutating func statement() throws -> Statement {
    let start = token.span.start
    let kind = try statementKind()
    if Parser.needsSemicolon(kind), !at("}"), !take(";") {
      throw fail(.expected("';' after the statement", token, at: Span(lastEnd, lastEnd + 1)))
    }
    return Statement(kind: kind, span: span(from: start))
  }

  private static func needsSemicolon(_ kind: Statement.Kind) -> Bool {
    switch kind {
    case .conditional, .loop, .block: false
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
      let condition = try expression()
      return .loop(condition, try block())
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

  private mutating func conditional() throws -> Statement.Kind {
    try nested { parser in
      let condition = try parser.expression()
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
    let type = take(":") ? try typeName() : nil
    let value = take("=") ? try expression() : nil
    return .declare(name: name, type: type, value: value)
  }

  mutating func typeName() throws -> TypeName {
    guard case .identifier(let name) = token.kind else {
      throw fail(.expected("the name of a type", token))
    }
    let start = token.span
    advance()
    return TypeName(name: name, span: start)
  }

  private mutating func simpleStatement() throws -> Statement.Kind {
    if token.kind == .identifier("_") {
      var ahead = lexer
      if ahead.next().kind == .symbol("=") {
        advance()
        advance()
        return .discard(try expression())
      }
    }
    let target = try expression()
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
