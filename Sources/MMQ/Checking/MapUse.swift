// How a program uses its maps, as far as merging asks: which it only adds to, and which hold times.

internal import MMQLanguage

struct MapUse {
  /// Maps of plain numbers that are only ever added to: `@n++`, `@bytes[comm] += args.len`.
  private(set) var added: Set<Int> = []
  /// Maps whose keys or values are moments.
  private(set) var timed: Set<Int> = []
  /// Blocks of `end` ask what time it is.
  private(set) var endAsksForTime = false

  private let program: CheckedProgram
  private let text: Source

  init(_ program: CheckedProgram, _ text: Source) {
    (self.program, self.text) = (program, text)
    timed = TimeUse.maps(program)
    findAdded()
    for binding in program.bindings {
      if case .end = binding.trigger { noteTime(in: program.blocks[binding.block]) }
    }
  }

  private mutating func noteTime(in block: TypedBlock) {
    var asks = false
    BlockWalk(expression: { typed in
      if case .context(.time) = typed.kind { asks = true }
    })(block)
    endAsksForTime = endAsksForTime || asks
  }

  private mutating func findAdded() {
    var added: Set<Int> = []
    var assigned: Set<Int> = []
    let use = self
    for binding in program.bindings {
      var isEvent = false
      if case .events = binding.trigger { isEvent = true }
      BlockWalk { statement in
        guard case .set(let place, let value) = statement.kind, let map = place.map else { return }
        if use.isSum(value, of: place) {
          added.insert(map)
        } else if isEvent || !value.isZero {
          assigned.insert(map)
        }
      } expression: { typed in
        if case .step(let place, _, _) = typed.kind, let map = place.map { added.insert(map) }
      }(program.blocks[binding.block])
    }
    self.added = added.subtracting(assigned).filter {
      if case .plain(let type) = program.maps[$0].content { return type.isNumeric }
      return false
    }
  }

  /// The value is what the place held, and something added to it or taken from it.
  private func isSum(_ value: Typed, of place: Typed.Place) -> Bool {
    guard case .binary(let op, let a, let b) = value.bare.kind else { return false }
    switch op {
    case .add, .addF: return isValue(a, of: place) || isValue(b, of: place)
    case .subtract, .subtractF: return isValue(a, of: place)
    default: return false
    }
  }

  private func isValue(_ typed: Typed, of place: Typed.Place) -> Bool {
    guard case .map(let map, let key) = typed.bare.kind, map == place.map else { return false }
    return key.map { text.text(of: $0.span) } == place.key.map { text.text(of: $0.span) }
  }
}

extension Typed {
  /// Without conversions to a wider type.
  fileprivate var bare: Typed {
    if case .unary(let op, let operand) = kind, op != .negate, op != .negateF, op != .complement {
      return operand.bare
    }
    return self
  }

  fileprivate var isZero: Bool {
    if case .constant(let word) = kind { return word == 0 }
    return false
  }
}
