// Whether an expression does anything beside having a value.

extension Typed {
  /// False only where nobody can tell whether it ran: then the kernel may look at what stands behind
  /// it first.
  var hasEffect: Bool {
    switch kind {
    case .constant, .string, .field, .context, .variable: false
    case .step, .deleteKey, .sequence: true
    case .map(_, let key), .hasKey(_, let key): key?.hasEffect ?? false
    case .unary(_, let operand), .element(let operand, _): operand.hasEffect
    case .binary(let opcode, let a, let b):
      a.hasEffect || b.hasEffect || (opcode.isDivision && (b.filterConstant ?? 0) == 0)
    case .logical(_, let a, let b): a.hasEffect || b.hasEffect
    case .conditional(let c, let a, let b): c.hasEffect || a.hasEffect || b.hasEffect
    case .tuple(let items): items.contains(where: \.hasEffect)
    case .call(let function, let arguments):
      !(function.isPure || function.onlyReads) || arguments.contains(where: \.hasEffect)
    }
  }
}

extension Opcode {
  /// Those by zero are counted.
  fileprivate var isDivision: Bool {
    switch self {
    case .divideS, .divideU, .moduloS, .moduloU: true
    default: false
    }
  }
}
