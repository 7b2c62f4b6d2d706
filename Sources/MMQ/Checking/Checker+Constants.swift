// Numbers that are known before the program runs.

internal import MMQLanguage

extension Checker {
  /// An integer that is known before the program runs; a float that is whole is one.
  mutating func constant(_ expression: Expression) throws -> Int64 {
    let typed = try value(expression)
    guard case .constant(let word) = typed.kind else { throw fail(.notConstant(expression.span)) }
    if typed.type == .float { return try whole(Double(bitPattern: word), expression.span) }
    guard typed.type?.isSigned == true || word <= UInt64(Int64.max) else {
      throw fail(.constantRange(expression.span, "\(word)"))
    }
    return Int64(bitPattern: word)
  }

  private mutating func whole(_ number: Double, _ span: Span) throws -> Int64 {
    guard number.isFinite, number == number.rounded() else { throw fail(.notWhole(span, number)) }
    guard let integer = Int64(exactly: number) else {
      throw fail(.constantRange(span, "\(number)"))
    }
    return integer
  }

  /// The same of an expression that stands in no block; nil after an error.
  mutating func constantOutsideOfBlocks(_ expression: Expression) -> Int64? {
    let wasFinal = isFinal
    isFinal = true
    scopes = [[:]]
    defer { isFinal = wasFinal }
    return try? constant(expression)
  }

  /// An operation on integers; of two constants its result, which may then stand where only a constant
  /// may.
  static func folded(_ code: Opcode, _ a: Typed, _ b: Typed, _ type: Type, _ span: Span) -> Typed {
    if case .constant(let x) = a.kind, case .constant(let y) = b.kind, let word = result(code, x, y)
    {
      return Typed(.constant(word), withoutLiteral(type, of: word), span)
    }
    return Typed(.binary(code, a, b), type, span)
  }

  /// `"foobar" + 3` is `"bar"` and `"a" + "b"` is `"ab"`, as in bpftrace: of constants only.
  static func joinedText(_ a: Typed, _ b: Typed, _ span: Span) -> Typed? {
    guard case .string(let text) = a.kind, a.type == .string else { return nil }
    switch b.kind {
    case .string(let more) where b.type == .string:
      return Typed(.string(text + more), .string, span)
    case .constant(let count) where b.type?.isIntegral == true && count <= UInt64(text.count):
      return Typed(.string(Array(text.dropFirst(Int(count)))), .string, span)
    default: return nil
    }
  }

  /// A negative number takes no other sign.
  private static func withoutLiteral(_ type: Type, of word: UInt64) -> Type {
    guard case .integer(var integer) = type, integer.isSigned, Int64(bitPattern: word) < 0 else {
      return type
    }
    integer.isLiteral = false
    return .integer(integer)
  }

  /// What the machine computes; nil for a division by zero, which must be counted when it happens.
  private static func result(_ code: Opcode, _ a: UInt64, _ b: UInt64) -> UInt64? {
    let (x, y) = (Int64(bitPattern: a), Int64(bitPattern: b))
    switch code {
    case .add: return a &+ b
    case .subtract: return a &- b
    case .multiply: return a &* b
    case .and: return a & b
    case .or: return a | b
    case .exclusiveOr: return a ^ b
    case .shiftLeft: return a &<< b
    case .shiftRightS: return UInt64(bitPattern: x &>> y)
    case .shiftRightU: return a &>> b
    case .divideU: return b == 0 ? nil : a / b
    case .moduloU: return b == 0 ? nil : a % b
    case .divideS: return b == 0 ? nil : UInt64(bitPattern: x.dividedReportingOverflow(by: y).0)
    case .moduloS:
      return b == 0 ? nil : UInt64(bitPattern: x.remainderReportingOverflow(dividingBy: y).0)
    default: return nil
    }
  }
}
