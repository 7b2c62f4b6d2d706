// Rows of states, added to a table.

internal import MMQTrace

/// Takes the rows of saved maps into a table, whose types may be wider than theirs.
struct RowTaker {
  private let shape: MapShape
  private let pool: StringPool
  private let rule: MergeRule
  /// Values of one key were different.
  private(set) var hasConflicts = false

  init(_ shape: MapShape, _ pool: StringPool, _ rule: MergeRule) {
    (self.shape, self.pool, self.rule) = (shape, pool, rule)
  }

  /// `strings`: what the strings of the state are in the pool. False where the types do not fit.
  mutating func take(
    _ saved: SavedMap, _ strings: [UInt64], into table: inout Table
  ) -> Bool {
    guard let keySteps = RowTaker.steps(saved.shape.key, shape.key),
      let valueSteps = valueSteps(saved.shape.content)
    else { return false }
    var key = [UInt64](repeating: 0, count: max(1, keySteps.count))
    var value = [UInt64](repeating: 0, count: max(1, saved.shape.valueWords))
    saved.words.withUnsafeBufferPointer { words in
      var place = 0
      for _ in 0..<saved.rows {
        translate(words, &place, keySteps, strings, &key)
        translate(words, &place, valueSteps, strings, &value)
        let known = table.count
        let owned = ownedTable(saved, words, &place, value[0])
        if let cell = table.findOrInsert(key) {
          if let owned { value[0] = UInt64(UInt(bitPattern: owned)) }
          value.withUnsafeMutableBufferPointer {
            combine(cell, $0.baseAddress!, isNew: table.count > known)
          }
        }
        owned?.deinitialize(count: 1).deallocate()
      }
    }
    return true
  }

  private static func steps(_ from: Type?, _ to: Type?) -> [WordStep]? {
    guard let from, let to else { return from == nil && to == nil ? [] : nil }
    return from.steps(to: to)
  }

  private func valueSteps(_ from: MapShape.Content) -> [WordStep]? {
    switch (from, shape.content) {
    case (.plain(let from), .plain(let to)): return from.steps(to: to)
    case (.aggregation(let kind, let a), .aggregation(let other, let b))
    where kind == other && a.constants == b.constants:
      return [WordStep](repeating: .same, count: shape.valueWords)
    default: return nil
    }
  }

  /// Reads so many words, as the table holds them.
  private func translate(
    _ words: UnsafeBufferPointer<UInt64>, _ place: inout Int, _ steps: [WordStep],
    _ strings: [UInt64], _ result: inout [UInt64]
  ) {
    for (index, step) in steps.enumerated() {
      let word = words[place]
      place += 1
      result[index] =
        switch step {
        case .same: word
        case .string: strings[Int(word)]
        case .name(let table): pool.intern(table.name(of: word))
        case .digits(isSigned: true): pool.intern(String(Int64(bitPattern: word)))
        case .digits(isSigned: false): pool.intern(String(word))
        }
    }
  }

  /// The table of a cell that owns one, to be merged and freed.
  private func ownedTable(
    _ saved: SavedMap, _ words: UnsafeBufferPointer<UInt64>, _ place: inout Int, _ rows: UInt64
  ) -> UnsafeMutablePointer<Table>? {
    guard let ownedWords = saved.shape.ownedWords else { return nil }
    let table = UnsafeMutablePointer<Table>.allocate(capacity: 1)
    table.initialize(to: Table(keyWords: 1, valueWords: ownedWords))
    for _ in 0..<rows {
      let row = words.baseAddress! + place
      table.value(under: row[0])?.update(from: row + 1, count: ownedWords)
      place += 1 + ownedWords
    }
    return table
  }

  /// A new cell is zero, but for a table of its own.
  private mutating func combine(
    _ cell: UnsafeMutablePointer<UInt64>, _ other: UnsafeMutablePointer<UInt64>, isNew: Bool
  ) {
    switch shape.content {
    case .aggregation(let kind, let parameters): kind.merge(cell, other, parameters)
    case .plain(let type) where isNew: cell.update(from: other, count: type.words)
    case .plain(let type): combine(cell, other, of: type)
    }
  }

  private mutating func combine(
    _ cell: UnsafeMutablePointer<UInt64>, _ other: UnsafeMutablePointer<UInt64>, of type: Type
  ) {
    if rule == .adds, type.isNumeric {
      let parameters = AggregationParameters(isFloat: type == .float)
      cell[0] = parameters.add(cell[0], other[0])
    } else if (0..<type.words).contains(where: { cell[$0] != other[$0] }) {
      hasConflicts = true
      if isLess(cell, other, type) { cell.update(from: other, count: type.words) }
    }
  }

  /// By their values; by their words where these have no order, as a nan has none.
  private func isLess(
    _ a: UnsafeMutablePointer<UInt64>, _ b: UnsafeMutablePointer<UInt64>, _ type: Type
  ) -> Bool {
    let (first, second) = (Value(type, a, pool), Value(type, b, pool))
    if first.isBefore(second) || second.isBefore(first) { return first.isBefore(second) }
    let differing = (0..<type.words).first { a[$0] != b[$0] }
    return differing.map { a[$0] < b[$0] } ?? false
  }
}
