// Recognises the expressions of a `print fmt` that are a field, or some bits of one.

/// What a table decodes, or a condition tests: bits of one field.
struct DecodedField: Equatable {
  var field: Field
  /// Bits of the field's value (extended to 64 by its sign) that count.
  var mask: UInt64 = .max
  /// Set where a cast made the value a signed number of so many bytes.
  var signedSize: Int?

  /// Nil where the expression isn't an integer field, cast or masked by constants.
  static func find(_ expression: PrintExpression, _ fields: [Field]) -> DecodedField? {
    switch expression {
    case .field(let name):
      guard let field = fields.first(where: { $0.name == name }),
        [.integer, .bool, .pointer].contains(field.shape)
      else { return nil }
      return DecodedField(field: field)
    case .cast(let type, let operand):
      guard let size = type.size, var found = find(operand, fields) else { return nil }
      found.cast(to: size, type.isSigned)
      return found
    case .binary(.bitAnd, let left, let right):
      let (constant, operand) = right.constant == nil ? (left, right) : (right, left)
      guard let mask = constant.constant, var found = find(operand, fields) else { return nil }
      found.mask &= mask.bits
      return found
    default: return nil
    }
  }

  /// A cast that can change the value is a mask.
  private mutating func cast(to size: Int, _ isSigned: Bool) {
    let holdsAll =
      field.isSigned
      ? isSigned && field.size <= size
      : field.size < size || field.size == size && !isSigned
    if size == 8 || holdsAll { return }
    mask &= DecodedField.ones(size)
    signedSize = isSigned ? size : nil
  }

  /// The low `size` bytes.
  static func ones(_ size: Int) -> UInt64 { size >= 8 ? .max : (1 << UInt64(size * 8)) - 1 }

  /// The mask, or nil where it leaves out nothing that the field can hold.
  var effectiveMask: UInt64? {
    let possible = field.isSigned ? .max : DecodedField.ones(field.size)
    return mask & possible == possible ? nil : mask
  }

  static func == (a: DecodedField, b: DecodedField) -> Bool {
    a.field.name == b.field.name && a.effectiveMask == b.effectiveMask
  }
}
