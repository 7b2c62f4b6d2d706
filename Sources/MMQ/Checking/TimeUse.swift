// Which maps hold moments of the source's clock, which mean nothing to another clock.

internal import MMQLanguage

/// `@start[tid] = nsecs` holds moments; `@wait = hist(nsecs - @start[tid])` holds what lies between two.
struct TimeUse {
  private let program: CheckedProgram
  /// Says of what is subtracted whether it is a moment: then the difference is none. Nothing is at first.
  private let subtracted: [TimeUse]
  /// Which words of a map's keys, of its values, and of a block's variables are moments.
  private var keys: [Int: Set<Int>] = [:]
  private var values: [Int: Set<Int>] = [:]
  private var variables: [[Int: Set<Int>]]

  /// Whether a difference is a moment hangs on what is subtracted, which may itself be a difference: the
  /// first look finds too many, the second, which believes the first, too few, and the third, which
  /// believes the second, what is left.
  static func maps(_ program: CheckedProgram) -> Set<Int> {
    let many = TimeUse(program, [])
    let few = TimeUse(program, [many])
    let use = TimeUse(program, [few])
    return Set(
      program.maps.indices.filter { map in
        [use.keys[map], use.values[map]].contains { $0?.isEmpty == false }
      })
  }

  private init(_ program: CheckedProgram, _ subtracted: [TimeUse]) {
    (self.program, self.subtracted) = (program, subtracted)
    variables = program.blocks.map { _ in [:] }
    var found = -1
    while found != count {
      found = count
      for block in program.blocks.indices { look(into: block) }
    }
  }

  private var count: Int {
    (variables + [keys, values]).reduce(0) { sum, words in
      words.values.reduce(sum) { $0 + $1.count }
    }
  }

  private mutating func look(into index: Int) {
    let known = self
    var (keys, values, variables) = (keys, values, variables[index])
    let moments = { (typed: Typed?) in typed.map { known.moments($0, index) } ?? [] }
    BlockWalk { statement in
      switch statement.kind {
      case .set(.variable(let variable), let value):
        variables[variable, default: []].formUnion(moments(value))
      case .set(.map(let map, let key), let value):
        keys[map, default: []].formUnion(moments(key))
        values[map, default: []].formUnion(moments(value))
      case .aggregate(let map, let key, let value):
        keys[map, default: []].formUnion(moments(key))
        // A cell may have more words, but what is read of it is one.
        if !moments(value).isEmpty { values[map, default: []].insert(0) }
      case .each(let variable, let map, _):
        let width = known.program.maps[map].keyWords
        let row = (known.keys[map] ?? []).union((known.values[map] ?? []).map { width + $0 })
        variables[variable, default: []].formUnion(row)
      default: break
      }
    }(program.blocks[index])
    (self.keys, self.values, self.variables[index]) = (keys, values, variables)
  }

  private func moments(_ typed: Typed, _ block: Int) -> Set<Int> {
    switch typed.kind {
    case .context(let context): return context == .time ? [0] : []
    case .variable(let variable): return variables[block][variable] ?? []
    case .map(let map, _): return values[map] ?? []
    case .unary(_, let operand): return typed.type == .bool ? [] : moments(operand, block)
    case .element(let operand, let offset):
      let part = moments(operand, block).filter { $0 >= offset && $0 < offset + typed.words }
      return Set(part.map { $0 - offset })
    case .binary(let op, let a, let b): return moments(typed, op, a, b, block)
    case .conditional(_, let a, let b): return moments(a, block).union(moments(b, block))
    case .tuple(let items):
      var (all, first) = (Set<Int>(), 0)
      for item in items {
        all.formUnion(moments(item, block).map { first + $0 })
        first += item.words
      }
      return all
    case .sequence(_, let last): return last.map { moments($0, block) } ?? []
    // As in `elapsed` and `observed`.
    case .call(let function, _): return function.isMoment ? [0] : []
    case .constant, .string, .field, .logical, .step, .deleteKey, .hasKey: return []
    }
  }

  private func moments(
    _ typed: Typed, _ op: Opcode, _ a: Typed, _ b: Typed, _ block: Int
  ) -> Set<Int> {
    if op == .subtract || op == .subtractF {
      let isDifference = subtracted.contains { !$0.moments(b, block).isEmpty }
      return isDifference ? [] : moments(a, block)
    }
    return typed.type == .bool ? [] : moments(a, block).union(moments(b, block))
  }
}
