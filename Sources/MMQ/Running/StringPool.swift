// Every string of a run, once: a value is an id, so that comparing and hashing strings is comparing
// and hashing words.

internal import Glibc
internal import MMQTrace

/// Byte strings by id. Id 0 is the empty string, so that a zeroed word reads as `""`.
///
/// Strings that nobody holds go in collections, between two blocks or two turns of a loop: whoever
/// holds ids marks them then. Ids that are held stay as they are.
///
/// The state lies behind a pointer, not in properties: a class's properties are checked for
/// exclusive access at run time, which costs more than the work itself.
public final class StringPool {
  private struct Entry {
    /// Where its bytes start; of a free id the next free one, or -1.
    var start: Int
    var count: UInt32
    var hash: UInt32
  }

  private struct State {
    var bytes: UnsafeMutableRawPointer
    var used = 0
    var capacity: Int
    var entries: UnsafeMutablePointer<Entry>
    /// Ids that were ever given, and how many of them are free.
    var ids = 0
    var free = 0
    var firstFree = -1
    var entriesCapacity: Int
    /// Open addressing: id + 1, 0 for a free slot.
    var index: UnsafeMutablePointer<UInt32>
    var mask: Int
    /// Smaller ids are never freed.
    var kept = 0
    /// Bytes from which on a collection is wanted, and bytes that are too many for one block.
    var goal: Int
    var ceiling = Int.max
    /// Bytes that the budget knows of.
    var charged = 0
    var budget: UnsafeMutablePointer<MemoryBudget>?
    var whenTooLarge: (() -> Void)?

    /// What the strings take, with their entries and slots.
    var size: Int { used + (ids - free) * StringPool.overhead }
  }

  private let state: UnsafeMutablePointer<State>
  private let memory: RunMemory?
  /// What gives names to the addresses of stacks.
  var symbols: () -> KernelSymbols = { .none }

  private static let firstIndex = 1 << 9
  /// Before its bytes each string has its id, for walking over all.
  private static let header = 4
  /// Bytes of a string beside its own: id, entry, and slots of an index that is at most half full.
  fileprivate static let overhead = header + MemoryLayout<Entry>.stride + 12
  /// The least that may come between two collections, where there is memory enough.
  private static let leastGrowth = 1 << 20

  public convenience init() { self.init(memory: nil) }

  /// Within a run's memory. `whenTooLarge` is called when the strings of a single block are too large;
  /// they read as "" then.
  init(memory: RunMemory?) {
    self.memory = memory
    state = .allocate(capacity: 1)
    state.initialize(
      to: State(
        bytes: malloc(1 << 14)!, capacity: 1 << 14, entries: .allocate(capacity: 1 << 8),
        entriesCapacity: 1 << 8, index: .allocate(capacity: StringPool.firstIndex),
        mask: StringPool.firstIndex - 1, goal: 0, budget: memory?.budget))
    state.pointee.index.initialize(repeating: 0, count: StringPool.firstIndex)
    findGoal()
    _ = intern([])
  }

  deinit {
    state.pointee.budget?.pointee.give(state.pointee.charged)
    free(state.pointee.bytes)
    state.pointee.entries.deallocate()
    state.pointee.index.deallocate()
    state.deinitialize(count: 1).deallocate()
  }

  /// Strings that are there.
  public var count: Int { state.pointee.ids - state.pointee.free }

  var whenTooLarge: (() -> Void)? {
    get { state.pointee.whenTooLarge }
    set { state.pointee.whenTooLarge = newValue }
  }

  /// The bytes of a string; valid until the next `intern`.
  public func bytes(of id: UInt64) -> UnsafeBufferPointer<UInt8> {
    guard id < UInt64(state.pointee.ids) else { return UnsafeBufferPointer(start: nil, count: 0) }
    let entry = state.pointee.entries[Int(id)]
    let start = (state.pointee.bytes + entry.start).assumingMemoryBound(to: UInt8.self)
    return UnsafeBufferPointer(start: start, count: Int(entry.count))
  }

