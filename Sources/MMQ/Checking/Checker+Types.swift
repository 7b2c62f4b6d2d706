// Types as scripts name them: in casts, declarations, sizeof and typeof.

internal import MMQLanguage
internal import MMQTrace

extension Checker {
  mutating func type(named name: TypeName) throws -> Type {
    switch name.kind {
    case .named(let word): return try type(named: word, name.span)
    case .typeOf(let expression): return try type(of: expression)
    case .array(let element, let count): return try arrayType(element, count, name.span)
    case .enumeration(let word):
      if let type = enumerations.types[word] { return type }
      let known = enumerations.types.keys.sorted()
      throw fail(
        .unknownType(name.span, "enum \(word)", nearest: Nearest.name(to: word, among: known)))
    }
  }

  /// typeof(e), where e may be a type too.
  private mutating func type(of expression: Expression) throws -> Type {
    switch expression.kind {
    case .type(let type): return try self.type(named: type)
    case .name(let name) where TypeNames.integers[name] != nil || TypeNames.others.contains(name):
      return try type(named: name, expression.span)
    default: return try value(expression).type ?? .unknown
    }
  }

  /// `int32[4]`; of a string the number is its size in bpftrace, which strings here do not need.
  private mutating func arrayType(
    _ name: TypeName, _ count: MMQLanguage.Expression?, _ span: Span
  ) throws -> Type {
    let element = try type(named: name)
    let number = try count.map { try constant($0) }
    if element == .string { return .string }
    guard element.isIntegral, number.map({ (0...65536).contains($0) }) != false else {
      throw fail(
        .unknownType(span, "\(element.name)[\(number.map { "\($0)" } ?? "")]", nearest: nil))
    }
    return .array(
      ArrayType(
        element: element, count: number.map { Int($0) }, byteOrder: target.machine.byteOrder))
  }

  private mutating func type(named name: String, _ span: Span) throws -> Type {
    if let integer = TypeNames.integers[name] {
      return .integer(IntegerType(bits: integer.bits, isSigned: integer.isSigned))
    }
    switch name {
    case "bool": return .bool
    case "string": return .string
    case "float64": return .float
    case _ where enumerations.types[name] != nil: return enumerations.types[name] ?? .unknown
    default:
      let known = TypeNames.integers.keys.sorted() + TypeNames.others.sorted()
      throw fail(
        .unknownType(span, name, nearest: Nearest.name(to: name, among: known)))
    }
  }
}
