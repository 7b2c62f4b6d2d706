// The enums of a script.

internal import MMQLanguage
internal import MMQTrace

/// Names to values and types. An enum's values print by name, as those of symbolic fields do.
struct Enumerations {
  private(set) var constants: [String: (value: UInt64, type: Type)] = [:]
  private(set) var types: [String: Type] = [:]

  private(set) var diagnostics: [Diagnostic] = []

  init(_ declarations: [Enumeration] = []) {
    for declaration in declarations {
      let entries = declaration.cases.map { SymbolTable.Entry(value: $0.value, name: $0.name) }
      let table = SymbolTable(kind: .enumeration, entries: entries)
      let type = Type.integer(IntegerType(bits: 64, isSigned: false, symbols: table))
      if let name = declaration.name {
        if types[name] != nil {
          diagnostics.append(.declaredTwice(declaration.span, "enum " + name))
        }
        types[name] = type
      }
      for item in declaration.cases {
        if constants[item.name] != nil {
          diagnostics.append(.declaredTwice(declaration.span, item.name))
        }
        constants[item.name] = (item.value, type)
      }
    }
  }
}
