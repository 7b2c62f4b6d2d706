// Conditions: `&&`, `||` and `?:` run only what they must. What is known after a jump is known where the
// code goes on; where the jump lands only what was known before the condition is.

internal import MMQLanguage

extension Compiler {
  /// Jumps that are taken where the condition does not hold; the caller lands them.
  mutating func jump(unless condition: Typed) -> [Int] {
    switch condition.kind {
    case .logical(isAnd: true, let left, let right):
      return jump(unless: left) + jump(unless: right)
    case .logical(isAnd: false, let left, let right):
      let before = known
      let holds = jump(if: left)
      let fails = jump(unless: right)
      known.goBack(to: before)
      for jump in holds { emitter.land(jump) }
      return fails
    case .unary(.isZero, let operand): return jump(if: operand)
    default: return [jump(.jumpIfZero, condition)]
    }
  }

  private mutating func jump(if condition: Typed) -> [Int] {
    switch condition.kind {
    case .logical(isAnd: false, let left, let right):
      return jump(if: left) + jump(if: right)
    case .logical(isAnd: true, let left, let right):
      let before = known
      let fails = jump(unless: left)
      let holds = jump(if: right)
      known.goBack(to: before)
      for jump in fails { emitter.land(jump) }
      return holds
    case .unary(.isZero, let operand): return jump(unless: operand)
    default: return [jump(.jumpIfNotZero, condition)]
    }
  }

  private mutating func jump(_ opcode: Opcode, _ condition: Typed) -> Int {
    let mark = emitter.mark
    let register = value(condition)
    emitter.release(to: mark)
    return emitter.jump(opcode, register, at: condition.span)
  }

  /// A condition or a `?:` as a value.
  mutating func branching(_ typed: Typed, _ target: Int?) -> Int {
    let result = target ?? emitter.allocate(typed.words)
    let mark = emitter.mark
    let one = Typed(.constant(1), .bool, typed.span)
    let zero = Typed(.constant(0), .bool, typed.span)
    let (test, then, otherwise): (Typed, Typed, Typed) =
      if case .conditional(let c, let a, let b) = typed.kind { (c, a, b) } else {
        (typed, one, zero)
      }
    let before = known
    let skips = jump(unless: test)
    _ = value(then, into: result)
    emitter.release(to: mark)
    let afterThen = known
    known.goBack(to: before)
    let end = emitter.jump(.jump, at: typed.span)
    for jump in skips { emitter.land(jump) }
    _ = value(otherwise, into: result)
    emitter.release(to: mark)
    known.meet(afterThen)
    emitter.land(end)
    return result
  }
}
