// Rows that go: the last one takes the place of another, and the index has no gaps in its chains.

extension Table {
  // What works on a table's own words is mutating even where it changes none of them: others would be called
  // with a copy of them.

  /// Removes a key; false if it was not there.
  mutating func remove(_ key: UnsafePointer<UInt64>) -> Bool {
    guard keyWords > 0 else {
      if count > 0 { freeTable(of: 0) }
      defer { count = 0 }
      return count > 0
    }
    guard let place = placeToRemove(key) else { return false }
    let row = row(index[place])
    if ownedWords != nil { freeTable(of: row) }
    close(gap: place)
    count &-= 1
    if row != count { move(last: count, to: row) }
    if isLarge, count > 0 { prefetchLast() }
    return true
  }

  /// Mostly it was just looked up: then its row is near.
  @inline(__always)
  private func placeToRemove(_ key: UnsafePointer<UInt64>) -> Int? {
    if key[0] == lastKey, index[lastPlace] != 0, isKey(self.key(row(index[lastPlace])), key) {
      return lastPlace
    }
    return place(of: key)
  }

  /// The last row goes where one was removed.
  private mutating func move(last: Int, to row: Int) {
    let from = key(last)
    let hash = hash(from)
    var at = slot(hash)
    let tag = tag(hash, at)
    let entry = UInt32(truncatingIfNeeded: last &+ 1) | tag
    while index[at] != entry { at = (at &+ 1) & mask }
    index[at] = UInt32(truncatingIfNeeded: row &+ 1) | tag
    key(row).copy(from, stride)
  }

  /// Frees a slot and moves later entries up to it, so that no search stops too early.
  mutating func close(gap: Int) {
    var gap = gap
    var at = gap
    while true {
      at = (at &+ 1) & mask
      let entry = index[at]
      if entry == 0 { break }
      // It may move where its search begins at the gap or before it.
      if distance(of: entry, at) >= (at &- gap) & mask {
        index[gap] = entry
        gap = at
      }
    }
    index[gap] = 0
  }

  /// How many slots behind its home an entry is. Its row, which is seldom near, is asked only where the entry
  /// does not tell.
  @inline(__always)
  private mutating func distance(of entry: UInt32, _ at: Int) -> Int {
    if isFar { return (at &- slot(hash(key(row(entry))))) & mask }
    // A small table has fewer slots than those bits can tell, and its entries go on at its start.
    return (at &- Int((entry & homeMask) &>> UInt32(truncatingIfNeeded: slotBits)))
      & mostTold & mask
  }

  /// The largest distance that an entry's bits can tell.
  @inline(__always)
  var mostTold: Int { Int(homeMask &>> UInt32(truncatingIfNeeded: slotBits)) }
}
