// The values of an enum's cases, known while parsing.

extension Expression {
  /// The number that a constant expression is, as C computes it; nil for what is none.
  func enumValue(_ names: [String: UInt64]) -> UInt64? {
    switch kind {
    case .integer(let value): return value
    case .name(let name): return names[name]
    case .unary(let op, let operand):
      guard let value = operand.enumValue(names) else { return nil }
      switch op {
      case .negate: return 0 &- value
      case .complement: return ~value
      case .plus: return value
      case .not: return value == 0 ? 1 : 0
      }
    case .binary(let op, let left, let right):
      guard let a = left.enumValue(names), let b = right.enumValue(names) else { return nil }
      return Expression.value(op, a, b)
    default: return nil
    }
  }

  private static func value(_ op: BinaryOperator, _ a: UInt64, _ b: UInt64) -> UInt64? {
    let (x, y) = (Int64(bitPattern: a), Int64(bitPattern: b))
    switch op {
    case .add: return a &+ b
    case .subtract: return a &- b
    case .multiply: return a &* b
    case .divide: return b == 0 ? nil : UInt64(bitPattern: x.dividedReportingOverflow(by: y).0)
    case .modulo:
      return b == 0 ? nil : UInt64(bitPattern: x.remainderReportingOverflow(dividingBy: y).0)
    case .and: return a & b
    case .or: return a | b
    case .exclusiveOr: return a ^ b
    case .shiftLeft: return a &<< b
    case .shiftRight: return UInt64(bitPattern: x &>> y)
    default: return nil
    }
  }
}
