// Rows that go: the last one takes the place of another, and the index has no gaps in its chains.

extension Table {
  // What works on a table's own words is mutating even where it changes none of them: others would be called
  // with a copy of them.

  /// Removes a key; false if it was not there. Mostly it was just looked up, and its row stays.
  @inline(__always)
  mutating func remove(_ key: UnsafePointer<UInt64>) -> Bool {
    guard keepsGhosts, wasLookedUp(key) else { return searchAndRemove(key) }
    leaveGhost(lastPlace)
    return true
  }

  @inline(__always)
  private mutating func wasLookedUp(_ key: UnsafePointer<UInt64>) -> Bool {
    let entry = index[lastPlace]
    return key[0] == lastKey && entry != 0 && entry & EntryBits.ghost == 0
      && isKey(rows + row(entry) &* stride, key)
  }

  @inline(never)
  private mutating func searchAndRemove(_ key: UnsafePointer<UInt64>) -> Bool {
    guard keyWords > 0 else {
      if used > 0 { freeTable(of: 0) }
      defer { used = 0 }
      return used > 0
    }
    guard let place = place(of: key) else { return false }
    if keepsGhosts {
      leaveGhost(place)
      return true
    }
    let row = row(index[place])
    if ownedWords != nil { freeTable(of: row) }
    close(gap: place)
    used &-= 1
    if row != used { move(last: used, to: row) }
    return true
  }

  // MARK: Keys that come back

  /// Whoever walks over rows wants none of removed keys, so there are never more of them than of others.
  @inline(__always)
  private mutating func leaveGhost(_ place: Int) {
    // Of `|=` here Swift 6.3 makes code for the thread sanitizer that LLVM refuses.
    index[place] = index[place] | EntryBits.ghost
    ghosts &+= 1
    if ghosts > max(used &- ghosts, Table.fewGhosts) { settle() }
  }

  private static let fewGhosts = 256

  /// The key that an entry's row was of is there again.
  @inline(__always)
  mutating func revive(_ place: Int) -> UnsafeMutablePointer<UInt64> {
    index[place] = index[place] & ~EntryBits.ghost
    ghosts &-= 1
    let value = value(row(index[place]))
    value.zero(valueWords)
    return value
  }

  /// How many keys there are: rows from here on are those of keys.
  var count: Int {
    mutating get {
      settle()
      return used
    }
  }

  /// How many keys there are, for those who do not walk over their rows.
  var keyCount: Int { used &- ghosts }

  /// Lets go of the rows of removed keys; the others stay in their order.
  mutating func settle() {
    if ghosts > 0 { removeGhosts() }
  }

  @inline(never)
  private mutating func removeGhosts() {
    var isGhost = [Bool](repeating: false, count: used)
    for at in 0...mask where index[at] & EntryBits.ghost != 0 { isGhost[row(index[at])] = true }
    var kept = 0
    for row in 0..<used where !isGhost[row] {
      if row != kept { key(kept).copy(key(row), stride) }
      kept &+= 1
    }
    (used, ghosts) = (kept, 0)
    index.update(repeating: 0, count: mask &+ 1)
    enterAll()
  }

  // MARK: Keys that go for good

  /// The last row goes where one was removed.
  private mutating func move(last: Int, to row: Int) {
    let from = key(last)
    let hash = hash(from)
    var at = bits.slot(hash)
    let tag = bits.tag(hash, at)
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
    if isFar { return (at &- bits.slot(hash(key(row(entry))))) & mask }
    // A small table has fewer slots than those bits can tell, and its entries go on at its start.
    return (at &- bits.home(of: entry)) & bits.mostTold & mask
  }
}
