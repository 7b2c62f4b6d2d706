// Evaluates the nodes of a text program on a record.

extension EventText {
  func evaluate(_ index: Int, _ run: inout TextRun) -> TextValue {
    switch program.nodes[index] {
    case .integer(let value): return .integer(value)
    case .literal(let literal): return TextValue(kind: .literal, start: literal)
    case .field(let offset, let size, let isSigned):
      return load(offset, size, isSigned, &run)
    case .bytes(let offset, let size, let element):
      return bytes(offset, size < 0 ? run.record.size - offset : size, element, &run)
    case .dynamic(let offset, let isRelative, let element):
      guard let word = word(offset, &run) else { return .unknown }
      let start = Int(word & 0xffff) + (isRelative ? offset + 4 : 0)
      return bytes(start, Int(word >> 16), element, &run)
    case .dynamicLength(let offset):
      guard let word = word(offset, &run) else { return .unknown }
      return .integer(CInteger(UInt64(word >> 16), size: 4))
    case .unary(let op, let operand):
      let value = evaluate(operand, &run)
      if op == .not { return value.truth.map { EventText.int($0 ? 0 : 1) } ?? .unknown }
      guard value.kind == .integer else { return .unknown }
      return value.number.apply(op).map(TextValue.integer) ?? .unknown
    case .binary(let op, let left, let right): return binary(op, left, right, &run)
    case .conditional(let condition, let then, let otherwise):
      guard let truth = evaluate(condition, &run).truth else { return .unknown }
      return evaluate(truth ? then : otherwise, &run)
    case .cast(let size, let isSigned, let isBool, let operand):
      return cast(evaluate(operand, &run), size, isSigned, isBool)
    case .pointer(let element, let operand): return point(evaluate(operand, &run), element)
    case .index(let base, let position):
      return self.element(evaluate(base, &run), evaluate(position, &run), &run)
    case .helper(.nsToSecs, let operands): return seconds(operands, &run) { $0 / 1_000_000_000 }
    case .helper(.nsWithoutSecs, let operands):
      return seconds(operands, &run) { $0 % 1_000_000_000 }
    case .flags, .symbolic, .helper, .mask: return TextValue(kind: .text, start: index)
    case .setVariable(let variable, let value, let then):
      let value = evaluate(value, &run)
      run.variables[variable] = value.kind == .integer ? value.number : nil
      return evaluate(then, &run)
    case .variable(let variable):
      return run.variables[variable].map(TextValue.integer) ?? .unknown
    case .unknown(let reason):
      run.reasons.insert(TextReasons(rawValue: reason))
      return .unknown
    }
  }

  /// The number of an integer node; nil where it has none.
  func number(_ index: Int, _ run: inout TextRun) -> CInteger? {
    let value = evaluate(index, &run)
    return value.kind == .integer ? value.number : nil
  }

  /// The parts of a time in nanoseconds are numbers. From include/trace/stages.
  private func seconds(
    _ operands: Range<Int>, _ run: inout TextRun, _ part: (UInt64) -> UInt64
  ) -> TextValue {
    guard let time = number(program.operands[operands.lowerBound], &run) else { return .unknown }
    return .integer(CInteger(part(time.bits), size: 8, isSigned: false))
  }

  private static func int(_ value: Int32) -> TextValue { .integer(CInteger(int: value)) }

  private func load(
    _ offset: Int, _ size: Int, _ isSigned: Bool, _ run: inout TextRun
  ) -> TextValue {
    guard offset >= 0, size >= 0, offset + size <= run.record.size else {
      run.reasons.insert(.damage)
      return .unknown
    }
    let (base, order) = (run.record.base, run.record.byteOrder)
    switch size {
    case 1:
      let byte = base.load(UInt8.self, at: offset, order)
      return EventText.int(isSigned ? Int32(Int8(bitPattern: byte)) : Int32(byte))
    case 2:
      let short = base.load(UInt16.self, at: offset, order)
      return EventText.int(isSigned ? Int32(Int16(bitPattern: short)) : Int32(short))
    case 4:
      let word = UInt64(base.load(UInt32.self, at: offset, order))
      return .integer(CInteger(word, size: 4, isSigned: isSigned))
    case 8:
      let word = base.load(UInt64.self, at: offset, order)
      return .integer(CInteger(word, size: 8, isSigned: isSigned))
    default: return .unknown
    }
  }

