// Operators: types of results, and the opcode that each becomes.

internal import MMQLanguage

extension Checker {
  mutating func unary(
    _ op: UnaryOperator, _ operand: Expression, _ span: Span, _ asFloat: Bool
  ) throws -> Typed {
    if op == .not {
      let truth = try condition(operand)
      if let known = truth.boundTruth { return Typed(.constant(known ? 0 : 1), .bool, span) }
      return Typed(.unary(.isZero, truth), .bool, span)
    }
    let typed = try value(operand, asFloat: asFloat && op != .complement)
    if op == .complement {
      try requireIntegral(typed, "'~'")
      return Typed(.unary(.complement, typed), Checker.bitType(typed.type), span)
    }
    try requireNumeric(typed, "'\(op.rawValue)'")
    if op == .plus { return typed }
    if typed.type == .float { return Checker.negated(typed, span) }
    if case .integer(let value) = operand.kind, value > UInt64(1) << 63 {
      let low = -(Int128(1) << 63)
      throw fail(.literalRange(span, "-\(value)", .int64, low, Int128(Int64.max)))
    }
    if case .constant(let word) = typed.kind {
      return Typed(.constant(0 &- word), .int64, span)
    }
    return Typed(.unary(.negate, typed), .int64, span)
  }

  private static func negated(_ float: Typed, _ span: Span) -> Typed {
    guard case .constant(let word) = float.kind else {
      return Typed(.unary(.negateF, float), .float, span)
    }
    return Typed(.constant((-Double(bitPattern: word)).bitPattern), .float, span)
  }

  /// `& | ~` keep the names of a field's values; the width is that of any arithmetic.
  private static func bitType(_ type: Type?) -> Type? {
    guard case .integer(let integer)? = type else { return .uint64 }
    return .integer(
      IntegerType(bits: 64, isSigned: integer.isSigned, symbols: integer.symbols))
  }

  mutating func binary(
    _ op: BinaryOperator, _ left: Expression, _ right: Expression, _ span: Span, _ asFloat: Bool
  ) throws -> Typed {
    switch op {
    case .logicalAnd, .logicalOr:
      let a = try condition(left)
      let isAnd = op == .logicalAnd
      if let known = a.boundTruth {
        return known == isAnd
          ? Typed(.unary(.isNotZero, try condition(right)), .bool, span)
          : Typed(.constant(isAnd ? 0 : 1), .bool, span)
      }
      return Typed(.logical(isAnd: isAnd, a, try condition(right)), .bool, span)
    case .matches: return try pattern(left, right, span)
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
      let (a, b) = try named(
        try compared(left, with: right), try compared(right, with: left))
      return try comparison(op, a, b, span)
    case .add, .subtract, .multiply, .divide, .modulo:
      let a = try value(left, asFloat: asFloat)
      let b = try value(right, asFloat: asFloat)
      return try arithmetic(op, a, b, span, asFloat)
    case .and, .or, .exclusiveOr, .shiftLeft, .shiftRight:
      let (a, b) = try bitOperands(left, right)
      return try bits(op, a, b, span)
    }
  }

  // MARK: Arithmetic

  private mutating func arithmetic(
    _ op: BinaryOperator, _ a: Typed, _ b: Typed, _ span: Span, _ asFloat: Bool
  ) throws -> Typed {
    if op == .add, let text = Checker.joinedText(a, b, span) { return text }
    try requireNumeric(a, "'\(op.rawValue)'")
    try requireNumeric(b, "'\(op.rawValue)'")
    guard let (a, b) = settled(a, b) else { return Typed(.binary(.add, a, b), .unknown, span) }
    let isFloat = a.type == .float || b.type == .float || (asFloat && op == .divide)
    if isFloat {
      guard let code = Checker.floatCodes[op] else { throw fail(.floatOperand(span, op.rawValue)) }
      let left = try converted(a, to: .float)
      return Typed(.binary(code, left, try converted(b, to: .float)), .float, span)
    }
    let isSigned = op == .subtract || Checker.isSigned(a, b)
    let type = Checker.result(op, a, b, isSigned: isSigned)
    var typed = Checker.folded(Checker.integerCode(op, isSigned), a, b, type, span)
    typed.isQuotient = op == .divide
    return typed
  }

