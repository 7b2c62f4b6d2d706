// Whether a program's result depends on the order of the records.

/// A program that only adds up may see the CPUs' records one CPU after the other: no merge by time
/// is needed. It is so if what its event blocks do commutes: they update integer aggregations, by
/// keys and values of the record alone.
enum OrderAnalysis {
  static func needsTimeOrder(_ program: CheckedProgram) -> Bool {
    program.bindings.contains { binding in
      switch binding.trigger {
      case .begin, .end: false
      case .interval: true
      case .events: !commutes(program.blocks[binding.block], program)
      }
    }
  }

  private static func commutes(_ block: TypedBlock, _ program: CheckedProgram) -> Bool {
    (block.predicate.map(isOfRecord) ?? true)
      && block.body.allSatisfy { commutes($0, program) }
  }

  private static func commutes(_ statement: TypedStatement, _ program: CheckedProgram) -> Bool {
    switch statement.kind {
    case .aggregate(let map, let key, let value):
      guard case .aggregation(let kind, let parameters) = program.maps[map].content else {
        return false
      }
      // Sums of floats depend on their order.
      return !parameters.isFloat && !kind.takesTime && (key.map(isOfRecord) ?? true)
        && (value.map(isOfRecord) ?? true)
    case .set(.variable, let value): return isOfRecord(value)
    case .conditional(let test, let then, let otherwise):
      return isOfRecord(test) && (then + otherwise).allSatisfy { commutes($0, program) }
    case .block(let body): return body.allSatisfy { commutes($0, program) }
    case .return: return true
    case .expression, .set, .loop, .range, .each, .break, .continue: return false
    }
  }

  /// The value is the same whatever was seen before.
  private static func isOfRecord(_ typed: Typed) -> Bool {
    switch typed.kind {
    case .constant, .string, .field, .variable: true
    // Names change over time.
    case .context(let context): context != .comm
    case .unary(_, let operand), .element(let operand, _): isOfRecord(operand)
    case .binary(_, let a, let b), .logical(_, let a, let b): isOfRecord(a) && isOfRecord(b)
    case .conditional(let c, let a, let b): isOfRecord(c) && isOfRecord(a) && isOfRecord(b)
    case .tuple(let items): items.allSatisfy(isOfRecord)
    case .call(let function, let arguments): function.isPure && arguments.allSatisfy(isOfRecord)
    case .map, .step, .deleteKey, .hasKey, .sequence: false
    }
  }
}
