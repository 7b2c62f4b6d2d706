// The hash table behind every map: rows of words, keys first.

internal import Glibc

/// Rows of `keyWords + valueWords` words, dense and in order of insertion (a removal moves the last
/// row into the gap, or leaves it until somebody walks over the rows), with an open-addressing index of row numbers beside
/// them. A dense array makes
/// walking and growing cheap and costs 4 to 8 bytes a row more than the row itself.
///
/// An entry of the index has beside its row's number what tells how far it is from where searches for its key begin,
/// and bits of the key's hash: other keys in the way rarely cost a look at their rows.
struct Table: ~Copyable {
  let keyWords: Int
  let valueWords: Int
  /// Words of the values of a table that each value owns: its first word is the address. nil where
  /// values own none.
  let ownedWords: Int?
  /// Some words of keys, and of values, are ids of strings.
  private let holdsStrings: (keys: Bool, values: Bool)
  let stride: Int
  /// Rows in use, some of which may be of keys that were removed.
  var used = 0
  /// Rows of removed keys that are kept, as keys come back.
  var ghosts = 0
  private var capacity = 0
  private(set) var rows: UnsafeMutablePointer<UInt64>
  /// 0 is a free slot.
  private(set) var index: UnsafeMutablePointer<UInt32>
  private(set) var mask: Int
  private(set) var bits: EntryBits
  /// Some entry may be further from its home than those bits can tell.
  private(set) var isFar = false
  /// The most rows; behind it new keys are dropped, or drop others.
  private let limit: Int
  private let evicts: Bool
  /// The next row to go where full maps make room.
  private var oldest = 0
  /// The first word of the key that was looked up last, and the place of its entry then.
  private(set) var lastKey: UInt64 = 0
  private(set) var lastPlace = 0
  /// Updates of new keys that were dropped because the map was full.
  private(set) var dropped: UInt64 = 0
  /// Updates that were dropped because the budget has no memory for them.
  private var refusals: UInt64 = 0
  /// Whose memory it is; nil where there is no limit.
  private let budget: UnsafeMutablePointer<MemoryBudget>?

  /// What is removed is often there again soon, as a page or a thread is: its row and its entry stay for it. Not where
  /// keys or bytes have a limit, so that it must make room, and not in an index that needs all bits of its entries.
  private(set) var keepsGhosts: Bool

  private static let firstRows = 4
  private static let firstSlots = 16

  init(
    keyWords: Int, valueWords: Int, limit: Int? = nil, evicts: Bool = false,
    ownedWords: Int? = nil, holdsStrings: (keys: Bool, values: Bool) = (false, false),
    budget: UnsafeMutablePointer<MemoryBudget>? = nil
  ) {
    self.limit = limit ?? .max
    self.evicts = evicts
    self.keyWords = keyWords
    self.valueWords = valueWords
    self.ownedWords = ownedWords
    self.holdsStrings = holdsStrings
    self.budget = budget
    keepsGhosts = self.limit == .max && budget == nil && ownedWords == nil
    stride = keyWords + valueWords
    capacity = Table.firstRows
    rows = Table.memory(capacity * max(1, stride))
    mask = Table.firstSlots - 1
    bits = EntryBits(slots: Table.firstSlots)
    index = Table.memory(Table.firstSlots)
    index.initialize(repeating: 0, count: Table.firstSlots)
    budget?.pointee.charge(rowBytes(capacity) + Table.indexBytes(Table.firstSlots))
  }

  deinit {
    for row in 0..<used { freeOwned(of: row) }
    free(rows)
    free(index)
    budget?.pointee.give(rowBytes(capacity) + Table.indexBytes(mask + 1))
  }

  private func rowBytes(_ rows: Int) -> Int { rows * max(1, stride) * 8 }
  private static func indexBytes(_ slots: Int) -> Int { slots * 4 }

  /// What an empty table takes, with its own words.
  private static func firstBytes(valueWords: Int) -> Int {
    firstRows * (1 + valueWords) * 8 + indexBytes(firstSlots) + MemoryLayout<Table>.stride
  }

  /// Updates that were dropped for want of memory, here and in the tables that values own.
  var refused: UInt64 {
    guard ownedWords != nil else { return refusals }
    return (0..<used).reduce(refusals) { $0 + (value($1).table?.pointee.refused ?? 0) }
  }

  /// The key of a row, `0 ..< count`; its value follows.
  func key(_ row: Int) -> UnsafeMutablePointer<UInt64> { rows + row &* stride }
  func value(_ row: Int) -> UnsafeMutablePointer<UInt64> { rows + row &* stride + keyWords }

  /// The hash of a key's first word. Multiplying spreads the low bits upwards: the top bits are the good ones.
  @inline(__always)
  static func hash(_ word: UInt64) -> UInt64 { word &* 0x9e37_79b9_7f4a_7c15 }

  /// With one word more.
  @inline(__always)
  static func hash(_ word: UInt64, behind hash: UInt64) -> UInt64 {
    Table.hash(hash ^ (hash &>> 32) ^ word)
  }

