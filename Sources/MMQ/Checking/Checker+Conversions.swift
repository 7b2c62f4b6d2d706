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
    case (.integer, .integer(let wanted)) where wanted.bits < 64:
      return Checker.narrowed(typed, to: wanted)
    case (_, _) where from.isIntegral && type.isIntegral:
      return Typed(typed.kind, type, typed.span)
    case (.tuple(let items), .tuple(let wanted)) where items.count == wanted.count:
      return try converted(typed, items, to: wanted)
    default: break
    }
    throw fail(.wrongType(typed.span, type.name, from))
  }

  private mutating func converted(
    _ typed: Typed, _ items: [Type], to wanted: [Type]
  ) throws -> Typed {
    var parts: [Typed] = []
    var offset = 0
    for (index, item) in items.enumerated() {
      let part: Typed
      if case .tuple(let written) = typed.kind {
        part = written[index]
      } else {
        part = Typed(.element(typed, offset: offset), item, typed.span)
      }
      parts.append(try converted(part, to: wanted[index]))
      offset += item.words
    }
    return Typed(.tuple(parts), .tuple(wanted), typed.span)
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
  private static func narrowed(_ typed: Typed, to wanted: IntegerType) -> Typed {
    let type = Type.integer(wanted)
    if case .integer(let from)? = typed.type, !from.isLiteral, from.bits <= wanted.bits,
      from.isSigned == wanted.isSigned || (from.bits < wanted.bits && !from.isSigned)
    {
      return Typed(typed.kind, type, typed.span)
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

  /// `(type)value`, as written.
  mutating func cast(_ typed: Typed, to type: Type, _ span: Span) throws -> Typed {
    guard let from = typed.type, from != .unknown else { return Typed(typed.kind, type, span) }
    switch (from, type) {
    case (_, .integer(let wanted)) where from.isIntegral: return Checker.narrowed(typed, to: wanted)
    case (.buffer, .integer(let wanted)):
      let load = HostFunction.integer(wanted, target.machine.byteOrder)
      return Checker.narrowed(Typed(.call(load, [typed]), .uint64, span), to: wanted)
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
    default: throw fail(.badCast(span, from, type))
    }
  }
}
