// The hash table behind every map: rows of words, keys first.

/// Rows of `keyWords + valueWords` words, dense and in order of insertion (a removal moves the last
/// row into the gap), with an open-addressing index of row numbers beside them. A dense array makes
/// walking and growing cheap and costs 4 to 8 bytes a row more than the row itself.
///
/// An entry of the index is a row's number + 1 in its low bits, as many as numbers of rows need, and a
/// tag of the key's hash above them: other keys in the way rarely cost a look at their rows.
struct Table: ~Copyable {
  let keyWords: Int
  let valueWords: Int
  /// The first word of each value is the address of a table of its own, or 0.
  private let ownsTables: Bool
  private let stride: Int
  private(set) var count = 0
  private var capacity = 0
  private var rows: UnsafeMutablePointer<UInt64>
  /// 0 is a free slot.
  private var index: UnsafeMutablePointer<UInt32>
  private var mask: Int
  /// Slots are 2 to the power of it; so are the numbers that an entry can hold.
  private var slotBits: UInt64
  /// The most rows; behind it new keys are dropped, or drop others.
  private let limit: Int
  private let evicts: Bool
  /// The next row to go where full maps make room.
  private var oldest = 0
  /// Updates of new keys that were dropped because the map was full.
  private(set) var dropped: UInt64 = 0

  private static let firstSlots = 16

  init(
    keyWords: Int, valueWords: Int, limit: Int? = nil, evicts: Bool = false,
    ownsTables: Bool = false
  ) {
    self.limit = limit ?? .max
    self.evicts = evicts
    self.keyWords = keyWords
    self.valueWords = valueWords
    self.ownsTables = ownsTables
    stride = keyWords + valueWords
    capacity = 4
    rows = .allocate(capacity: 4 * max(1, stride))
    mask = Table.firstSlots - 1
    slotBits = UInt64(Table.firstSlots.trailingZeroBitCount)
    index = .allocate(capacity: Table.firstSlots)
    index.initialize(repeating: 0, count: Table.firstSlots)
  }

  deinit {
    for row in 0..<count { freeTable(of: row) }
    rows.deallocate()
    index.deallocate()
  }

  /// The key of a row, `0 ..< count`; its value follows.
  func key(_ row: Int) -> UnsafeMutablePointer<UInt64> { rows + row &* stride }
  func value(_ row: Int) -> UnsafeMutablePointer<UInt64> { rows + row &* stride + keyWords }

  /// Multiplying spreads the low bits upwards: the top bits are the good ones.
  @inline(__always)
  private func hash(_ key: UnsafePointer<UInt64>) -> UInt64 {
    var hash = key[0] &* 0x9e37_79b9_7f4a_7c15
    var i = 1
    while i < keyWords {
      hash = (hash ^ (hash &>> 32) ^ key[i]) &* 0x9e37_79b9_7f4a_7c15
      i &+= 1
    }
    return hash
  }

  /// Where the search for a hash begins.
  @inline(__always)
  private func slot(_ hash: UInt64) -> Int {
    Int(truncatingIfNeeded: (hash ^ (hash &<< 32)) &>> (64 &- slotBits))
  }

