// Which maps hold moments of the source's clock, which mean nothing to another clock.

internal import MMQLanguage

/// `@start[tid] = nsecs` holds moments; `@wait = hist(nsecs - @start[tid])` holds what lies between two.
struct TimeUse {
  private let program: CheckedProgram
  /// Says of what is subtracted whether it is a moment: then the difference is none. Empty: none is.
  private let subtracted: [TimeUse]
  private var maps: Set<Int> = []
  /// By block.
  private var variables: [Set<Int>]

  /// Whether a difference is a moment hangs on what is subtracted, which may itself be a difference: the
  /// first look finds too many, the second, which believes the first, too few, and the third, which
  /// believes the second, what is left.
  static func maps(_ program: CheckedProgram) -> Set<Int> {
    let many = TimeUse(program, [])
    let few = TimeUse(program, [many])
    return TimeUse(program, [few]).maps
  }

  private init(_ program: CheckedProgram, _ subtracted: [TimeUse]) {
    (self.program, self.subtracted) = (program, subtracted)
    variables = program.blocks.map { _ in [] }
    var found = -1
    while found != count {
      found = count
      for block in program.blocks.indices { look(into: block) }
    }
  }

  private var count: Int { variables.reduce(maps.count) { $0 + $1.count } }

  private mutating func look(into index: Int) {
    let known = self
    var (maps, variables) = (maps, variables[index])
    let isTime = { (typed: Typed?) in typed.map { known.isTime($0, index) } ?? false }
    BlockWalk { statement in
      switch statement.kind {
      case .set(.variable(let variable), let value):
        if isTime(value) { variables.insert(variable) }
      case .set(.map(let map, let key), let value):
        if isTime(value) || isTime(key) { maps.insert(map) }
      case .aggregate(let map, let key, let value):
        if isTime(value) || isTime(key) { maps.insert(map) }
      case .each(let variable, let map, _):
        if known.maps.contains(map) { variables.insert(variable) }
      default: break
      }
    }(program.blocks[index])
    (self.maps, self.variables[index]) = (maps, variables)
  }

  private func isTime(_ typed: Typed, _ block: Int) -> Bool {
    switch typed.kind {
    case .context(let context): context == .time
    case .variable(let variable): variables[block].contains(variable)
    case .map(let map, _): maps.contains(map)
    case .unary(_, let operand), .element(let operand, _):
      typed.type != .bool && isTime(operand, block)
    case .binary(let op, let a, let b):
      if op == .subtract || op == .subtractF {
        isTime(a, block) && !subtracted.contains { $0.isTime(b, block) }
      } else {
        typed.type != .bool && (isTime(a, block) || isTime(b, block))
      }
    case .conditional(_, let a, let b): isTime(a, block) || isTime(b, block)
    case .tuple(let items): items.contains { isTime($0, block) }
    case .sequence(_, let last): last.map { isTime($0, block) } ?? false
    // Of the first record, as in `elapsed`.
    case .call(let function, _): function.name == HostFunction.origin.name
    case .constant, .string, .field, .logical, .step, .deleteKey, .hasKey: false
    }
  }
}
