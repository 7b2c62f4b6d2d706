// How a program uses its maps, as far as merging asks: which it only adds to, and which hold times.

internal import MMQLanguage

struct MapUse {
  /// Maps of plain numbers that are only ever added to: `@n++`, `@bytes[comm] += args.len`.
  private(set) var added: Set<Int> = []
  /// Maps whose keys or values are moments: `@start[tid] = nsecs`, but not `nsecs - @start[tid]`.
  private(set) var timed: Set<Int> = []
  /// Blocks of `end` ask what time it is.
  private(set) var endAsksForTime = false

  private let program: CheckedProgram
  private let text: Source
  /// Of each block the variables that hold moments.
  private var timedVariables: [Set<Int>]

  init(_ program: CheckedProgram, _ text: Source) {
    (self.program, self.text) = (program, text)
    timedVariables = program.blocks.map { _ in [] }
    findAdded()
    var found = -1
    // What holds moments may be assigned to something else: until nothing new is found.
    while found != timed.count + timedVariables.reduce(0, { $0 + $1.count }) {
      found = timed.count + timedVariables.reduce(0) { $0 + $1.count }
      for block in program.blocks.indices { findTimes(in: block) }
    }
    for binding in program.bindings {
      if case .end = binding.trigger { noteTime(in: program.blocks[binding.block]) }
    }
  }

  // MARK: Adding

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

  // MARK: Times

  private mutating func findTimes(in index: Int) {
    var maps = timed
    var variables = timedVariables[index]
    let known = self
    BlockWalk { statement in
      switch statement.kind {
      case .set(.variable(let variable), let value):
        if known.isTime(value, index) { variables.insert(variable) }
      case .set(.map(let map, let key), let value):
        if known.isTime(value, index) || key.map({ known.isTime($0, index) }) == true {
          maps.insert(map)
        }
      case .aggregate(let map, let key, let value):
        if [key, value].contains(where: { $0.map { known.isTime($0, index) } == true }) {
          maps.insert(map)
        }
      case .each(let variable, let map, _):
        if known.timed.contains(map) { variables.insert(variable) }
      default: break
      }
    }(program.blocks[index])
    timed = maps
    timedVariables[index] = variables
  }

  /// A difference of two moments is none.
  private func isTime(_ typed: Typed, _ block: Int) -> Bool {
    switch typed.kind {
    case .context(let context): context == .time
    case .variable(let variable): timedVariables[block].contains(variable)
    case .map(let map, _): timed.contains(map)
    case .unary(_, let operand), .element(let operand, _):
      typed.type != .bool && isTime(operand, block)
    case .binary(let op, let a, let b):
      if op == .subtract || op == .subtractF {
        isTime(a, block) && !isTime(b, block)
      } else {
        typed.type != .bool && (isTime(a, block) || isTime(b, block))
      }
    case .conditional(_, let a, let b): isTime(a, block) || isTime(b, block)
    case .tuple(let items): items.contains { isTime($0, block) }
    case .sequence(_, let last): last.map { isTime($0, block) } ?? false
    case .constant, .string, .field, .logical, .step, .deleteKey, .hasKey, .call: false
    }
  }

  private mutating func noteTime(in block: TypedBlock) {
    var asks = false
    BlockWalk(expression: { typed in
      if case .context(.time) = typed.kind { asks = true }
    })(block)
    endAsksForTime = endAsksForTime || asks
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