  private func word(_ offset: Int, _ run: inout TextRun) -> UInt32? {
    guard offset + 4 <= run.record.size else {
      run.reasons.insert(.damage)
      return nil
    }
    return run.record.base.load(UInt32.self, at: offset, run.record.byteOrder)
  }

  private func bytes(
    _ start: Int, _ count: Int, _ element: TextElement, _ run: inout TextRun
  ) -> TextValue {
    if count == 0 { return TextValue(kind: .bytes, element: element) }
    guard start >= 0, count > 0, start + count <= run.record.size else {
      run.reasons.insert(.damage)
      return .unknown
    }
    return TextValue(kind: .bytes, start: start, count: count, element: element)
  }

  private func cast(
    _ value: TextValue, _ size: Int, _ isSigned: Bool, _ isBool: Bool
  ) -> TextValue {
    if isBool { return value.truth.map { EventText.int($0 ? 1 : 0) } ?? .unknown }
    guard value.kind == .integer else {
      // A pointer as a number is an address that isn't recorded.
      return .unknown
    }
    let cut = CInteger.extend(value.number.bits, size: size, isSigned: isSigned)
    return .integer(
      size < 4 ? CInteger(cut, size: 4) : CInteger(cut, size: size, isSigned: isSigned))
  }

  private func point(_ value: TextValue, _ element: TextElement) -> TextValue {
    var value = value
    value.element = element
    if value.kind == .integer {
      value.number = CInteger(value.number.bits, size: context.longSize, isSigned: false)
    }
    return value
  }

  /// `base[position]`: an element of an array in the record.
  private func element(
    _ base: TextValue, _ position: TextValue, _ run: inout TextRun
  ) -> TextValue {
    guard base.kind == .bytes, position.kind == .integer else { return .unknown }
    let size = base.element.size
    guard let index = Int(exactly: Int64(bitPattern: position.number.bits)), index >= 0,
      index < base.count / size
    else {
      run.reasons.insert(.damage)
      return .unknown
    }
    return load(base.start + index * size, size, base.element.isSigned, &run)
  }

  private func binary(
    _ op: PrintExpression.Binary, _ left: Int, _ right: Int, _ run: inout TextRun
  ) -> TextValue {
    let a = evaluate(left, &run)
    if op == .and || op == .or {
      guard let truth = a.truth else { return .unknown }
      if truth == (op == .or) { return EventText.int(truth ? 1 : 0) }
      return evaluate(right, &run).truth.map { EventText.int($0 ? 1 : 0) } ?? .unknown
    }
    let b = evaluate(right, &run)
    if a.kind == .integer, b.kind == .integer {
      // A pointer to the kernel's memory moves by whole elements.
      if a.element.size > 1, op == .add || op == .subtract {
        let step = CInteger(b.number.bits &* UInt64(a.element.size))
        return CInteger.apply(op, a.number, step).map(TextValue.integer) ?? .unknown
      }
      return CInteger.apply(op, a.number, b.number).map(TextValue.integer) ?? .unknown
    }
    if op == .add, a.kind == .bytes, b.kind == .integer { return moved(a, b.number, &run) }
    return .unknown
  }

  /// A pointer into the record, so many elements further.
  private func moved(_ base: TextValue, _ by: CInteger, _ run: inout TextRun) -> TextValue {
    guard let steps = Int(exactly: Int64(bitPattern: by.bits)), steps >= 0,
      steps <= base.count / base.element.size
    else {
      run.reasons.insert(.damage)
      return .unknown
    }
    var value = base
    value.start += steps * base.element.size
    value.count -= steps * base.element.size
    return value
  }
}
