// Recognises the conditions of a `print fmt` that ask whether a field is zero.

/// `REC->x`, `!REC->x`, `REC->x & 7`, `REC->x == 0` and the like.
struct ZeroTest {
  var subject: DecodedField
  /// True where the condition holds for zero.
  var isTrueForZero: Bool

  static func find(_ condition: PrintExpression, _ fields: [Field]) -> ZeroTest? {
    switch condition {
    case .unary(.not, let operand):
      return find(operand, fields).map {
        ZeroTest(subject: $0.subject, isTrueForZero: !$0.isTrueForZero)
      }
    case .binary(.equal, let left, let right): return compared(left, right, true, fields)
    case .binary(.notEqual, let left, let right): return compared(left, right, false, fields)
    case .binary(.greater, let left, let right):
      let test = compared(left, right, false, fields)
      return test?.subject.field.isSigned == false ? test : nil
    default:
      return DecodedField.find(condition, fields).map {
        ZeroTest(subject: $0, isTrueForZero: false)
      }
    }
  }

  private static func compared(
    _ left: PrintExpression, _ right: PrintExpression, _ isTrueForZero: Bool, _ fields: [Field]
  ) -> ZeroTest? {
    guard right.constant?.bits == 0, let subject = DecodedField.find(left, fields) else {
      return nil
    }
    return ZeroTest(subject: subject, isTrueForZero: isTrueForZero)
  }

  /// What prints for zero instead of a branch: the other branch's string, if that is for zero.
  func zeroName(isThen: Bool, other: PrintExpression) -> (of: DecodedField, name: String)? {
    guard isThen != isTrueForZero, case .string(let name) = other else { return nil }
    return (subject, name)
  }
}
