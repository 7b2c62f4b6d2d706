// Symbolic fields in expressions: names stand for the numbers that the event's own table gives them.

internal import MMQLanguage
internal import MMQTrace

extension Checker {
  /// Two operands of a comparison or a bit operator: a name written beside a symbolic value becomes
  /// its number, so that a script is right on every kernel. A string that is known only at run time
  /// is compared with the value's name.
  mutating func named(_ a: Typed, _ b: Typed) throws -> (Typed, Typed) {
    if let table = a.type?.symbols, b.type == .string { return try named(a, table, b) }
    if let table = b.type?.symbols, a.type == .string {
      let (value, name) = try named(b, table, a)
      return (name, value)
    }
    return (a, b)
  }

  private mutating func named(
    _ value: Typed, _ table: SymbolTable, _ name: Typed
  ) throws -> (Typed, Typed) {
    guard case .string(let bytes) = name.kind else {
      return (try converted(value, to: .string), name)
    }
    let text = String(decoding: bytes, as: UTF8.self)
    guard let number = table.value(named: text) else {
      throw fail(.unknownSymbol(name.span, text, table))
    }
    return (Checker.masked(value, table), Typed(.constant(number), value.type, name.span))
  }

  /// The part of a value that its table names.
  static func masked(_ value: Typed, _ table: SymbolTable?) -> Typed {
    guard let mask = table?.mask else { return value }
    let bits = Typed(.constant(mask), .uint64, value.span)
    return Typed(.binary(.and, value, bits), value.type, value.span)
  }

  /// `value =~ "glob"`: of a symbolic value its name is matched.
  mutating func pattern(_ left: Expression, _ right: Expression, _ span: Span) throws -> Typed {
    try requireQuotes(right, beside: left)
    let glob = Glob(String(decoding: try literal(right), as: UTF8.self))
    var text = try value(left)
    if text.type?.symbols != nil { text = try converted(text, to: .string) }
    guard text.type == .string || text.type == .unknown else {
      throw fail(.wrongType(text.span, "the left side of '=~'", text.type))
    }
    let function = HostFunction(
      name: "=~", argumentWords: 1, resultWords: 1, isPure: true, pattern: glob
    ) { run, arguments, result in
      result[0] = glob.matches(run.strings.string(of: arguments[0])) ? 1 : 0
    }
    return Typed(.call(function, [text]), .bool, span)
  }
}

extension Checker {
  /// A string literal that stands for bits beside a symbolic value: `"A|B"`, `~"A"`, or several of them
  /// joined by operators.
  mutating func bits(of expression: Expression, in table: SymbolTable) throws -> UInt64? {
    switch expression.kind {
    case .string(let bytes):
      let text = String(decoding: bytes, as: UTF8.self)
      guard let number = table.value(named: text) else {
        throw fail(.unknownSymbol(expression.span, text, table))
      }
      return number
    case .unary(.complement, let operand): return try bits(of: operand, in: table).map { ~$0 }
    case .binary(let op, let left, let right) where [.and, .or, .exclusiveOr].contains(op):
      guard let a = try bits(of: left, in: table), let b = try bits(of: right, in: table) else {
        return nil
      }
      return op == .and ? a & b : op == .or ? a | b : a ^ b
    default: return nil
    }
  }

  /// The operands of a bit operator, of which one may be names of the other's bits.
  mutating func bitOperands(
    _ left: Expression, _ right: Expression
  ) throws -> (Typed, Typed) {
    if right.isNamesOfBits, !right.isString, !left.isNamesOfBits {
      let a = try value(left)
      if let table = a.type?.symbols, let bits = try bits(of: right, in: table) {
        return (Checker.masked(a, table), Typed(.constant(bits), a.type, right.span))
      }
      return try named(a, try value(right))
    }
    if left.isNamesOfBits, !left.isString, !right.isNamesOfBits {
      let (b, a) = try bitOperands(right, left)
      return (a, b)
    }
    return try named(try compared(left, with: right), try compared(right, with: left))
  }

  /// The name in a test of bits that are several.
  mutating func severalBits(_ expression: Expression) throws -> String? {
    guard case .binary(.and, let left, let right) = expression.kind,
      case .string(let text) = right.kind, let table = try value(left).type?.symbols,
      let bits = table.value(named: String(decoding: text, as: UTF8.self)), bits.nonzeroBitCount > 1
    else { return nil }
    return String(decoding: text, as: UTF8.self)
  }
}

extension Expression {
  /// Strings and operators on bits, nothing else.
  fileprivate var isNamesOfBits: Bool {
    switch kind {
    case .string: true
    case .unary(.complement, let operand): operand.isNamesOfBits
    case .binary(let op, let left, let right):
      [.and, .or, .exclusiveOr].contains(op) && left.isNamesOfBits && right.isNamesOfBits
    default: false
    }
  }

  fileprivate var isString: Bool {
    if case .string = kind { return true }
    return false
  }

  /// It has the form of a test of bits by a name.
  var testsSeveralBits: Bool {
    if case .binary(.and, _, let right) = kind, case .string = right.kind { return true }
    return false
  }
}
