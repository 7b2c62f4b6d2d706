// Expressions: each leaves its value in registers.

internal import MMQLanguage
internal import MMQTrace

extension Compiler {
  /// Compiles an expression and says where its value is: in `target` if that is given, else where
  /// it is cheapest; variables and constants stay where they are.
  mutating func value(_ typed: Typed, into target: Int? = nil) -> Int {
    guard let value = KnownValue(typed, threadField: threadField),
      let home = known.home(of: value), target == nil || !value.isQuick
    else { return read(typed, into: target) }
    if known.load(value) { _ = read(typed, into: home) }
    return moved(home, target, typed.span, typed.words)
  }

  /// As above where another expression runs before the value is used, which may change a variable:
  /// `$a + $a++`.
  mutating func value(_ typed: Typed, before other: Typed?) -> Int {
    value(typed, into: other?.hasEffect == true ? emitter.allocate(typed.words) : nil)
  }

  private mutating func read(_ typed: Typed, into target: Int?) -> Int {
    let span = typed.span
    switch typed.kind {
    case .constant(let word): return moved(emitter.constant(word), target, span)
    case .string(let bytes): return moved(emitter.constant(strings.intern(bytes)), target, span)
    case .variable(let index): return moved(variables[index], target, span, typed.words)
    case .field(let field): return load(field, target, span)
    case .context(let context): return self.context(context, target, span)
    case .map(let map, let key): return read(map, key, target, span)
    case .unary(let code, let operand):
      let register = value(operand)
      return emit(code, target, register, 0, span)
    case .binary(let code, let left, let right):
      let a = value(left, before: right)
      let b = value(right)
      return emit(code, target, a, b, span)
    case .logical, .conditional: return branching(typed, target)
    case .tuple(let items): return tuple(items, target, typed.words)
    case .element(let base, let offset):
      return moved(value(base) + offset, target, span, typed.words)
    case .step(let place, let amount, let givesNew):
      return step(place, amount, givesNew, target, span)
    case .deleteKey(let map, let key):
      defer { known.forget(map) }
      return access(.mapDelete, map, key, target, span)
    case .hasKey(let map, let key): return access(.mapHas, map, key, target, span)
    case .sequence(let statements, let last):
      self.statements(statements)
      return last.map { value($0, into: target) } ?? target ?? 0
    case .call(let function, let arguments): return call(function, arguments, target, span)
    }
  }

  /// An instruction with a result.
  private mutating func emit(
    _ code: Opcode, _ target: Int?, _ b: Int, _ c: Int, _ span: Span
  ) -> Int {
    let register = target ?? emitter.allocate(1)
    emitter.emit(code, register, b, c, at: span)
    return register
  }

  /// A value that lies in registers already, moved only if it must lie elsewhere.
  private mutating func moved(_ from: Int, _ target: Int?, _ span: Span, _ words: Int = 1) -> Int {
    guard let target, target != from else { return from }
    move(from, to: target, words, span)
    return target
  }

  mutating func move(_ from: Int, to target: Int, _ words: Int, _ span: Span) {
    for word in 0..<words { emitter.emit(.move, target + word, from + word, at: span) }
  }

  private mutating func tuple(_ items: [Typed], _ target: Int?, _ words: Int) -> Int {
    let first = target ?? emitter.allocate(words)
    var next = first
    for item in items {
      _ = value(item, into: next)
      next += item.words
    }
    return first
  }

  // MARK: The record

  private mutating func load(_ field: Field, _ target: Int?, _ span: Span) -> Int {
    minimumEventSize = max(minimumEventSize, field.end)
    switch field.shape {
    case .string where field.size == 0: return emit(.loadTail, target, field.offset, 0, span)
    case .string: return emit(.loadString, target, field.offset, field.size, span)
    case .dynamicString(let relative):
      return emit(.loadDynamic, target, field.offset, relative ? 1 : 0, span)
    case .array, .dynamicArray: return call(.bytes(of: field, byteOrder), [], target, span)
    default: return loadInteger(field, target, span)
    }
  }

  /// In the other byte order a load is followed by a swap, and by the sign.
  private mutating func loadInteger(_ field: Field, _ target: Int?, _ span: Span) -> Int {
    let isSwapped = byteOrder != .host
    let signed = field.isSigned && !isSwapped
    let code: Opcode =
      switch field.size {
      case 1: field.isSigned ? .loadI8 : .loadU8
      case 2: signed ? .loadI16 : .loadU16
      case 4: signed ? .loadI32 : .loadU32
      default: .load64
      }
    let register = emit(code, target, field.offset, 0, span)
    guard isSwapped, field.size > 1 else { return register }
    let swap: Opcode = field.size == 2 ? .swap16 : field.size == 4 ? .swap32 : .swap64
    emitter.emit(swap, register, register, at: span)
    if field.isSigned, field.size < 8 {
      emitter.emit(field.size == 2 ? .extend16 : .extend32, register, register, at: span)
    }
    return register
  }

  private mutating func context(_ context: Typed.Context, _ target: Int?, _ span: Span) -> Int {
    switch context {
    case .time: return emit(.time, target, 0, 0, span)
    case .cpu: return emit(.cpu, target, 0, 0, span)
    case .probe: return emit(.probe, target, 0, 0, span)
    case .tid: return load(threadField, target, span)
    case .comm:
      let thread = load(threadField, nil, span)
      return emit(.comm, target, thread, 0, span)
    }
  }

  // MARK: Maps

  /// The registers of a key; of a map without keys none are read.
  mutating func key(_ key: Typed?) -> Int { key.map { value($0) } ?? 0 }

  private mutating func access(
    _ code: Opcode, _ map: Int, _ key: Typed?, _ target: Int?, _ span: Span
  ) -> Int {
    let keyRegister = self.key(key)
    return emit(code, target, map, keyRegister, span)
  }

  private mutating func read(_ map: Int, _ key: Typed?, _ target: Int?, _ span: Span) -> Int {
    if case .aggregation = shapes[map].content { return access(.mapRead, map, key, target, span) }
    let keyRegister = self.key(key)
    let register = target ?? emitter.allocate(shapes[map].valueWords)
    emitter.emit(.mapLoad, register, map, keyRegister, at: span)
    return register
  }

  private mutating func step(
    _ place: Typed.Place, _ amount: Int64, _ givesNew: Bool, _ target: Int?, _ span: Span
  ) -> Int {
    let delta = emitter.constant(UInt64(bitPattern: amount))
    let result = target ?? emitter.allocate(1)
    switch place {
    case .variable(let index):
      let variable = variables[index]
      if !givesNew { emitter.emit(.move, result, variable, at: span) }
      emitter.emit(.add, variable, variable, delta, at: span)
      if givesNew { emitter.emit(.move, result, variable, at: span) }
    case .map(let map, let key):
      let keyRegister = self.key(key)
      emitter.emit(.move, result, delta, at: span)
      emitter.emit(.mapAdd, result, map, keyRegister, at: span)
      known.forget(map)
      if !givesNew { emitter.emit(.subtract, result, result, delta, at: span) }
    }
    return result
  }

  private mutating func call(
    _ function: HostFunction, _ arguments: [Typed], _ target: Int?, _ span: Span
  ) -> Int {
    let first: Int
    if arguments.count == 1, arguments[0].words == 1 {
      first = value(arguments[0])
    } else {
      first = tuple(arguments, nil, function.argumentWords)
    }
    let result = target ?? emitter.allocate(function.resultWords)
    let index = emitter.function(function)
    emitter.emit(.call, result, index, first, at: span)
    if !function.isPure, !function.onlyReads { known.forgetMaps() }
    return result
  }
}
