// The leaves of a `print fmt` expression: literals, names, calls, tables, and odd C.

extension PrintFormatParser {
  mutating func primary() throws(FormatProblem) -> PrintExpression {
    let token = current
    switch token.kind {
    case .number: return .integer(try number())
    case .character:
      advance()
      let bytes = PrintFormatLiterals.unquoted(text[token.range])
      return .integer(CInteger(int: Int32(Int8(bitPattern: bytes.first ?? 0))))
    case .string: return .string(String(decoding: strings(), as: UTF8.self))
    case .identifier: return try named()
    case .punctuation where isAt("("): return try parenthesized()
    case .punctuation where isAt("{"): return .list(try list())
    default: throw problem("an expression is expected")
    }
  }

  private mutating func number() throws(FormatProblem) -> CInteger {
    let digits = text[current.range]
    guard let value = PrintFormatLiterals.integer(digits, longSize: longSize) else {
      throw problem("an integer is expected")
    }
    advance()
    return value
  }

  private mutating func named() throws(FormatProblem) -> PrintExpression {
    let word = try name()
    if word == "REC" { return .record }
    if word == "sizeof" { return try sizeOf() }
    guard isAt("(") else { return word == "NULL" ? .null(longSize) : .identifier(word) }
    return PrintExpression.made(word, try callArguments())
  }

  private mutating func callArguments() throws(FormatProblem) -> [PrintExpression] {
    try expect("(")
    var arguments: [PrintExpression] = []
    if accept(")") { return arguments }
    repeat { arguments.append(try expression()) } while accept(",")
    try expect(")")
    return arguments
  }

  /// `{ a, b, }`
  private mutating func list() throws(FormatProblem) -> [PrintExpression] {
    try expect("{")
    var elements: [PrintExpression] = []
    while !isAt("}") {
      elements.append(try expression())
      guard accept(",") else { break }
    }
    try expect("}")
    return elements
  }

  private mutating func sizeOf() throws(FormatProblem) -> PrintExpression {
    if isAt("("), let type = typeName(at: position + 1), closes(type.end) {
      position = type.end + 1
      guard let size = type.type.size else { return .sizeOf(type.type) }
      return .integer(CInteger(UInt64(size), size: longSize, isSigned: false))
    }
    return .call("sizeof", [try unary()])
  }

  private mutating func parenthesized() throws(FormatProblem) -> PrintExpression {
    let start = position
    try expect("(")
    if isAt("{") {
      if let block = try? block() { return block }
      position = start
      return try verbatim(from: start)
    }
    let inner = try expression()
    try expect(")")
    return inner
  }

  // MARK: Statement expressions

  /// `({ int x = a; x + 1; })`; the opening parenthesis is behind.
  private mutating func block() throws(FormatProblem) -> PrintExpression {
    try descend()
    try expect("{")
    var bindings: [PrintExpression.Binding] = []
    while let type = typeName(at: position), tokens[type.end].kind == .identifier {
      position = type.end
      let name = try name()
      try expect("=")
      bindings.append(.init(type: type.type, name: name, value: try expression()))
      try expect(";")
    }
    let result = try expression()
    try expect(";")
    try expect("}")
    try expect(")")
    return bindings.isEmpty ? result : .block(bindings, result)
  }

  /// `(type) { .member = … }`, which is more than an expression.
  mutating func compoundLiteral(from start: Int) throws(FormatProblem) -> PrintExpression {
    try skipBrackets()
    return source(from: start)
  }

  /// What stands between balanced brackets, as it is written.
  private mutating func verbatim(from start: Int) throws(FormatProblem) -> PrintExpression {
    try skipBrackets()
    return source(from: start)
  }

  private func source(from start: Int) -> PrintExpression {
    let bytes = text[tokens[start].range.lowerBound..<current.range.lowerBound]
    return .verbatim(String(decoding: bytes, as: UTF8.self).trimmed)
  }

  /// Goes past the bracket that closes the current one.
  private mutating func skipBrackets() throws(FormatProblem) {
    var open = 0
    repeat {
      if isAt("(") || isAt("{") || isAt("[") { open += 1 }
      if isAt(")") || isAt("}") || isAt("]") { open -= 1 }
      guard current.kind != .end else { throw problem("a closing bracket is expected") }
      advance()
    } while open > 0
  }
}

extension String {
  /// Without blanks at both ends.
  var trimmed: String {
    let bytes = utf8
    guard let first = bytes.firstIndex(where: { $0 > 0x20 }),
      let last = bytes.lastIndex(where: { $0 > 0x20 })
    else { return "" }
    return String(self[first...last])
  }
}