  /// Operands that have a type. One that is not known yet counts as the other's, a map that only adds
  /// to itself in the end as int64; nil as long as another pass may tell.
  private func settled(_ a: Typed, _ b: Typed) -> (Typed, Typed)? {
    func filled(_ typed: Typed, beside other: Typed) -> Typed? {
      guard typed.type == .unknown else { return typed }
      if let type = other.type, type != .unknown, !type.isLiteral {
        return Typed(typed.kind, type, typed.span)
      }
      return settlesUnknown ? Typed(typed.kind, .int64, typed.span) : nil
    }
    guard let x = filled(a, beside: b), let y = filled(b, beside: a) else { return nil }
    return (x, y)
  }

  /// A number from the script takes the sign of what it meets, as a C programmer expects:
  /// `args.pfn / 2` is unsigned.
  private static func isSigned(_ a: Typed, _ b: Typed) -> Bool {
    func counts(_ typed: Typed) -> Bool { !(typed.type?.isLiteral ?? false) }
    // Both from the script: unsigned only where one of them fits no other type.
    if !counts(a), !counts(b) { return (a.type?.isSigned ?? true) && (b.type?.isSigned ?? true) }
    return (counts(a) && a.type?.isSigned ?? false) || (counts(b) && b.type?.isSigned ?? false)
  }

  /// 64 bits, without names. What is computed of literals, or of what holds some, takes the sign of
  /// what it meets as they do: a difference does not, since it may be negative.
  private static func result(
    _ op: BinaryOperator, _ a: Typed, _ b: Typed, isSigned: Bool
  ) -> Type {
    let isLiteral =
      op != .subtract && a.type?.isLiteral == true && b.type?.isLiteral == true
    return .integer(IntegerType(bits: 64, isSigned: isSigned, isLiteral: isLiteral))
  }

  private static let floatCodes: [BinaryOperator: Opcode] = [
    .add: .addF, .subtract: .subtractF, .multiply: .multiplyF, .divide: .divideF,
  ]

  private static func integerCode(_ op: BinaryOperator, _ isSigned: Bool) -> Opcode {
    switch op {
    case .add: .add
    case .subtract: .subtract
    case .multiply: .multiply
    case .divide: isSigned ? .divideS : .divideU
    case .modulo: isSigned ? .moduloS : .moduloU
    case .and: .and
    case .or: .or
    case .exclusiveOr: .exclusiveOr
    case .shiftLeft: .shiftLeft
    default: isSigned ? .shiftRightS : .shiftRightU
    }
  }

  private mutating func bits(
    _ op: BinaryOperator, _ a: Typed, _ b: Typed, _ span: Span
  ) throws -> Typed {
    try refuseText(op, a, b)
    try requireIntegral(a, "'\(op.rawValue)'")
    try requireIntegral(b, "'\(op.rawValue)'")
    guard let (a, b) = settled(a, b) else { return Typed(.binary(.or, a, b), .unknown, span) }
    let isShift = op == .shiftLeft || op == .shiftRight
    let isSigned = isShift ? a.type?.isSigned ?? true : Checker.isSigned(a, b)
    var type =
      isShift
      ? Type.integer(IntegerType(bits: 64, isSigned: isSigned))
      : Checker.result(op, a, b, isSigned: isSigned)
    if !isShift, case .integer(var integer) = type {
      integer.symbols = a.type?.symbols ?? b.type?.symbols
      type = .integer(integer)
    }
    return Checker.folded(Checker.integerCode(op, isSigned), a, b, type, span)
  }

  /// A text holds the names of flags, and no bits: they are looked for as strings.
  private mutating func refuseText(_ op: BinaryOperator, _ a: Typed, _ b: Typed) throws {
    guard op == .and, case .field(let field) = a.kind, a.type == .string,
      case .string(let name) = b.kind
    else { return }
    let call = "strcontains(args.\(field.name), \"\(String(decoding: name, as: UTF8.self))\")"
    throw fail(.wrongType(a.span, "an operand of '&'", a.type, hint: "\(call) looks for its name"))
  }

