// Which strings a run still needs, and what maps could not take.

internal import MMQTrace

extension Run {
  /// Frees strings that nothing holds, if many have come. Between blocks, or between two turns of a loop:
  /// then only maps, registers and loops' copies of maps hold any.
  @inline(__always)
  func tidyStrings() {
    if strings.wantsCollection { collectStrings() }
  }

  @inline(never)
  private func collectStrings() {
    forgetKnownStrings()
    strings.collect { marks in
      for map in shapes.indices { mark(map, marks) }
      // What they are is not known here; a number that is taken for an id only keeps a string.
      for word in registers { marks.mark(word) }
      for snapshot in snapshots.values { snapshot.eachWord { marks.mark($0) } }
    }
  }

  private func mark(_ map: Int, _ marks: borrowing StringPool.Marks) {
    let words = shapes[map].stringWords
    if words.key.isEmpty, words.value.isEmpty { return }
    for row in 0..<tables[map].count {
      for word in words.key { marks.mark(tables[map].key(row)[word]) }
      for word in words.value { marks.mark(tables[map].value(row)[word]) }
    }
  }

  /// One block made more strings than there is room for: it cannot be right any more.
  func stopForStrings() { fail(.strings) }
}

// MARK: What maps could not take

/// Updates of a map that were dropped, and why.
struct DroppedUpdates {
  enum Reason {
    /// It has as many keys as it may have.
    case full
    /// The memory of all maps is used up.
    case memory
  }

  var map: String
  var count: UInt64
  var reason: Reason
}

extension Run {
  var droppedUpdates: [DroppedUpdates] {
    shapes.indices.flatMap { map in
      [
        DroppedUpdates(map: shapes[map].name, count: tables[map].dropped, reason: .full),
        DroppedUpdates(map: shapes[map].name, count: tables[map].refused, reason: .memory),
      ].filter { $0.count > 0 }
    }
  }
}

extension Table {
  init(_ shape: MapShape, budget: UnsafeMutablePointer<MemoryBudget>? = nil) {
    let words = shape.stringWords
    self.init(
      keyWords: shape.keyWords, valueWords: shape.valueWords, limit: shape.limit,
      evicts: shape.evicts, ownedWords: shape.ownedWords,
      holdsStrings: (!words.key.isEmpty, !words.value.isEmpty), budget: budget)
  }
}
