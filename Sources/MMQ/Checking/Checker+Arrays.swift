// Arrays, and what else has elements: indexing, and casts from and to the bytes of integers.

internal import MMQLanguage
internal import MMQTrace

extension Checker {
  /// `base[index]`: an element of an array, a part of a tuple, a byte of a string.
  mutating func element(_ base: Expression, _ index: Expression, _ span: Span) throws -> Typed {
    let typed = try value(base)
    let position = try value(index)
    try requireIntegral(position, "'[]'")
    switch typed.type {
    case .array(let array)?: return try element(typed, array, position, span)
    case .tuple?:
      guard case .constant(let number) = position.kind else { throw fail(.notConstant(index.span)) }
      return try part(typed, String(Int64(bitPattern: number)), index.span, span)
    case .string?, .unknown?:
      let byte = IntegerType(bits: 8, isSigned: true)
      return Typed(.call(.byteOfString, [typed, position]), .integer(byte), span)
    default: throw fail(.notIndexable(span, typed.type))
    }
  }

  /// An element that is known beforehand is as cheap as a field of its own.
  private mutating func element(
    _ base: Typed, _ array: ArrayType, _ position: Typed, _ span: Span
  ) throws -> Typed {
    if case .constant(let word) = position.kind {
      let index = Int(truncatingIfNeeded: word)
      if index < 0 || array.count.map({ index >= $0 }) == true {
        throw fail(.outOfBounds(position.span, index, array))
      }
      if case .field(let field) = base.kind, let element = field.element(index),
        Type(arrayOf: field, array.byteOrder) == base.type
      {
        return Typed(.field(element), array.element, span)
      }
    }
    return Typed(.call(.element(of: array, span), [base, position]), array.element, span)
  }

  /// A part of a tuple or record by its name, `0` or `x`.
  mutating func part(
    _ typed: Typed, _ name: String, _ nameSpan: Span, _ span: Span
  ) throws -> Typed {
    let index: Int? =
      switch typed.type {
      case .tuple?: Int(name)
      case .record(let members)?: members.firstIndex { $0.name == name }
      default: nil
      }
    guard let index, let parts = typed.type?.parts, parts.indices.contains(index) else {
      throw fail(.noMember(nameSpan, name, typed.type))
    }
    if case .tuple(let items) = typed.kind, items.allSatisfy(\.isConstant) { return items[index] }
    let offset = parts[..<index].reduce(0) { $0 + $1.words }
    return Typed(.element(typed, offset: offset), parts[index], span)
  }

  // MARK: Casts

  /// `(uint8[4])e`: the bytes of an integer, a string with its NUL, a buffer or another array. Without
  /// a count it is the value's size that decides.
  mutating func cast(_ typed: Typed, to array: ArrayType, _ span: Span) throws -> Typed {
    let wanted = array.count.map { $0 * array.element.byteSize }
    var size = byteSize(of: typed, wanted)
    if typed.type?.isLiteral == true, wanted == nil {
      size = max(size ?? 0, array.element.byteSize)
    }
    let known = wanted ?? size
    let problem = Diagnostic.badCast(span, typed.type ?? .unknown, .array(array))
    var type = array
    type.count = known.map { array.count(ofBytes: $0) }
    if let size, let wanted, size != wanted { throw fail(problem) }
    if let known, known % array.element.byteSize != 0 { throw fail(problem) }
    switch typed.type {
    case let from? where from.isIntegral:
      guard let known, known <= 8 else { throw fail(problem) }
      let bytes = HostFunction.bytesOfInteger(known, array.byteOrder)
      return Typed(.call(bytes, [typed]), .array(type), span)
    case .string?:
      return Typed(
        .call(.bytesOfString(wanted, isFixed: known != nil), [typed]), .array(type), span)
    case .buffer?: return resized(typed, from: nil, to: type, span)
    case .array(let from)?: return resized(typed, from: from.size, to: type, span)
    default: throw fail(problem)
    }
  }

  /// Bytes as an array of another length; those of equal length are the same.
  func resized(_ typed: Typed, from: Int?, to array: ArrayType, _ span: Span) -> Typed {
    if from == array.size { return Typed(typed.kind, .array(array), span) }
    return Typed(
      .call(ArrayBytes.resized(from: from, to: array.size), [typed]), .array(array), span)
  }

  /// The size of what is cast; nil where it is not known, or fits whatever is wanted.
  private func byteSize(of typed: Typed, _ wanted: Int?) -> Int? {
    switch (typed.type, typed.kind) {
    case (.integer(let integer)?, .constant(let word)) where integer.bits == 64:
      let least = min(Checker.leastSize(of: word), Checker.leastSize(of: ~word << 1))
      return wanted.map { least <= $0 ? $0 : least } ?? least
    case (.array(let array)?, _): return array.count.map { $0 * array.element.byteSize }
    case (.string?, .string(let text)): return wanted ?? text.count + 1
    case (let type?, _) where type.isIntegral: return type.byteSize
    default: return nil
    }
  }

  /// Bytes of the smallest integer that holds a literal, as bpftrace types it.
  static func leastSize(of word: UInt64) -> Int {
    [1, 2, 4].first { word >> (8 * UInt64($0)) == 0 } ?? 8
  }
}

extension Field {
  /// One element of an array of known length, as a field; nil where there is no such one.
  fileprivate func element(_ index: Int) -> Field? {
    guard case .array(let size, let count?, let signed) = shape, 0..<count ~= index else {
      return nil
    }
    return Field(
      name: "\(name)[\(index)]", typeText: typeText, offset: offset + index * size, size: size,
      isSigned: signed, shape: .integer)
  }
}

extension HostFunction {
  /// The element of an array at an index; behind its end 0, which is counted.
  static func element(of array: ArrayType, _ span: Span) -> HostFunction {
    HostFunction(name: "element", argumentWords: 2, resultWords: 1, isPure: true) {
      run, arguments, result in
      let bytes = run.strings.bytes(of: arguments[0])
      // The bytes of a zero are left out.
      let present = array.count(ofBytes: bytes.count)
      let count = UInt64(array.count ?? present)
      if arguments[1] < count {
        result[0] = arguments[1] < UInt64(present) ? array.word(bytes, at: Int(arguments[1])) : 0
      } else {
        result[0] = 0
        run.faults.outOfBounds[span, default: 0] += 1
      }
    }
  }

  /// The lowest bytes of an integer, as the traced machine stores them.
  static func bytesOfInteger(_ size: Int, _ order: ByteOrder) -> HostFunction {
    HostFunction(name: "bytes", argumentWords: 1, resultWords: 1, isPure: true) {
      run, arguments, result in
      let bytes = (0..<size).map { UInt8(truncatingIfNeeded: arguments[0] >> (8 * UInt64($0))) }
      result[0] = ArrayBytes.intern(
        order == .little ? bytes : bytes.reversed(), isFixed: true, run.strings)
    }
  }

  /// A string with its NUL, cut or filled to a size.
  static func bytesOfString(_ size: Int?, isFixed: Bool) -> HostFunction {
    HostFunction(name: "bytes", argumentWords: 1, resultWords: 1, isPure: true) {
      run, arguments, result in
      var bytes = Array(run.strings.bytes(of: arguments[0])) + [0]
      if let size {
        bytes = Array(bytes.prefix(size)) + [UInt8](repeating: 0, count: max(0, size - bytes.count))
      }
      result[0] = ArrayBytes.intern(bytes, isFixed: isFixed, run.strings)
    }
  }
}
