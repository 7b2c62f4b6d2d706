// Arguments that are bytes: strings, buffers, and fields that are arrays.

internal import MMQLanguage
internal import MMQTrace

extension Checker {
  /// An argument as an id of bytes in the string pool: of a string up to its NUL, of an array field
  /// all of it.
  mutating func bytes(_ expression: Expression, _ function: String) throws -> Typed {
    let typed = try value(expression)
    switch typed.type {
    case .string?, .buffer?, .unknown?: return typed
    case .array(let array)?:
      guard let size = array.size else { return Typed(typed.kind, .buffer, typed.span) }
      return Typed(.call(ArrayBytes.resized(from: size, to: nil), [typed]), .buffer, typed.span)
    case .pointer?:
      throw fail(.memoryPointer(typed.span, function))
    case let type? where type.symbols != nil: return try converted(typed, to: .string)
    default: throw fail(.wrongType(typed.span, "the argument of \(function)()", typed.type))
    }
  }

  /// The field that an expression is, if it is `args.name` of an event that has it.
  func fieldArgument(_ expression: Expression) throws -> (Field, EventSchema)? {
    guard case .member(let base, let name, _) = expression.kind, case .name("args") = base.kind,
      case .event(let events) = place, let event = events.first,
      let field = event.field(named: name)
    else { return nil }
    return (field, event)
  }

  /// How many bytes an argument has, where that is known beforehand.
  func knownSize(_ expression: Expression) throws -> Int? {
    guard let (field, _) = try fieldArgument(expression), field.size > 0 else { return nil }
    switch field.shape {
    case .array, .string: return field.size
    default: return nil
    }
  }
}

extension HostFunction {
  /// All bytes of a field of the record at hand.
  static func bytes(of field: Field, _ order: ByteOrder) -> HostFunction {
    let isFixed = if case .array(_, _?, _) = field.shape { true } else { false }
    return HostFunction(
      name: "bytes of \(field.name)", argumentWords: 0, resultWords: 1, isPure: true
    ) {
      run, _, result in
      let record = run.context.record(order)
      guard let bytes = record.bytes(field) else {
        run.faults.strayStrings += 1
        result[0] = 0
        return
      }
      result[0] = ArrayBytes.intern(bytes, isFixed: isFixed, run.strings)
    }
  }
}

extension EventRef {
  /// All bytes of a field; nil where they lie outside of the record.
  func bytes(_ field: Field) -> UnsafeRawBufferPointer? {
    guard field.offset >= 0, field.size >= 0, field.end <= size else { return nil }
    switch field.shape {
    case .dynamicArray(_, _, let relative), .dynamicString(let relative):
      guard field.offset <= size - 4 else { return nil }
      let word = base.load(UInt32.self, at: field.offset, byteOrder)
      let start = Int(word & 0xffff) + (relative ? field.offset + 4 : 0)
      let length = Int(word >> 16)
      guard start + length <= size else { return nil }
      return UnsafeRawBufferPointer(start: base + start, count: length)
    default:
      let length = field.size == 0 ? size - field.offset : field.size
      return UnsafeRawBufferPointer(start: base + field.offset, count: length)
    }
  }
}

extension Diagnostic {
  static func memoryPointer(_ span: Span, _ function: String) -> Diagnostic {
    Diagnostic(
      .error, "memory-pointer", span,
      "\(function)() cannot follow a pointer: a trace holds no memory, only the fields of events")
  }
}
