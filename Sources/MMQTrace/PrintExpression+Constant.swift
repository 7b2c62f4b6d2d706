// Evaluates the parts of a print expression that depend on no record.

extension PrintExpression {
  /// The values of macros that stay names in a `print fmt` because no kernel exports them, and
  /// that are the same wherever they exist. From include/linux/mmzone.h (vmscan_throttle_state).
  static let knownConstants: [String: Int32] = [
    "VMSCAN_THROTTLE_WRITEBACK": 0,
    "VMSCAN_THROTTLE_ISOLATED": 1,
    "VMSCAN_THROTTLE_NOPROGRESS": 2,
    "VMSCAN_THROTTLE_CONGESTED": 3,
  ]

  /// The value, if it is the same for every record.
  public var constant: CInteger? {
    switch self {
    case .integer(let value): return value
    case .identifier(let name): return PrintExpression.knownConstants[name].map(CInteger.init(int:))
    case .unary(let op, let operand): return operand.constant?.apply(op)
    case .cast(let type, let operand):
      return type.size == nil ? nil : operand.constant?.cast(to: type)
    case .binary(let op, let left, let right):
      guard let a = left.constant, let b = right.constant else { return nil }
      return CInteger.apply(op, a, b)
    case .conditional(let condition, let then, let otherwise):
      guard let truth = condition.constant else { return nil }
      return truth.bits != 0 ? then.constant : otherwise.constant
    default: return nil
    }
  }
}
