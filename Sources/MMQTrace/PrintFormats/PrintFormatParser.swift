// Parses a `print fmt` into its format string and a tree for each argument.

/// Recursive descent with C's precedences. Hostile text cannot nest deeper than `depthLimit`.
struct PrintFormatParser {
  /// Nesting, and operators of one chain that don't fold, before the parser gives up. The deepest
  /// format of Linux 6.1 and 6.18 needs no more than 22. A tree's height stays below the square.
  static let depthLimit = 64

  let text: [UInt8]
  let longSize: Int
  var tokens: [PrintToken]
  var position = 0
  private var depth = 0
  private var doubledCount = 0

  init(_ text: [UInt8], longSize: Int) throws(FormatProblem) {
    self.text = text
    self.longSize = longSize
    tokens = try PrintFormatLexer.tokens(of: text)
  }

  mutating func parse() throws(FormatProblem) -> PrintFormat {
    guard current.kind == .string else { throw problem("a string is expected") }
    let format = strings()
    var arguments: [PrintExpression] = []
    while accept(",") { arguments.append(try expression()) }
    guard current.kind == .end else { throw problem("`,` or the end is expected") }
    return PrintFormat(format: format, arguments: arguments)
  }

  // MARK: Tokens

  var current: PrintToken { tokens[position] }

  func token(at offset: Int) -> PrintToken { tokens[min(position + offset, tokens.count - 1)] }

  /// Goes to the next token; stays at the end.
  mutating func advance() { position = min(position + 1, tokens.count - 1) }

  func spelling(_ token: PrintToken) -> String {
    String(decoding: text[token.range], as: UTF8.self)
  }

  func isAt(_ symbol: StaticString) -> Bool { current.symbol == PrintToken.code(symbol) }

  mutating func accept(_ symbol: StaticString) -> Bool {
    guard isAt(symbol) else { return false }
    advance()
    return true
  }

  mutating func expect(_ symbol: StaticString) throws(FormatProblem) {
    guard accept(symbol) else { throw problem("`\(symbol)` is expected") }
  }

  mutating func name() throws(FormatProblem) -> String {
    guard current.kind == .identifier else { throw problem("a name is expected") }
    defer { advance() }
    return spelling(current)
  }

  /// Adjacent string literals, joined.
  mutating func strings() -> [UInt8] {
    var bytes: [UInt8] = []
    while current.kind == .string {
      bytes += PrintFormatLiterals.unquoted(text[current.range])
      advance()
    }
    return bytes
  }

  func problem(_ what: String) -> FormatProblem {
    let found = current.kind == .end ? "the end" : "`\(spelling(current).prefix(40))`"
    return FormatProblem(
      "\(what) at byte \(current.range.lowerBound) of its print fmt, not \(found)")
  }

  // MARK: Operators

  /// A whole expression: everything but the comma operator.
  mutating func expression() throws(FormatProblem) -> PrintExpression {
    let outer = depth
    defer { depth = outer }
    try descend()
    let condition = try binary(minimum: 1)
    guard accept("?") else { return condition }
    // GNU C: `a ?: b` is `a ? a : b`.
    let then = isAt(":") ? try doubled(condition) : try expression()
    try expect(":")
    return .conditional(condition, then: then, else: try expression())
  }

  /// The condition of `a ?: b`, which stands twice in the tree. Few are believed: nested ones would
  /// make trees that no walk finishes.
  private mutating func doubled(
    _ condition: PrintExpression
  ) throws(FormatProblem) -> PrintExpression {
    doubledCount += 1
    guard doubledCount <= 8 else { throw problem("it has too many `?:`") }
    return condition
  }

  /// Counts one level of nesting. A chain of operators counts too: it makes the tree as deep.
  mutating func descend() throws(FormatProblem) {
    depth += 1
    guard depth <= PrintFormatParser.depthLimit else { throw problem("it nests too deeply") }
  }

  private mutating func binary(minimum: Int) throws(FormatProblem) -> PrintExpression {
    let outer = depth
    defer { depth = outer }
    var left = try unary()
    while let (op, precedence) = PrintFormatParser.operators[current.symbol],
      precedence >= minimum
    {
      advance()
      let right = try binary(minimum: precedence + 1)
      let folded = left.folded(op, right)
      if case .integer = folded {} else { try descend() }
      left = folded
    }
    return left
  }

  /// C's binary operators by symbol; a higher precedence binds tighter.
  private static let operators: [UInt16: (PrintExpression.Binary, Int)] = [
    PrintToken.code("||"): (.or, 1), PrintToken.code("&&"): (.and, 2),
    PrintToken.code("|"): (.bitOr, 3), PrintToken.code("^"): (.bitXor, 4),
    PrintToken.code("&"): (.bitAnd, 5), PrintToken.code("=="): (.equal, 6),
    PrintToken.code("!="): (.notEqual, 6), PrintToken.code("<"): (.less, 7),
    PrintToken.code("<="): (.lessEqual, 7), PrintToken.code(">"): (.greater, 7),
    PrintToken.code(">="): (.greaterEqual, 7), PrintToken.code("<<"): (.shiftLeft, 8),
    PrintToken.code(">>"): (.shiftRight, 8), PrintToken.code("+"): (.add, 9),
    PrintToken.code("-"): (.subtract, 9), PrintToken.code("*"): (.multiply, 10),
    PrintToken.code("/"): (.divide, 10), PrintToken.code("%"): (.remainder, 10),
  ]

  private static let prefixes: [UInt16: PrintExpression.Unary] = [
    PrintToken.code("+"): .plus, PrintToken.code("-"): .minus, PrintToken.code("~"): .complement,
    PrintToken.code("!"): .not, PrintToken.code("&"): .addressOf,
    PrintToken.code("*"): .dereference,
  ]

  mutating func unary() throws(FormatProblem) -> PrintExpression {
    let outer = depth
    defer { depth = outer }
    if let op = PrintFormatParser.prefixes[current.symbol] {
      try descend()
      advance()
      return try unary().folded(op)
    }
    if isAt("("), let (type, length) = castType() {
      try descend()
      let start = position
      position += length
      if isAt("{") { return try compoundLiteral(from: start) }
      return try unary().folded(castTo: type)
    }
    return try postfix(try primary())
  }

  private mutating func postfix(
    _ base: PrintExpression
  ) throws(FormatProblem) -> PrintExpression {
    let outer = depth
    defer { depth = outer }
    var base = base
    while true {
      if accept("[") {
        base = .index(base, try expression())
        try expect("]")
      } else if isAt("->") || isAt(".") {
        let isArrow = isAt("->")
        advance()
        let member = try name()
        base = base == .record && isArrow ? .field(member) : .member(base, member, isArrow: isArrow)
      } else {
        return base
      }
      try descend()
    }
  }
}
