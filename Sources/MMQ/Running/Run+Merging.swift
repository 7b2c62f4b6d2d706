// Two runs of one program over different records become one.

internal import MMQTrace

extension Run {
  /// Adds what another run found; it runs no more.
  func take(_ other: Run) {
    takeMaps(other)
    faults.add(other.faults)
  }

  /// Adds what another run's maps hold, and empties them. Where runs are merged, plain values are sums that began
  /// at zero.
  func takeMaps(_ other: Run) {
    for map in shapes.indices where other.tables[map].count > 0 { take(map, of: other) }
  }

  private func take(_ map: Int, of other: Run) {
    let stringWords = shapes[map].stringWords.key
    // A table with a budget belongs to it.
    if tables[map].count == 0, stringWords.isEmpty, memory.budget == nil {
      swap(&tables[map], &other.tables[map])
      return
    }
    for row in 0..<other.tables[map].count {
      let key = other.tables[map].key(row)
      for word in stringWords { translate(key + word, from: other.strings) }
      guard let cell = tables[map].findOrInsert(key) else { continue }
      let value = other.tables[map].value(row)
      switch shapes[map].content {
      case .aggregation(let kind, let parameters): kind.merge(cell, value, parameters)
      case .plain: cell[0] &+= value[0]
      }
    }
    other.tables[map].clear()
  }

  /// The number of one of the other run's strings becomes this one's, in place.
  private func translate(_ word: UnsafeMutablePointer<UInt64>, from pool: StringPool) {
    word[0] = strings.intern(UnsafeRawBufferPointer(pool.bytes(of: word[0])))
  }
}

extension Faults {
  /// Those of another run of the same code.
  mutating func add(_ other: Faults) {
    divisions.merge(other.divisions, uniquingKeysWith: +)
    outOfBounds.merge(other.outOfBounds, uniquingKeysWith: +)
    failure = failure ?? other.failure
    strayStrings += other.strayStrings
    stacks.asked += other.stacks.asked
    stacks.missing += other.stacks.missing
    stacks.damaged += other.stacks.damaged
    noSymbols = noSymbols || other.noSymbols
    noDate = noDate || other.noDate
    noGroup = noGroup || other.noGroup
    cutFiles += other.cutFiles
  }
}

extension Session.SkipCounts {
  mutating func add(_ other: Session.SkipCounts) {
    short.merge(other.short, uniquingKeysWith: +)
    unknown.merge(other.unknown, uniquingKeysWith: +)
    empty += other.empty
  }
}