  // MARK: Comparisons

  private mutating func comparison(
    _ op: BinaryOperator, _ a: Typed, _ b: Typed, _ span: Span
  ) throws -> Typed {
    guard let typeA = a.type, let typeB = b.type, typeA != .unknown, typeB != .unknown else {
      return Typed(.binary(.equal, a, b), .bool, span)
    }
    let isSwapped = op == .greater || op == .greaterOrEqual
    let (left, right) = isSwapped ? (b, a) : (a, b)
    if typeA == typeB, typeA.isHeldAsString, op == .equal || op == .notEqual {
      return Typed(.binary(op == .equal ? .equal : .notEqual, left, right), .bool, span)
    }
    if op == .equal || op == .notEqual, typeA.hasBytes(like: typeB) {
      return Typed(.binary(op == .equal ? .equal : .notEqual, left, right), .bool, span)
    }
    if typeA.parts != nil, op == .equal || op == .notEqual {
      if let same = try same(left, right, span) {
        return op == .equal ? same : Typed(.unary(.isZero, same), .bool, span)
      }
    }
    guard typeA.isNumeric, typeB.isNumeric else {
      throw fail(.incomparable(span, op.rawValue, typeA, typeB))
    }
    if typeA == .float || typeB == .float {
      let x = try converted(left, to: .float)
      let y = try converted(right, to: .float)
      return Typed(.binary(Checker.floatComparison(op), x, y), .bool, span)
    }
    return Typed(
      .binary(Checker.comparison(op, isSigned: Checker.isSigned(a, b)), left, right), .bool, span)
  }

  /// Whether two tuples have equal parts, or two records equal members, in any order; nil where they
  /// are not alike.
  private mutating func same(_ a: Typed, _ b: Typed, _ span: Span) throws -> Typed? {
    let names: [String]
    switch (a.type, b.type) {
    case (.tuple(let x)?, .tuple(let y)?) where x.count == y.count:
      names = x.indices.map(String.init)
    case (.record(let x)?, .record(let y)?) where Set(x.map(\.name)) == Set(y.map(\.name)):
      names = x.map(\.name)
    default: return nil
    }
    let (setA, storedA) = stored(a)
    let (setB, storedB) = stored(b)
    var all: Typed?
    for name in names {
      let (x, y) = try named(
        try a.constantPart(name) ?? part(storedA, name, a.span, a.span),
        try b.constantPart(name) ?? part(storedB, name, b.span, b.span))
      let equal = try comparison(.equal, x, y, span)
      all = all.map { Typed(.logical(isAnd: true, $0, equal), .bool, span) } ?? equal
    }
    return Typed(.sequence([setA, setB], all), .bool, span)
  }

  private static func comparison(_ op: BinaryOperator, isSigned: Bool) -> Opcode {
    switch op {
    case .equal: .equal
    case .notEqual: .notEqual
    case .less, .greater: isSigned ? .lessS : .lessU
    default: isSigned ? .lessOrEqualS : .lessOrEqualU
    }
  }

  private static func floatComparison(_ op: BinaryOperator) -> Opcode {
    switch op {
    case .equal: .equalF
    case .notEqual: .notEqualF
    case .less, .greater: .lessF
    default: .lessOrEqualF
    }
  }

  // MARK: Requirements

  mutating func requireNumeric(_ typed: Typed, _ what: String) throws {
    guard let type = typed.type, type.isNumeric || type == .unknown else {
      throw fail(.wrongType(typed.span, "an operand of \(what)", typed.type))
    }
  }

  mutating func requireIntegral(_ typed: Typed, _ what: String) throws {
    guard let type = typed.type, type.isIntegral || type == .unknown else {
      throw fail(.wrongType(typed.span, "an operand of \(what)", typed.type))
    }
  }
}
