// The part of predicates that the kernel can decide itself.

internal import MMQTrace

/// Turns predicates into the kernel's filter language (Documentation/trace/events.rst, section 5). Only
/// what means exactly the same there is taken: comparisons of integer fields with numbers that the
/// field can hold, which the kernel does not check. The predicate itself still runs in mmq.
enum KernelFilter {
  /// The kernel refuses filters of some thousand bytes.
  private static let longest = 2048

  /// For an event with several blocks: whatever one of them wants. nil where one wants everything.
  static func text(of predicates: [Typed?]) -> String? {
    var parts: [String] = []
    for predicate in predicates {
      guard let predicate else { return nil }
      let terms = terms(of: predicate)
      guard !terms.isEmpty else { return nil }
      let part = terms.joined(separator: " && ")
      if !parts.contains(part) { parts.append(part) }
    }
    let text = parts.count == 1 ? parts[0] : parts.map { "(\($0))" }.joined(separator: " || ")
    return text.isEmpty || text.utf8.count > longest ? nil : text
  }

  /// The conjuncts up to the first that cannot be expressed: it might do something.
  private static func terms(of predicate: Typed) -> [String] {
    var terms: [String] = []
    for conjunct in conjuncts(predicate) {
      guard let term = term(conjunct) else { break }
      terms.append(term)
    }
    return terms
  }

  private static func conjuncts(_ typed: Typed) -> [Typed] {
    guard case .logical(isAnd: true, let left, let right) = typed.kind else { return [typed] }
    return conjuncts(left) + conjuncts(right)
  }

  private static func term(_ typed: Typed) -> String? {
    guard case .binary(let opcode, let left, let right) = typed.kind else { return nil }
    if let operand = FilterOperand(left), case .constant(let number) = right.kind, isNumber(right) {
      return operand.compare(opcode, isMirrored: false, number)
    }
    if let operand = FilterOperand(right), case .constant(let number) = left.kind, isNumber(left) {
      return operand.compare(opcode, isMirrored: true, number)
    }
    return nil
  }

  private static func isNumber(_ typed: Typed) -> Bool {
    if case .integer = typed.type { return true }
    return false
  }
}

/// What stands on one side of a comparison.
private struct FilterOperand {
  let name: String
  let bits: Int
  let isSigned: Bool

  init?(_ typed: Typed) {
    switch typed.kind {
    case .field(let field):
      guard field.shape == .integer, !field.isCommon, [1, 2, 4, 8].contains(field.size) else {
        return nil
      }
      (name, bits, isSigned) = (field.name, field.size * 8, field.isSigned)
    case .context(.tid): (name, bits, isSigned) = ("common_pid", 32, true)
    default: return nil
    }
  }

  /// Mirrored: the number stands on the left.
  func compare(_ opcode: Opcode, isMirrored: Bool, _ number: UInt64) -> String? {
    guard number <= UInt64.max >> UInt64(64 - bits + 1) else { return nil }
    let isOrderExact: Bool
    let text: String
    switch opcode {
    case .equal: return "\(name) == \(number)"
    case .notEqual: return "\(name) != \(number)"
    case .lessU, .lessOrEqualU:
      isOrderExact = !isSigned
      text = opcode == .lessU ? (isMirrored ? ">" : "<") : (isMirrored ? ">=" : "<=")
    case .lessS, .lessOrEqualS:
      isOrderExact = isSigned || bits < 64
      text = opcode == .lessS ? (isMirrored ? ">" : "<") : (isMirrored ? ">=" : "<=")
    default: return nil
    }
    return isOrderExact ? "\(name) \(text) \(number)" : nil
  }
}
