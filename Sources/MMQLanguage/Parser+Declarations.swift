// What stands beside probes: imports, macros, enums, map declarations.

extension Parser {
  /// `import "path";`
  mutating func importDeclaration() throws -> Import {
    let start = token.span.start
    advance()
    guard case .string(let path) = token.kind else {
      throw fail(.expected("the path of the file to import, as a string", token))
    }
    advance()
    _ = take(";")
    return Import(path: String(decoding: path, as: UTF8.self), span: span(from: start))
  }

  /// `macro name($v, @m, e) { … }`; without parameters the parentheses may be left out.
  mutating func macro() throws -> Macro {
    let start = token.span.start
    advance()
    let name = try identifier("the name of the macro")
    var parameters: [Macro.Parameter] = []
    if take("(") {
      while !at(")") {
        parameters.append(try macroParameter())
        guard take(",") else { break }
      }
      try expect(")", "after the macro's parameters")
    }
    let body = try block()
    return Macro(name: name, parameters: parameters, body: body, span: span(from: start))
  }

  private mutating func macroParameter() throws -> Macro.Parameter {
    let parameter: Macro.Parameter
    switch token.kind {
    case .variable(let name): parameter = .variable(name)
    case .map(let name): parameter = .map(name)
    case .identifier(let name): parameter = .expression(name)
    default: throw fail(.expected("a parameter: $variable, @map or a name", token))
    }
    advance()
    return parameter
  }

  /// `enum Name { A, B = 5 };` The name may be left out.
  mutating func enumeration() throws -> Enumeration {
    let start = token.span.start
    advance()
    var name: String?
    if !at("{") { name = try identifier("the name of the enum") }
    try expect("{", "to open the enum")
    var cases: [(name: String, value: UInt64)] = []
    while !at("}") {
      startItem()
      let item = try identifier("a name")
      let value = take("=") ? try enumValue(cases) : (cases.last.map { $0.value &+ 1 } ?? 0)
      cases.append((item, value))
      guard take(",") else { break }
    }
    try expect("}", "to close the enum")
    _ = take(";")
    return Enumeration(name: name, cases: cases, span: span(from: start))
  }

  /// A constant expression of numbers and of the cases before it.
  private mutating func enumValue(_ cases: [(name: String, value: UInt64)]) throws -> UInt64 {
    let first = token
    let expression = try expression()
    let names = Dictionary(cases, uniquingKeysWith: { a, _ in a })
    guard let value = expression.enumValue(names) else {
      throw fail(.expected("a number", first, at: expression.span))
    }
    return value
  }

  /// `let @name = hash(N);`
  mutating func mapDeclaration() throws -> MapDeclaration {
    let start = token.span.start
    advance()
    guard case .map(let name) = token.kind else {
      throw fail(.expected("a map after 'let'", token))
    }
    advance()
    try expect("=", "after the map's name")
    let kind = try identifier("the kind of the map, such as hash or lruhash")
    try expect("(", "after the kind of the map")
    let limit = try expression()
    try expect(")", "after the number of keys")
    _ = take(";")
    return MapDeclaration(name: name, kind: kind, limit: limit, span: span(from: start))
  }

  mutating func identifier(_ what: String) throws -> String {
    guard case .identifier(let name) = token.kind else { throw fail(.expected(what, token)) }
    advance()
    return name
  }
}