  @inline(__always)
  private func tag(_ hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash &>> 32) & ~rowMask }

  @inline(__always)
  private var rowMask: UInt32 { UInt32(truncatingIfNeeded: mask) }

  @inline(__always)
  private func isKey(_ row: UnsafePointer<UInt64>, _ key: UnsafePointer<UInt64>) -> Bool {
    var i = 0
    while i < keyWords {
      if row[i] != key[i] { return false }
      i &+= 1
    }
    return true
  }

  /// The slot of a key's entry; nil if it is not there.
  @inline(__always)
  private func place(of key: UnsafePointer<UInt64>) -> Int? {
    let hash = hash(key)
    let tag = tag(hash)
    var at = slot(hash)
    while true {
      let entry = index[at]
      if entry == 0 { return nil }
      if entry & ~rowMask == tag, isKey(rows + row(entry) &* stride, key) { return at }
      at = (at &+ 1) & mask
    }
  }

  @inline(__always)
  private func row(_ entry: UInt32) -> Int { Int(entry & rowMask) &- 1 }

  /// The value under a key, or nil.
  @inline(__always)
  func find(_ key: UnsafePointer<UInt64>) -> UnsafeMutablePointer<UInt64>? {
    if keyWords == 0 { return count == 0 ? nil : rows }
    return place(of: key).map { value(row(index[$0])) }
  }

  /// The value under a key; a new one is all zero.
  @inline(__always)
  mutating func findOrInsert(_ key: UnsafePointer<UInt64>) -> UnsafeMutablePointer<UInt64> {
    find(key) ?? insert(key)
  }

  /// Adds a row for a key that is not there.
  @inline(never)
  private mutating func insert(_ key: UnsafePointer<UInt64>) -> UnsafeMutablePointer<UInt64> {
    if count >= limit, keyWords > 0, !makeRoom() { return spare() }
    if count == capacity { growRows() }
    if isIndexFull { growIndex() }
    let row = rows + count &* stride
    row.copy(key, keyWords)
    (row + keyWords).update(repeating: 0, count: valueWords)
    count &+= 1
    if keyWords > 0 { enter(count) }
    return row + keyWords
  }

  /// Three quarters are as full as searches stay short.
  private var isIndexFull: Bool { (count &+ 1) &* 4 > (mask &+ 1) &* 3 }

  /// Drops a row of a full map that may do so. The last row moves to its place, so going through the
  /// numbers drops older rows first, as good as an LRU of the kernel's kind does.
  private mutating func makeRoom() -> Bool {
    guard evicts else { return false }
    if oldest >= count { oldest = 0 }
    _ = remove(key(oldest))
    oldest += 1
    return true
  }

  /// Somewhere to write what a full map does not take: behind its last row.
  private mutating func spare() -> UnsafeMutablePointer<UInt64> {
    dropped += 1
    if count == capacity { growRows() }
    let value = rows + count &* stride + keyWords
    value.update(repeating: 0, count: valueWords)
    return value
  }

  /// Writes a row's number (from 1) into the first free slot for its key.
  private func enter(_ number: Int) {
    let hash = hash(key(number &- 1))
    var at = slot(hash)
    while index[at] != 0 { at = (at &+ 1) & mask }
    index[at] = UInt32(truncatingIfNeeded: number) | tag(hash)
  }

  private mutating func growRows() {
    capacity = capacity + max(4, capacity / 2)
    let larger = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity * max(1, stride))
    larger.moveInitialize(from: rows, count: count * stride)
    rows.deallocate()
    rows = larger
  }

  private mutating func growIndex() {
    let slots = (mask + 1) * 2
    index.deallocate()
    index = .allocate(capacity: slots)
    index.initialize(repeating: 0, count: slots)
    mask = slots - 1
    slotBits = UInt64(slots.trailingZeroBitCount)
    for number in 1...max(1, count) where number <= count { enter(number) }
  }

  /// Removes a key; false if it was not there.
  mutating func remove(_ key: UnsafePointer<UInt64>) -> Bool {
    guard keyWords > 0 else {
      if count > 0 { freeTable(of: 0) }
      defer { count = 0 }
      return count > 0
    }
    guard let place = place(of: key) else { return false }
    let row = row(index[place])
    if ownsTables { freeTable(of: row) }
    close(gap: place)
    count &-= 1
    if row != count { move(last: count, to: row) }
    return true
  }

  /// The last row goes where one was removed.
  private func move(last: Int, to row: Int) {
    let from = key(last)
    let hash = hash(from)
    let entry = UInt32(truncatingIfNeeded: last &+ 1) | tag(hash)
    var at = slot(hash)
    while index[at] != entry { at = (at &+ 1) & mask }
    index[at] = UInt32(truncatingIfNeeded: row &+ 1) | tag(hash)
    key(row).copy(from, stride)
  }

  /// Frees a slot and moves later entries up to it, so that no search stops too early.
  private func close(gap: Int) {
    var gap = gap
    var at = gap
    while true {
      at = (at &+ 1) & mask
      let entry = index[at]
      if entry == 0 { break }
      let home = slot(hash(key(row(entry))))
      // It may move where its search begins at the gap or before it.
      if (at &- home) & mask >= (at &- gap) & mask {
        index[gap] = entry
        gap = at
      }
    }
    index[gap] = 0
  }

  mutating func clear() {
    let lost = dropped
    self = Table(
      keyWords: keyWords, valueWords: valueWords, limit: limit, evicts: evicts,
      ownsTables: ownsTables)
    dropped = lost
  }

  /// Sets all values to zero; the keys stay.
  func zero() {
    for row in 0..<count {
      freeTable(of: row)
      value(row).update(repeating: 0, count: valueWords)
    }
  }

  private func freeTable(of row: Int) {
    guard ownsTables, let table = value(row).table else { return }
    table.deinitialize(count: 1).deallocate()
  }
}

extension UnsafeMutablePointer<UInt64> {
  /// A few words: mostly one, for which a call of memmove() would take longer than the work.
  @inline(__always)
  func copy(_ from: UnsafePointer<UInt64>, _ words: Int) {
    if words == 1 {
      self[0] = from[0]
    } else {
      update(from: from, count: words)
    }
  }
}
