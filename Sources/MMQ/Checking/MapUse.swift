// How a program uses its maps, as far as merging asks: which it only adds to, and which hold times.

internal import MMQLanguage

struct MapUse {
  /// Maps of plain numbers that are only ever added to: `@n++`, `@bytes[comm] += args.len`.
  private(set) var added: Set<Int> = []
  /// Those that events add to, and something else assigns.
  private(set) var addedAndAssigned: Set<Int> = []
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
    // `observed` is a difference of two times of one clock.
    var (asked, observed) = (0, 0)
    BlockWalk(expression: { typed in
      switch typed.kind {
      case .context(.time): asked += 1
      case .call(let function, _) where function.name == HostFunction.observedFrom.name:
        observed += 1
      default: break
      }
    })(block)
    endAsksForTime = endAsksForTime || asked > observed
  }

  private mutating func findAdded() {
    var added: Set<Int> = []
    var addedByEvents: Set<Int> = []
    var assigned: Set<Int> = []
    let use = self
    for binding in program.bindings {
      var isEvent = false
      if case .events = binding.trigger { isEvent = true }
      BlockWalk { statement in
        guard case .set(let place, let value) = statement.kind, let map = place.map else { return }
        if use.isSum(value, of: place) {
          added.insert(map)
          if isEvent { addedByEvents.insert(map) }
        } else if isEvent || !value.isZero {
          assigned.insert(map)
        }
      } expression: { typed in
        guard case .step(let place, _, _) = typed.kind, let map = place.map else { return }
        added.insert(map)
        if isEvent { addedByEvents.insert(map) }
      }(program.blocks[binding.block])
    }
    addedAndAssigned = addedByEvents.intersection(assigned)
    self.added = added.subtracting(assigned).filter {
      if case .plain(let type) = program.maps[$0].content { return type.isNumeric }
      return false
    }
  }

  /// The value is what the place held, and something added to it or taken from it.
  private func isSum(_ value: Typed, of place: Typed.Place) -> Bool {
    value.change(of: place) { text.text(of: $0.span) == text.text(of: $1.span) } != nil
  }
}

extension Typed {
  /// What is added to a place's value, or taken from it, where that is what is assigned to the place. `isSame` compares
  /// keys: of `+=` both are the same piece of text.
  func change(of place: Place, isSame: (Typed, Typed) -> Bool) -> Typed? {
    guard case .binary(let op, let a, let b) = kind else { return nil }
    switch op {
    case .add, .addF:
      return a.isValue(of: place, isSame) ? b : b.isValue(of: place, isSame) ? a : nil
    case .subtract, .subtractF: return a.isValue(of: place, isSame) ? b : nil
    default: return nil
    }
  }

  private func isValue(of place: Place, _ isSame: (Typed, Typed) -> Bool) -> Bool {
    guard case .map(let map, let key) = widened.kind, map == place.map else { return false }
    guard let key, let other = place.key else { return key == nil && place.key == nil }
    return isSame(key, other)
  }

  /// Before it was made wider, which changes no value.
  private var widened: Typed {
    guard case .unary(let op, let operand) = kind else { return self }
    switch op {
    case .extend8, .extend16, .extend32: return operand.widened
    default: return self
    }
  }

  fileprivate var isZero: Bool {
    if case .constant(let word) = kind { return word == 0 }
    return false
  }
}
