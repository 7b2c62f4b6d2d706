// Symbolic fields in expressions: names stand for the numbers that the event's own table gives them.

internal import MMQLanguage
internal import MMQTrace

extension Checker {
  /// Two operands of a comparison or a bit operator: a name written beside a symbolic value becomes
  /// its number, so that a script is right on every kernel. A string that is known only at run time
  /// is compared with the value's name.
  mutating func named(_ a: Typed, _ b: Typed) throws -> (Typed, Typed) {
    if let table = a.type?.symbols, b.type == .string { return try named(a, table, b) }
    if let table = b.type?.symbols, a.type == .string {
      let (value, name) = try named(b, table, a)
      return (name, value)
    }
    return (a, b)
  }

  private mutating func named(
    _ value: Typed, _ table: SymbolTable, _ name: Typed
  ) throws -> (Typed, Typed) {
    guard case .string(let bytes) = name.kind else {
      return (try converted(value, to: .string), name)
    }
    let text = String(decoding: bytes, as: UTF8.self)
    guard let number = table.value(named: text) else {
      throw fail(.unknownSymbol(name.span, text, table))
    }
    var masked = value
    if let mask = table.mask {
      let bits = Typed(.constant(mask), .uint64, value.span)
      masked = Typed(.binary(.and, value, bits), value.type, value.span)
    }
    return (masked, Typed(.constant(number), value.type, name.span))
  }

  /// `value =~ "glob"`: of a symbolic value its name is matched.
  mutating func pattern(_ left: Expression, _ right: Expression, _ span: Span) throws -> Typed {
    let glob = Glob(String(decoding: try literal(right), as: UTF8.self))
    var text = try value(left)
    if text.type?.symbols != nil { text = try converted(text, to: .string) }
    guard text.type == .string || text.type == .unknown else {
      throw fail(.wrongType(text.span, "the left side of '=~'", text.type))
    }
    let function = HostFunction(
      name: "=~", argumentWords: 1, resultWords: 1, isPure: true
    ) { run, arguments, result in
      result[0] = glob.matches(run.strings.string(of: arguments[0])) ? 1 : 0
    }
    return Typed(.call(function, [text]), .bool, span)
  }
}