  public func string(of id: UInt64) -> String { String(decoding: bytes(of: id), as: UTF8.self) }

  public func intern(_ text: [UInt8]) -> UInt64 { text.withUnsafeBytes { intern($0) } }

  public func intern(_ text: String) -> UInt64 {
    var text = text
    return text.withUTF8 { intern(UnsafeRawBufferPointer($0)) }
  }

  /// The id of these bytes, which are copied if they are new.
  public func intern(_ text: UnsafeRawBufferPointer) -> UInt64 {
    let hash = StringPool.hash(text)
    var slot = Int(hash) & state.pointee.mask
    while true {
      let entry = state.pointee.index[slot]
      if entry == 0 { return add(text, hash, at: slot) }
      if matches(Int(entry - 1), text, hash) { return UInt64(entry - 1) }
      slot = (slot + 1) & state.pointee.mask
    }
  }

  private func matches(_ id: Int, _ text: UnsafeRawBufferPointer, _ hash: UInt32) -> Bool {
    let entry = state.pointee.entries[id]
    guard entry.hash == hash, Int(entry.count) == text.count else { return false }
    return text.isEmpty
      || memcmp(state.pointee.bytes + entry.start, text.baseAddress!, text.count) == 0
  }

  /// FNV-1a over the bytes, mixed once more for the low bits.
  private static func hash(_ text: UnsafeRawBufferPointer) -> UInt32 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return UInt32(truncatingIfNeeded: hash ^ (hash >> 29))
  }

  private func add(_ text: UnsafeRawBufferPointer, _ hash: UInt32, at slot: Int) -> UInt64 {
    if text.count > min(state.pointee.ceiling - state.pointee.size, Int(UInt32.max)) {
      state.pointee.whenTooLarge?()
      return 0
    }
    let start = reserve(text.count)
    let id = newID()
    state.pointee.bytes.storeBytes(
      of: UInt32(id), toByteOffset: start - StringPool.header, as: UInt32.self)
    if let source = text.baseAddress {
      (state.pointee.bytes + start).copyMemory(from: source, byteCount: text.count)
    }
    state.pointee.entries[id] = Entry(start: start, count: UInt32(text.count), hash: hash)
    state.pointee.index[slot] = UInt32(id + 1)
    if count * 2 > state.pointee.mask { growIndex() }
    return UInt64(id)
  }

  private func newID() -> Int {
    if state.pointee.firstFree >= 0 {
      let id = state.pointee.firstFree
      state.pointee.firstFree = state.pointee.entries[id].start
      state.pointee.free -= 1
      return id
    }
    if state.pointee.ids == state.pointee.entriesCapacity { growEntries() }
    state.pointee.ids += 1
    return state.pointee.ids - 1
  }

  // MARK: Growing

  /// Room for a string; where its bytes go.
  private func reserve(_ count: Int) -> Int {
    let start = state.pointee.used + StringPool.header
    state.pointee.used = start + count
    if state.pointee.used > state.pointee.capacity {
      state.pointee.capacity = max(state.pointee.capacity * 2, state.pointee.used)
      state.pointee.bytes = realloc(state.pointee.bytes, state.pointee.capacity)!
    }
    return start
  }

  private func growEntries() {
    let larger = UnsafeMutablePointer<Entry>.allocate(capacity: state.pointee.entriesCapacity * 2)
    larger.moveInitialize(from: state.pointee.entries, count: state.pointee.ids)
    state.pointee.entries.deallocate()
    state.pointee.entries = larger
    state.pointee.entriesCapacity *= 2
  }

  private func growIndex() {
    let slots = (state.pointee.mask + 1) * 2
    state.pointee.index.deallocate()
    state.pointee.index = .allocate(capacity: slots)
    state.pointee.mask = slots - 1
    fillIndex()
  }

  /// From the strings as they lie.
  private func fillIndex() {
    state.pointee.index.initialize(repeating: 0, count: state.pointee.mask + 1)
    eachString { id, _ in
      var slot = Int(state.pointee.entries[id].hash) & state.pointee.mask
      while state.pointee.index[slot] != 0 { slot = (slot + 1) & state.pointee.mask }
      state.pointee.index[slot] = UInt32(id + 1)
    }
  }

  /// Calls with each string's id and where its header is, in the order in which they lie.
  private func eachString(_ body: (_ id: Int, _ place: Int) -> Void) {
    var place = 0
    let end = state.pointee.used
    while place < end {
      let id = Int(state.pointee.bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self))
      let size = StringPool.header + Int(state.pointee.entries[id].count)
      body(id, place)
      place += size
    }
  }

  // MARK: Collecting

  /// Ids that somebody holds.
  struct Marks: ~Copyable {
    private let bits: UnsafeMutablePointer<UInt64>
    private let ids: Int

    fileprivate init(ids: Int) {
      self.ids = ids
      bits = .allocate(capacity: ids / 64 + 1)
      bits.initialize(repeating: 0, count: ids / 64 + 1)
    }

    deinit { bits.deallocate() }

    /// A word that is an id, or may be one: numbers that are none do no harm.
    func mark(_ word: UInt64) {
      if word < UInt64(ids) { bits[Int(word >> 6)] |= 1 << (word & 63) }
    }

    fileprivate func has(_ id: Int) -> Bool { bits[id >> 6] >> UInt64(id & 63) & 1 != 0 }
  }

  /// The strings that are there now are never freed.
  func keepAll() { state.pointee.kept = state.pointee.ids }

  /// Much has come since the last collection.
  var wantsCollection: Bool { state.pointee.size >= state.pointee.goal }

  /// Frees all strings but those that `mark` marks.
  func collect(_ mark: (borrowing Marks) -> Void) {
    let marks = Marks(ids: state.pointee.ids)
    mark(marks)
    var end = 0
    eachString { id, place in
      let size = StringPool.header + Int(state.pointee.entries[id].count)
      guard id < state.pointee.kept || marks.has(id) else { return release(id) }
      memmove(state.pointee.bytes + end, state.pointee.bytes + place, size)
      state.pointee.entries[id].start = end + StringPool.header
      end += size
    }
    state.pointee.used = end
    shrink()
    fillIndex()
    findGoal()
  }

  private func release(_ id: Int) {
    state.pointee.entries[id] = Entry(start: state.pointee.firstFree, count: 0, hash: 0)
    state.pointee.firstFree = id
    state.pointee.free += 1
  }

  /// After much was freed.
  private func shrink() {
    guard state.pointee.capacity > StringPool.leastGrowth,
      state.pointee.used < state.pointee.capacity / 4
    else { return }
    state.pointee.capacity = max(StringPool.leastGrowth, state.pointee.used * 2)
    state.pointee.bytes = realloc(state.pointee.bytes, state.pointee.capacity)!
  }

  /// When the next collection is due: after growth by half. Where the budget does not have that, the
  /// strings that are held must not become more.
  private func findGoal() {
    let held = state.pointee.size
    guard let budget = state.pointee.budget else {
      state.pointee.goal = held + max(StringPool.leastGrowth, held / 2)
      return
    }
    let least = min(StringPool.leastGrowth, budget.pointee.limit / 8)
    let (usual, small) = (held + max(least, held / 2), held + max(least, held / 8))
    budget.pointee.give(state.pointee.charged)
    let isEnough = budget.pointee.take(usual)
    if !isEnough { budget.pointee.charge(small) }
    budget.pointee.isShortOfStrings = !isEnough
    state.pointee.charged = isEnough ? usual : small
    state.pointee.goal = state.pointee.charged
    state.pointee.ceiling = state.pointee.goal + max(1 << 20, budget.pointee.limit / 4)
  }
}
