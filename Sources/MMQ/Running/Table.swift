// The hash table behind every map: rows of words, keys first.

/// Rows of `keyWords + valueWords` words, dense and in order of insertion (a removal moves the last
/// row into the gap), with an open-addressing index of row numbers beside them. A dense array makes
/// walking and growing cheap and costs 4 to 8 bytes a row more than the row itself.
struct Table: ~Copyable {
  let keyWords: Int
  let valueWords: Int
  /// The first word of each value is the address of a table of its own, or 0.
  private let ownsTables: Bool
  private let stride: Int
  private(set) var count = 0
  private var capacity = 0
  private var rows: UnsafeMutablePointer<UInt64>
  /// Row number + 1; 0 is a free slot.
  private var index: UnsafeMutablePointer<UInt32>
  private var mask: Int
  private var shift: UInt64
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
    shift = 64 - UInt64(Table.firstSlots.trailingZeroBitCount)
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

  @inline(__always)
  private func slot(of key: UnsafePointer<UInt64>) -> Int {
    // Multiplying spreads the low bits upwards, so the index takes the top bits.
    var hash = key[0] &* 0x9e37_79b9_7f4a_7c15
    var i = 1
    while i < keyWords {
      hash = (hash ^ (hash >> 32) ^ key[i]) &* 0x9e37_79b9_7f4a_7c15
      i &+= 1
    }
    return Int(truncatingIfNeeded: (hash ^ (hash << 32)) >> shift)
  }

  @inline(__always)
  private func isKey(_ row: UnsafePointer<UInt64>, _ key: UnsafePointer<UInt64>) -> Bool {
    var i = 0
    while i < keyWords {
      if row[i] != key[i] { return false }
      i &+= 1
    }
    return true
  }

  /// The value under a key, or nil.
  @inline(__always)
  func find(_ key: UnsafePointer<UInt64>) -> UnsafeMutablePointer<UInt64>? {
    if keyWords == 0 { return count == 0 ? nil : rows }
    var at = slot(of: key)
    while true {
      let entry = index[at]
      if entry == 0 { return nil }
      let row = rows + Int(entry &- 1) &* stride
      if isKey(row, key) { return row + keyWords }
      at = (at &+ 1) & mask
    }
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
    if (count &+ 1) &* 4 > (mask &+ 1) &* 3 { growIndex() }
    let row = rows + count &* stride
    row.update(from: key, count: keyWords)
    (row + keyWords).update(repeating: 0, count: valueWords)
    count &+= 1
    if keyWords > 0 { enter(count) }
    return row + keyWords
  }

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
    var at = slot(of: key(number &- 1))
    while index[at] != 0 { at = (at &+ 1) & mask }
    index[at] = UInt32(truncatingIfNeeded: number)
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
    shift = 64 - UInt64(slots.trailingZeroBitCount)
    for number in 1...max(1, count) where number <= count { enter(number) }
  }

  /// Removes a key; false if it was not there.
  mutating func remove(_ key: UnsafePointer<UInt64>) -> Bool {
    guard let found = find(key) else { return false }
    let row = (found - keyWords - rows) / max(1, stride)
    freeTable(of: row)
    if keyWords > 0 {
      leave(row + 1)
      if row != count - 1 { move(last: count - 1, to: row) }
    }
    count -= 1
    return true
  }

  private func move(last: Int, to row: Int) {
    var at = slot(of: key(last))
    while index[at] != UInt32(truncatingIfNeeded: last + 1) { at = (at &+ 1) & mask }
    index[at] = UInt32(truncatingIfNeeded: row + 1)
    key(row).update(from: key(last), count: stride)
  }

  /// Frees a row's slot and closes the gap, so that no search stops too early.
  private func leave(_ number: Int) {
    var gap = slot(of: key(number - 1))
    while index[gap] != UInt32(truncatingIfNeeded: number) { gap = (gap &+ 1) & mask }
    var at = gap
    while true {
      at = (at &+ 1) & mask
      let entry = index[at]
      if entry == 0 { break }
      let home = slot(of: key(Int(entry) - 1))
      let staysPut = gap <= at ? (gap < home && home <= at) : (gap < home || home <= at)
      if staysPut { continue }
      index[gap] = entry
      gap = at
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
