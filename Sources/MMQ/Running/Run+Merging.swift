// Two runs of one program over different records become one.

internal import MMQTrace

extension Run {
  /// Adds what another run's aggregations hold; it runs no more.
  func take(_ other: Run) {
    for map in shapes.indices { take(map, of: other) }
    faults.add(other.faults)
  }

  private func take(_ map: Int, of other: Run) {
    let shape = shapes[map]
    guard case .aggregation(let kind, let parameters) = shape.content else { return }
    if tables[map].count == 0, shape.key?.hasStrings != true {
      swap(&tables[map], &other.tables[map])
      return
    }
    for row in 0..<other.tables[map].count {
      let key = other.tables[map].key(row)
      if let type = shape.key { translate(key, type, from: other.strings) }
      kind.merge(tables[map].findOrInsert(key), other.tables[map].value(row), parameters)
    }
  }

  /// Numbers of the other run's strings become this one's, in place.
  private func translate(
    _ words: UnsafeMutablePointer<UInt64>, _ type: Type, from pool: StringPool
  ) {
    switch type {
    case .string, .buffer, .array:
      words[0] = strings.intern(UnsafeRawBufferPointer(pool.bytes(of: words[0])))
    case .tuple, .record:
      var next = words
      for part in type.parts ?? [] {
        translate(next, part, from: pool)
        next += part.words
      }
    case .unknown, .integer, .pointer, .bool, .float: break
    }
  }
}

extension Type {
  /// Some words of it are numbers of strings.
  fileprivate var hasStrings: Bool {
    switch self {
    case .string, .buffer, .array: true
    default: parts?.contains(where: \.hasStrings) ?? false
    }
  }
}

extension Faults {
  /// Those of another run of the same code.
  mutating func add(_ other: Faults) {
    divisions.merge(other.divisions, uniquingKeysWith: +)
    outOfBounds.merge(other.outOfBounds, uniquingKeysWith: +)
    endlessLoop = endlessLoop ?? other.endlessLoop
    strayStrings += other.strayStrings
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
