// Which bits of which field an expression of a print format shows.

/// Some bits of a field, as a print format shows them: `(value >> shift) & mask`.
struct FieldBits {
  var field: Field
  /// Which element of an array.
  var element = 0
  var shift: UInt64 = 0
  var mask: UInt64

  /// nil for what is no number.
  init?(_ field: Field) {
    guard [.integer, .bool, .pointer].contains(field.shape), [1, 2, 4, 8].contains(field.size)
    else {
      return nil
    }
    self.field = field
    mask = DecodedField.ones(field.size)
  }

  /// nil for what is no such element.
  init?(_ field: Field, element: Int) {
    guard case .array(let size, let count?, _) = field.shape, (0..<min(count, 64)) ~= element else {
      return nil
    }
    (self.field, self.element) = (field, element)
    mask = DecodedField.ones(size)
  }

  var size: Int {
    if case .array(let size, _, _) = field.shape { return size }
    return field.size
  }

  /// What the expression shows; nil where it cannot be undone.
  static func find(_ expression: PrintExpression, _ fields: [String: Field]) -> FieldBits? {
    switch expression {
    case .field(let name): return fields[name].flatMap { FieldBits($0) }
    case .index(let base, let index):
      guard case .field(let name) = base, let element = index.constant else { return nil }
      return fields[name].flatMap { FieldBits($0, element: Int(truncatingIfNeeded: element.bits)) }
    case .cast(let type, let operand):
      guard var found = find(operand, fields) else { return nil }
      if type.text == "bool" || type.text == "_Bool" {
        return found.field.shape == .bool ? found : nil
      }
      if let size = type.size { found.mask &= DecodedField.ones(size) }
      return found
    case .binary(.bitAnd, let left, let right):
      let (operand, constant) = right.constant == nil ? (right, left) : (left, right)
      guard let mask = constant.constant, var found = find(operand, fields) else { return nil }
      found.mask &= mask.bits
      return found
    case .binary(.shiftRight, let operand, let distance):
      guard let distance = distance.constant, distance.bits < 64, var found = find(operand, fields)
      else { return nil }
      found.mask >>= distance.bits
      found.shift += distance.bits
      return found.shift < 64 ? found : nil
    default: return nil
    }
  }
}