  @inline(__always)
  func hash(_ key: UnsafePointer<UInt64>) -> UInt64 {
    var hash = Table.hash(key[0])
    var i = 1
    while i < keyWords {
      hash = Table.hash(key[i], behind: hash)
      i &+= 1
    }
    return hash
  }

  @inline(__always)
  func isKey(_ row: UnsafePointer<UInt64>, _ key: UnsafePointer<UInt64>) -> Bool {
    if row[0] != key[0] { return false }
    var i = 1
    while i < keyWords {
      if row[i] != key[i] { return false }
      i &+= 1
    }
    return true
  }

  /// The slot of a key's entry; nil if it is not there.
  @inline(__always)
  func place(of key: UnsafePointer<UInt64>) -> Int? {
    let hash = hash(key)
    var at = bits.slot(hash)
    let tag = bits.tag(hash, at)
    while true {
      let entry = index[at]
      if entry == 0 { return nil }
      if entry & (bits.tag | EntryBits.ghost) == tag, isKey(rows + row(entry) &* stride, key) {
        return at
      }
      at = (at &+ 1) & mask
    }
  }

  @inline(__always)
  func row(_ entry: UInt32) -> Int { Int(entry & bits.row) &- 1 }

  /// The value under a key, or nil.
  @inline(__always)
  func find(_ key: UnsafePointer<UInt64>) -> UnsafeMutablePointer<UInt64>? {
    if keyWords == 0 { return used == 0 ? nil : rows }
    return place(of: key).map { value(row(index[$0])) }
  }

  /// As above, for a key that may be removed next.
  @inline(__always)
  mutating func findToRemove(_ key: UnsafePointer<UInt64>) -> UnsafeMutablePointer<UInt64>? {
    if keyWords == 0 { return used == 0 ? nil : rows }
    guard let place = place(of: key) else { return nil }
    (lastKey, lastPlace) = (key[0], place)
    return value(row(index[place]))
  }

  /// The value under a key; a new one is all zero. nil where there is no room for a new one: the
  /// update is dropped, and counted.
  @inline(__always)
  mutating func findOrInsert(_ key: UnsafePointer<UInt64>) -> UnsafeMutablePointer<UInt64>? {
    if keyWords == 0 { return used == 0 ? insert(key, 0, at: 0) : rows }
    let hash = hash(key)
    var at = bits.slot(hash)
    let tag = bits.tag(hash, at)
    while true {
      let entry = index[at]
      if entry == 0 { return insert(key, hash, at: at) }
      if entry & bits.tag == tag, isKey(rows + row(entry) &* stride, key) {
        return entry & EntryBits.ghost == 0 ? value(row(entry)) : revive(at)
      }
      at = (at &+ 1) & mask
    }
  }

  /// As above for a value that is to be replaced: it may hold strings that were never held before.
  @inline(__always)
  mutating func findOrInsertToStore(_ key: UnsafePointer<UInt64>) -> UnsafeMutablePointer<UInt64>? {
    if holdsStrings.values, takesNoStrings { return refuse() }
    return findOrInsert(key)
  }

  /// A map without keys holds one value only, which may always change.
  private var takesNoStrings: Bool {
    guard keyWords > 0, let budget else { return false }
    return budget.pointee.isShortOfStrings
  }

  /// Adds a row for a key that is not there: the search for it ended at a free slot.
  @inline(never)
  private mutating func insert(
    _ key: UnsafePointer<UInt64>, _ hash: UInt64, at free: Int
  ) -> UnsafeMutablePointer<UInt64>? {
    if holdsStrings.keys, takesNoStrings { return refuse() }
    let isFull = used >= limit && keyWords > 0
    if isFull, !evicts || used == 0 {
      dropped += 1
      return nil
    }
    if !isFull, used == capacity, !growRows() { return refuse() }
    let hasMoved = !isFull && isIndexFull
    if hasMoved, !makeRoomInIndex() { return refuse() }
    var owned: UInt64?
    if let ownedWords {
      owned = ownTable(valueWords: ownedWords)
      if owned == nil { return refuse() }
    }
    let number = isFull ? giveUpOldest() : used
    let row = rows + number &* stride
    row.copy(key, keyWords)
    (row + keyWords).zero(valueWords)
    if let owned { row[keyWords] = owned }
    if !isFull { used &+= 1 }
    if keyWords > 0 {
      // Entries that moved may have taken the slot.
      enter(number &+ 1, hash, at: isFull || hasMoved ? nil : free)
    }
    return row + keyWords
  }

  /// Half full as long as a core's own cache holds the index: searches end at once. Then three quarters:
  /// memory counts more.
  private var isIndexFull: Bool {
    (used &+ 1) &* 4 > (mask &+ 1) &* (mask < Table.mostHalfFullSlots ? 2 : 3)
  }

  private static let mostHalfFullSlots = 1 << 17

  private mutating func refuse() -> UnsafeMutablePointer<UInt64>? {
    refusals += 1
    budget?.pointee.hasDropped = true
    return nil
  }

