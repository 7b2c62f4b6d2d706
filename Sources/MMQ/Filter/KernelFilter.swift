// The part of predicates that the kernel can decide itself.

internal import MMQTrace

/// Turns predicates into the kernel's filter language (Documentation/trace/events.rst, section 5).
///
/// A filter may let too much pass, never too little: the predicate still runs in mmq. So each part of a
/// predicate becomes a formula that is false only for records of which that part is false, and does
/// nothing else. What cannot be said becomes `unknown`: where there is none of it the filter is exact.
struct KernelFilter {
  private let event: EventSchema

  /// The kernel takes less than a page.
  private static let longest = 4000

  /// For an event with several blocks: whatever one of them wants.
  static func formula(of predicates: [Typed?], on event: EventSchema) -> FilterFormula {
    let filter = KernelFilter(event: event)
    let formula = FilterFormula.disjunction(
      predicates.map { $0.map { filter.formula($0, holds: true) } ?? .always })
    return formula.text.map { $0.utf8.count > longest } == true ? .unknown : formula
  }

  /// That an expression is true, or that it is not. False of a record only if the opposite is the case
  /// and finding out does nothing.
  private func formula(_ typed: Typed, holds: Bool) -> FilterFormula {
    switch typed.kind {
    case .logical(let isAnd, let left, let right):
      let first = formula(left, holds: holds)
      guard isAnd == holds else { return .disjunction([first, formula(right, holds: holds)]) }
      // What the left side does must happen before the right side is asked.
      return .conjunction([first, left.hasEffect ? .unknown : formula(right, holds: holds)])
    case .unary(.isZero, let operand): return formula(operand, holds: !holds)
    case .unary(.isNotZero, let operand): return formula(operand, holds: holds)
    case .binary(let opcode, let left, let right):
      return comparison(opcode, left, right, holds) ?? isNotZero(typed, holds)
    case .call(let function, let arguments): return call(function, arguments, holds)
    default:
      guard let word = typed.filterConstant else { return isNotZero(typed, holds) }
      return (word != 0) == holds ? .always : .never
    }
  }

  private func isNotZero(_ typed: Typed, _ holds: Bool) -> FilterFormula {
    guard typed.type != .float, let number = FilterNumber(typed, of: event) else { return .unknown }
    let zero = WordSet(0...0)
    return number.isIn(holds ? zero.complement : zero)
  }

  // MARK: Comparisons

  /// nil where it is none.
  private func comparison(
    _ opcode: Opcode, _ left: Typed, _ right: Typed, _ holds: Bool
  ) -> FilterFormula? {
    let isMirrored = left.isConstant
    let (value, other) = isMirrored ? (right, left) : (left, right)
    if case .string(let text) = other.kind {
      guard opcode == .equal || opcode == .notEqual else { return nil }
      return FilterString(value, of: event)?.equals(text, holds: (opcode == .equal) == holds)
        ?? .unknown
    }
    guard let number = other.filterConstant,
      let words = WordSet(opcode, number, isMirrored: isMirrored)
    else { return nil }
    if case .call(let function, let arguments) = value.kind, function.name == "strncmp" {
      return compare(arguments, words, holds)
    }
    guard let operand = FilterNumber(value, of: event) else { return .unknown }
    return operand.isIn(holds ? words : words.complement)
  }

  /// strncmp() gives 0 or 1.
  private func compare(_ arguments: [Typed], _ words: WordSet, _ holds: Bool) -> FilterFormula {
    switch (words.contains(0), words.contains(1)) {
    case (true, false): isAlike(arguments, holds)
    case (false, true): isAlike(arguments, !holds)
    case (let equal, _): equal == holds ? .always : .never
    }
  }

  /// That two strings are equal up to a length.
  private func isAlike(_ arguments: [Typed], _ holds: Bool) -> FilterFormula {
    guard arguments.count == 3, let length = arguments[2].filterConstant,
      let (value, text) = text(beside: arguments[0], arguments[1])
    else { return .unknown }
    // No further than the first NUL.
    let bytes = Array(text.prefix { $0 != 0 })
    if length > UInt64(bytes.count) { return value.equals(bytes, holds: holds) }
    return value.begins(with: Array(bytes.prefix(Int(length))), holds: holds)
  }

  /// A string of the record, and one that is written.
  private func text(beside a: Typed, _ b: Typed) -> (FilterString, [UInt8])? {
    if case .string(let text) = b.kind { return FilterString(a, of: event).map { ($0, text) } }
    if case .string(let text) = a.kind { return FilterString(b, of: event).map { ($0, text) } }
    return nil
  }

  // MARK: Functions

  private func call(_ function: HostFunction, _ arguments: [Typed], _ holds: Bool) -> FilterFormula
  {
    switch function.name {
    case "strncmp": return isAlike(arguments, !holds)
    case "strcontains":
      guard arguments.count == 2, case .string(let part) = arguments[1].kind,
        let value = FilterString(arguments[0], of: event)
      else { return .unknown }
      return value.contains(Array(part.prefix { $0 != 0 }), holds: holds)
    case "=~":
      guard let pattern = function.pattern, let value = FilterString(arguments[0], of: event) else {
        return .unknown
      }
      return value.matches(pattern, holds: holds)
    default: return .unknown
    }
  }
}
