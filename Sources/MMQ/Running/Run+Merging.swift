// Two runs of one program over different records become one.

internal import MMQTrace

extension Run {
  /// Adds what another run found; it runs no more.
  func take(_ other: Run) {
    takeMaps(other)
    faults.add(other.faults)
  }

  /// Adds what another run's aggregations hold, and empties them.
  func takeMaps(_ other: Run) {
    for map in shapes.indices where other.tables[map].count > 0 { take(map, of: other) }
  }

  private func take(_ map: Int, of other: Run) {
    let shape = shapes[map]
    guard case .aggregation(let kind, let parameters) = shape.content else { return }
    let stringWords = shape.stringWords.key
    if tables[map].count == 0, stringWords.isEmpty {
      swap(&tables[map], &other.tables[map])
      return
    }
    for row in 0..<other.tables[map].count {
      let key = other.tables[map].key(row)
      for word in stringWords { translate(key + word, from: other.strings) }
      guard let cell = tables[map].findOrInsert(key) else { continue }
      kind.merge(cell, other.tables[map].value(row), parameters)
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
    endlessLoop = endlessLoop ?? other.endlessLoop
    strayStrings += other.strayStrings
    stacks.asked += other.stacks.asked
    stacks.missing += other.stacks.missing
    stacks.damaged += other.stacks.damaged
    noSymbols = noSymbols || other.noSymbols
    noDate = noDate || other.noDate
    noGroup = noGroup || other.noGroup
    cutFiles += other.cutFiles
    hasTooLargeStrings = hasTooLargeStrings || other.hasTooLargeStrings
  }
}

extension Session.SkipCounts {
  mutating func add(_ other: Session.SkipCounts) {
    short.merge(other.short, uniquingKeysWith: +)
    unknown.merge(other.unknown, uniquingKeysWith: +)
    empty += other.empty
  }
}