  /// The address of a new table for a value; nil where there is no memory for it. Its first rows are
  /// there already, so that no value stays empty.
  private func ownTable(valueWords: Int) -> UInt64? {
    if let budget {
      let bytes = Table.firstBytes(valueWords: valueWords)
      guard budget.pointee.take(bytes) else { return nil }
      // The table itself takes all but its own words.
      budget.pointee.give(bytes - MemoryLayout<Table>.stride)
    }
    let table = UnsafeMutablePointer<Table>.allocate(capacity: 1)
    table.initialize(to: Table(keyWords: 1, valueWords: valueWords, budget: budget))
    return UInt64(UInt(bitPattern: table))
  }

  /// Forgets the key of the row whose turn it is, for a new one in its place: so rows come to go in the order in
  /// which they came, unless others were removed between.
  private mutating func giveUpOldest() -> Int {
    if oldest >= used { oldest = 0 }
    if let place = place(of: key(oldest)) { close(gap: place) }
    if ownedWords != nil { freeTable(of: oldest) }
    defer { oldest += 1 }
    return oldest
  }

  /// Writes a row's number (from 1) into the first free slot for its key, which may be known.
  @inline(__always)
  private mutating func enter(_ number: Int, _ hash: UInt64, at free: Int? = nil) {
    let home = bits.slot(hash)
    var at = free ?? home
    while index[at] != 0 { at = (at &+ 1) & mask }
    index[at] = UInt32(truncatingIfNeeded: number) | bits.tag(hash, home)
    if (at &- home) & mask > bits.mostTold { isFar = true }
  }

  private mutating func growRows() -> Bool {
    let more = max(Table.firstRows, capacity / 2)
    if let budget, !budget.pointee.take(rowBytes(more)) { return false }
    capacity += more
    rows = Table.memory(capacity * max(1, stride), insteadOf: rows)
    return true
  }

  /// Rows of removed keys go first; where they were few, the index would soon be full again.
  private mutating func makeRoomInIndex() -> Bool {
    let hadMany = ghosts > used / 4
    settle()
    return hadMany || growIndex()
  }

  private mutating func growIndex() -> Bool {
    let slots = (mask + 1) * 2
    if let budget, !budget.pointee.take(Table.indexBytes(slots - mask - 1)) { return false }
    index = Table.memory(slots, insteadOf: index)
    index.initialize(repeating: 0, count: slots)
    mask = slots - 1
    bits = EntryBits(slots: slots)
    if mask >= 1 << 29 { keepsGhosts = false }
    enterAll()
    return true
  }

  /// Into an empty index.
  mutating func enterAll() {
    isFar = false
    for row in 0..<used { enter(row &+ 1, hash(key(row))) }
  }

  /// Room for so many words. realloc(3) moves large pieces without copying them, so that old and new are
  /// never there at once; to free them would have malloc() keep that much for later.
  private static func memory<Word: BitwiseCopyable>(
    _ count: Int, insteadOf old: UnsafeMutablePointer<Word>? = nil
  ) -> UnsafeMutablePointer<Word> {
    guard let memory = realloc(old, count * MemoryLayout<Word>.stride) else {
      fatalError("out of memory")
    }
    return memory.assumingMemoryBound(to: Word.self)
  }

  mutating func clear() {
    let (lost, refused) = (dropped, refused)
    self = Table(
      keyWords: keyWords, valueWords: valueWords, limit: limit, evicts: evicts,
      ownedWords: ownedWords, holdsStrings: holdsStrings, budget: budget)
    (dropped, refusals) = (lost, refused)
  }

  /// Sets all values to zero; the keys stay.
  func zero() {
    for row in 0..<used {
      let value = value(row)
      let table = value.table
      value.update(repeating: 0, count: valueWords)
      guard ownedWords != nil, let table else { continue }
      table.pointee.clear()
      value[0] = UInt64(UInt(bitPattern: table))
    }
  }

  mutating func freeTable(of row: Int) {
    guard ownedWords != nil, let table = value(row).table else { return }
    refusals += table.pointee.refused
    freeOwned(of: row)
  }

  private func freeOwned(of row: Int) {
    guard ownedWords != nil, let table = value(row).table else { return }
    table.deinitialize(count: 1).deallocate()
    budget?.pointee.give(MemoryLayout<Table>.stride)
  }
}

extension UnsafeMutablePointer<UInt64> {
  /// A few words: mostly one or two, for which a call of memmove() would take longer than the work.
  @inline(__always)
  func copy(_ from: UnsafePointer<UInt64>, _ words: Int) {
    if words == 1 {
      self[0] = from[0]
    } else if words == 2 {
      (self[0], self[1]) = (from[0], from[1])
    } else {
      update(from: from, count: words)
    }
  }

  /// As above.
  @inline(__always)
  func zero(_ words: Int) {
    if words == 1 {
      self[0] = 0
    } else {
      update(repeating: 0, count: words)
    }
  }
}
