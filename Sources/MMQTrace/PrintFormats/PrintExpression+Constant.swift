// Evaluates the parts of a print expression that depend on no record.

extension PrintExpression {
  /// The values of macros that stay names in a `print fmt` because no kernel exports them, and
  /// that are the same wherever they exist. Compared with enum vmscan_throttle_state of
  /// include/linux/mmzone.h (5.16, with CONGESTED as the fourth since 5.17), the classes of
  /// include/uapi/linux/ioprio.h (INVALID since 6.5), and enum hrtimer_mode of
  /// include/linux/hrtimer.h (ABS, REL, PINNED of all kernels; SOFT is 4 since 4.16, HARD 8 since
  /// 5.4).
  static let knownConstants: [String: Int32] = [
    "VMSCAN_THROTTLE_WRITEBACK": 0,
    "VMSCAN_THROTTLE_ISOLATED": 1,
    "VMSCAN_THROTTLE_NOPROGRESS": 2,
    "VMSCAN_THROTTLE_CONGESTED": 3,
    "IOPRIO_CLASS_NONE": 0,
    "IOPRIO_CLASS_RT": 1,
    "IOPRIO_CLASS_BE": 2,
    "IOPRIO_CLASS_IDLE": 3,
    "IOPRIO_CLASS_INVALID": 7,
    "HRTIMER_MODE_ABS": 0,
    "HRTIMER_MODE_REL": 1,
    "HRTIMER_MODE_ABS_PINNED": 2,
    "HRTIMER_MODE_REL_PINNED": 3,
    "HRTIMER_MODE_ABS_SOFT": 4,
    "HRTIMER_MODE_REL_SOFT": 5,
    "HRTIMER_MODE_ABS_PINNED_SOFT": 6,
    "HRTIMER_MODE_REL_PINNED_SOFT": 7,
    "HRTIMER_MODE_ABS_HARD": 8,
    "HRTIMER_MODE_REL_HARD": 9,
    "HRTIMER_MODE_ABS_PINNED_HARD": 10,
    "HRTIMER_MODE_REL_PINNED_HARD": 11,
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
