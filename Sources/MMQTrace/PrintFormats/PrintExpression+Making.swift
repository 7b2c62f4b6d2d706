// Builds nodes of a print expression: constants fold, and calls of helpers get their own cases.

extension PrintExpression {
  /// A null pointer.
  static func null(_ longSize: Int) -> PrintExpression {
    .integer(CInteger(0, size: longSize, isSigned: false))
  }

  func folded(_ op: Unary) -> PrintExpression {
    if case .integer(let value) = self, let result = value.apply(op) { return .integer(result) }
    return .unary(op, self)
  }

  func folded(_ op: Binary, _ right: PrintExpression) -> PrintExpression {
    if case .integer(let a) = self, case .integer(let b) = right,
      let result = CInteger.apply(op, a, b)
    {
      return .integer(result)
    }
    return .binary(op, self, right)
  }

  func folded(castTo type: CType) -> PrintExpression {
    if case .integer(let value) = self, type.size != nil { return .integer(value.cast(to: type)) }
    return .cast(type, self)
  }

  /// A call of `name`, as the helper that it is.
  static func made(_ name: String, _ arguments: [PrintExpression]) -> PrintExpression {
    if name == "__builtin_expect", let first = arguments.first { return first }
    if name == "__builtin_constant_p" { return .integer(CInteger(int: 0)) }
    if let kind = Dynamic(rawValue: name), arguments.count == 1,
      case .identifier(let field) = arguments[0]
    {
      return .dynamic(kind, field: field)
    }
    if let helper = Helper(rawValue: name) { return .helper(helper, arguments) }
    return table(name, arguments) ?? .call(name, arguments)
  }

  /// `__print_flags` and `__print_symbolic`; nil for other calls, and for these in odd shapes.
  private static func table(_ name: String, _ arguments: [PrintExpression]) -> PrintExpression? {
    let is64 = name.hasSuffix("_u64")
    switch is64 ? String(name.dropLast(4)) : name {
    case "__print_symbolic":
      guard let value = arguments.first, let symbols = symbols(arguments.dropFirst()) else {
        return nil
      }
      return .symbolic(value, symbols, is64: is64)
    case "__print_flags":
      guard arguments.count >= 2, case .string(let delimiter) = arguments[1],
        let symbols = symbols(arguments.dropFirst(2))
      else { return nil }
      return .flags(arguments[0], delimiter: delimiter, symbols, is64: is64)
    default: return nil
    }
  }

  /// The entries up to the first without a name, where the kernel stops; nil if one is no pair.
  private static func symbols(_ lists: ArraySlice<PrintExpression>) -> [Symbol]? {
    var symbols: [Symbol] = []
    for list in lists {
      guard case .list(let pair) = list, pair.count == 2 else {
        if case .list(let empty) = list, empty.isEmpty { continue }
        return nil
      }
      if pair[1].isNull { break }
      guard case .string(let name) = pair[1] else { return nil }
      symbols.append(Symbol(value: pair[0], name: name))
    }
    return symbols
  }

  private var isNull: Bool {
    if case .integer(let value) = self { return value.bits == 0 }
    return false
  }
}
