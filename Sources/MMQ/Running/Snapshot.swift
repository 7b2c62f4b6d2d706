// What `for ($kv : @map)` walks over: the map as it was when the loop began.

/// Rows of a map, in the order of keys: changes by the loop's body do not touch it.
struct Snapshot {
  private var words: [UInt64]
  private let width: Int
  private var next = 0

  init(words: [UInt64], width: Int) {
    self.words = words
    self.width = width
  }

  func eachWord(_ body: (UInt64) -> Void) { words.forEach(body) }

  /// Copies the next row behind a 1, or writes a 0 at the end and lets the memory go.
  mutating func next(into result: UnsafeMutablePointer<UInt64>) {
    guard next < words.count else {
      words = []
      next = 0
      result[0] = 0
      return
    }
    result[0] = 1
    for word in 0..<width { result[1 + word] = words[next + word] }
    next += width
  }
}

extension HostFunction {
  /// Each loop in the code has a site, its own place for a snapshot: a loop never runs within itself.
  static func snapshot(of map: Int, at site: Int) -> HostFunction {
    HostFunction(name: "snapshot", argumentWords: 0, resultWords: 0) { run, _, _ in
      run.spend(run.tables[map].count)
      if run.leavesBlock { return }
      run.snapshots[site] = run.snapshot(of: map)
    }
  }

  static func nextOfSnapshot(at site: Int, words: Int) -> HostFunction {
    HostFunction(name: "next", argumentWords: 0, resultWords: 1 + words) { run, _, result in
      run.snapshots[site]?.next(into: result)
    }
  }
}

extension Run {
  fileprivate func snapshot(of map: Int) -> Snapshot {
    let shape = shapes[map]
    let width = shape.keyWords + shape.readWords
    var rows = (0..<tables[map].count).map { row in
      (key: shape.key.map { Value($0, tables[map].key(row), strings) } ?? .tuple([]), row: row)
    }
    rows.sort { $0.key.isBefore($1.key) }
    var words: [UInt64] = []
    words.reserveCapacity(rows.count * width)
    for (_, row) in rows {
      words += UnsafeBufferPointer(start: tables[map].key(row), count: shape.keyWords)
      words += read(shape, tables[map].value(row))
    }
    return Snapshot(words: words, width: width)
  }

  /// What reading a cell gives.
  private func read(_ shape: MapShape, _ cell: UnsafeMutablePointer<UInt64>) -> [UInt64] {
    switch shape.content {
    case .plain(let type): Array(UnsafeBufferPointer(start: cell, count: type.words))
    case .aggregation(let kind, let parameters): [kind.number(cell, parameters).word]
    }
  }
}
