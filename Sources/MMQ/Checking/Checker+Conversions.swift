// Conversions: those that happen by themselves, and casts.

internal import MMQLanguage
internal import MMQTrace

extension Checker {
  /// A value as one of `type`, which holds it: see `Type.joined`.
  mutating func converted(_ typed: Typed, to type: Type) throws -> Typed {
    guard let from = typed.type, from != type, from != .unknown, type != .unknown else {
      return typed
    }
    switch (from, type) {
    case (_, .float) where from.isIntegral: return Checker.float(typed)
    case (.float, _) where type.isIntegral:
      return Typed(.unary(.integerFromF, typed), type, typed.span)
    case (.integer(let integer), .string):
      guard let symbols = integer.symbols else { break }
      return Typed(.call(.symbolName(symbols), [typed]), .string, typed.span)
    case (.integer(let integer), .integer(let wanted)) where integer.isCut(by: wanted):
      return Typed(Checker.masked(typed, integer.symbols).kind, type, typed.span)
    case (.integer, .integer(let wanted)) where wanted.bits < 64:
      return Checker.narrowed(typed, to: wanted)
    case (_, _) where from.isIntegral && type.isIntegral:
      return Typed(typed.kind, type, typed.span)
    case (.array(let old), .array(let wanted)):
      return resized(typed, from: old.size, to: wanted, typed.span)
    case (.tuple(let items), .tuple(let wanted)) where items.count == wanted.count:
      return try rebuilt(typed, items, Array(items.indices), as: type)
    case (.record(let members), .record(let wanted)):
      let order = wanted.compactMap { member in members.firstIndex { $0.name == member.name } }
      return try rebuilt(typed, members.map(\.type), order, as: type)
    default: break
    }
    throw fail(.wrongType(typed.span, type.name, from))
  }

  /// A value computed once, into a variable without a name, and that variable.
  mutating func stored(_ typed: Typed) -> (set: TypedStatement, value: Typed) {
    let index = variables.count
    variables.append(typed.type ?? .unknown)
    variableKeys.append(VariableKey(group: group, declaration: typed.span))
    let set = TypedStatement(kind: .set(.variable(index), typed), span: typed.span)
    return (set, Typed(.variable(index), typed.type, typed.span))
  }

  /// A tuple or record of `type`, made of the parts in the order given, each converted.
  private mutating func rebuilt(
    _ typed: Typed, _ items: [Type], _ order: [Int], as type: Type
  ) throws -> Typed {
    let (set, whole) = stored(typed)
    var parts: [Typed] = []
    for (item, wanted) in zip(order, type.parts ?? []) {
      let offset = items[..<item].reduce(0) { $0 + $1.words }
      let part = Typed(.element(whole, offset: offset), items[item], typed.span)
      parts.append(try converted(part, to: wanted))
    }
    return Typed(.sequence([set], Typed(.tuple(parts), type, typed.span)), type, typed.span)
  }

  static func float(_ typed: Typed) -> Typed {
    let isSigned = typed.type?.isSigned ?? true
    if case .constant(let word) = typed.kind {
      let value = isSigned ? Double(Int64(bitPattern: word)) : Double(word)
      return Typed(.constant(value.bitPattern), .float, typed.span)
    }
    return Typed(.unary(isSigned ? .floatFromS : .floatFromU, typed), .float, typed.span)
  }

  /// An integer cut to a width; wider or equal ones keep their value.
  static func narrowed(_ typed: Typed, to wanted: IntegerType) -> Typed {
    let type = Type.integer(wanted)
    if case .integer(let from)? = typed.type, !from.isLiteral, from.bits <= wanted.bits,
      from.isSigned == wanted.isSigned || (from.bits < wanted.bits && !from.isSigned)
    {
      return Typed(typed.kind, type, typed.span)
    }
    if case .constant(let word) = typed.kind {
      let known = CInteger.extend(word, size: wanted.bits / 8, isSigned: wanted.isSigned)
      return Typed(.constant(known), type, typed.span)
    }
    let code: Opcode
    switch (wanted.bits, wanted.isSigned) {
    case (8, true): code = .extend8
    case (16, true): code = .extend16
    case (32, true): code = .extend32
    case (8, false): code = .truncate8
    case (16, false): code = .truncate16
    case (32, false): code = .truncate32
    default: return Typed(typed.kind, type, typed.span)
    }
    return Typed(.unary(code, typed), type, typed.span)
  }

  /// A number written as a value of an enum must be one of its cases.
  private mutating func requireCase(_ typed: Typed, _ type: IntegerType, _ span: Span) throws {
    guard case .constant(let word) = typed.kind, case .enumeration? = type.symbols?.kind,
      type.symbols?.entries.contains(where: { $0.value == word }) == false
    else { return }
    throw fail(.noEnumCase(span, word, type))
  }

  /// `(type)value`, as written.
  mutating func cast(_ typed: Typed, to type: Type, _ span: Span) throws -> Typed {
    guard let from = typed.type, from != .unknown else { return Typed(typed.kind, type, span) }
    switch (from, type) {
    case (_, .integer(let wanted)) where from.isIntegral:
      try requireCase(typed, wanted, span)
      return Checker.narrowed(typed, to: wanted)
    case (_, .array(let array)): return try cast(typed, to: array, span)
    case (.array(let array), .integer(let wanted))
    where array.count.map { $0 * array.element.byteSize == wanted.bits / 8 } == false:
      throw fail(.badCast(span, from, type))
    case (.buffer, .integer(let wanted)), (.array, .integer(let wanted)):
      let load = HostFunction.integer(wanted, target.machine.byteOrder)
      return Checker.narrowed(Typed(.call(load, [typed]), .uint64, span), to: wanted)
    case (.float, .uint64): return Typed(.unary(.unsignedFromF, typed), .uint64, span)
    case (.float, .integer(let wanted)):
      return Checker.narrowed(Typed(.unary(.integerFromF, typed), .int64, span), to: wanted)
    case (_, .bool) where from.isIntegral || from == .string:
      return Typed(.unary(.isNotZero, typed), .bool, span)
    case (.float, .bool):
      let zero = Typed(.constant(0), .float, span)
      return Typed(.binary(.notEqualF, typed, zero), .bool, span)
    case (_, .float) where from.isIntegral: return Checker.float(typed)
    case (.float, .float), (.string, .string): return typed
    case (_, .string):
      return Typed(.call(.text(of: from), [typed]), .string, span)
    default:
      guard from.joined(with: type) == type else { throw fail(.badCast(span, from, type)) }
      return try converted(typed, to: type)
    }
  }
}
