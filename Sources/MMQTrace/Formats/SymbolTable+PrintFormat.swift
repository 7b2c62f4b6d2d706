// Finds the symbolic tables of an event's fields in its `print fmt`.

extension SymbolTable {
  /// The table of each field that the format decodes by name. Only where the decoded expression is
  /// the field itself, casts aside, or the field masked by a constant; a field with two different
  /// tables has none.
  public static func tables(
    of format: PrintFormat, fields: [Field], longSize: Int
  ) -> [String: SymbolTable] {
    var finder = TableFinder(fields: fields, longSize: longSize)
    for argument in format.arguments { finder.visit(argument, nil) }
    return finder.tables
  }

  /// Whether both name the same values alike, zero aside.
  fileprivate func decodes(like other: SymbolTable) -> Bool {
    kind == other.kind && entries == other.entries && mask == other.mask
      && unresolved == other.unresolved
  }
}

/// Walks the arguments of a print format.
private struct TableFinder {
  let fields: [Field]
  let longSize: Int
  private(set) var tables: [String: SymbolTable] = [:]
  private var ambiguous: Set<String> = []

  init(fields: [Field], longSize: Int) {
    self.fields = fields
    self.longSize = longSize
  }

  /// What prints for zero instead of the expression, and zero of what.
  typealias Zero = (of: DecodedField, name: String)

  mutating func visit(_ expression: PrintExpression, _ zero: Zero?) {
    switch expression {
    case .flags(let value, let delimiter, let symbols, let is64):
      visit(value, nil)
      add(.flags(delimiter: delimiter), value, symbols, is64, zero)
    case .symbolic(let value, let symbols, let is64):
      visit(value, nil)
      add(.values, value, symbols, is64, zero)
    case .cast(_, let operand):
      visit(operand, zero)
    case .conditional(let condition, let then, let otherwise):
      visit(condition, nil)
      let test = ZeroTest.find(condition, fields)
      visit(then, test?.zeroName(isThen: true, other: otherwise))
      visit(otherwise, test?.zeroName(isThen: false, other: then))
    default:
      for child in expression.children { visit(child, nil) }
    }
  }

  private mutating func add(
    _ kind: SymbolTable.Kind, _ value: PrintExpression, _ symbols: [PrintExpression.Symbol],
    _ is64: Bool, _ zero: Zero?
  ) {
    guard var decoded = DecodedField.find(value, fields) else { return }
    let zeroName = zero.flatMap { $0.of == decoded ? $0.name : nil }
    // `__print_flags` and `__print_symbolic` take a kernel `long`; the `_u64` forms don't.
    let bits = is64 ? .max : DecodedField.ones(longSize)
    decoded.mask &= bits
    let cut = bits & DecodedField.ones(decoded.signedSize ?? 8)
    let table = SymbolTable(
      kind: kind,
      entries: symbols.compactMap { symbol in
        symbol.value.constant.map { .init(value: $0.bits & cut, name: symbol.name) }
      },
      zeroName: zeroName, mask: decoded.effectiveMask,
      unresolved: symbols.filter { $0.value.constant == nil }.map(\.name))
    keep(table, for: decoded.field.name)
  }

  private mutating func keep(_ table: SymbolTable, for name: String) {
    if let other = tables[name], !other.decodes(like: table) {
      tables[name] = nil
      ambiguous.insert(name)
    } else if !ambiguous.contains(name), tables[name]?.zeroName == nil {
      tables[name] = table
    }
  }
}
