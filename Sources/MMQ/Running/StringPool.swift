// Every string of a run, once: a value is an id, so that comparing and hashing strings is comparing
// and hashing words.

/// Byte strings by id. Id 0 is the empty string, so that a zeroed word reads as `""`.
///
/// The state lies behind a pointer, not in properties: a class's properties are checked for
/// exclusive access at run time, which costs more than the work itself.
public final class StringPool {
  private struct State {
    var bytes: UnsafeMutablePointer<UInt8>
    var used = 0
    var capacity = 1 << 12
    /// Start of each string; the end is the next one's start.
    var starts: UnsafeMutablePointer<Int>
    var count = 0
    var startsCapacity = 1 << 8
    /// Open addressing: id + 1, 0 for a free slot.
    var index: UnsafeMutablePointer<UInt32>
    var mask = (1 << 9) - 1
  }

  private let state: UnsafeMutablePointer<State>

  public init() {
    state = .allocate(capacity: 1)
    state.initialize(
      to: State(
        bytes: .allocate(capacity: 1 << 12), starts: .allocate(capacity: 1 << 8),
        index: .allocate(capacity: 1 << 9)))
    state.pointee.index.initialize(repeating: 0, count: 1 << 9)
    state.pointee.starts[0] = 0
    _ = intern([])
  }

  deinit {
    state.pointee.bytes.deallocate()
    state.pointee.starts.deallocate()
    state.pointee.index.deallocate()
    state.deallocate()
  }

  public var count: Int { state.pointee.count }

  /// The bytes of a string; valid until the next `intern`.
  public func bytes(of id: UInt64) -> UnsafeBufferPointer<UInt8> {
    let s = state.pointee
    guard id < UInt64(s.count) else { return UnsafeBufferPointer(start: nil, count: 0) }
    let start = s.starts[Int(id)]
    return UnsafeBufferPointer(start: s.bytes + start, count: s.starts[Int(id) + 1] - start)
  }

  public func string(of id: UInt64) -> String { String(decoding: bytes(of: id), as: UTF8.self) }

  public func intern(_ text: [UInt8]) -> UInt64 { text.withUnsafeBytes { intern($0) } }

  public func intern(_ text: String) -> UInt64 { intern(Array(text.utf8)) }

  /// The id of these bytes, which are copied if they are new.
  public func intern(_ text: UnsafeRawBufferPointer) -> UInt64 {
    var slot = StringPool.hash(text) & state.pointee.mask
    while true {
      let entry = state.pointee.index[slot]
      if entry == 0 { return add(text, at: slot) }
      if matches(UInt64(entry - 1), text) { return UInt64(entry - 1) }
      slot = (slot + 1) & state.pointee.mask
    }
  }

  private func matches(_ id: UInt64, _ text: UnsafeRawBufferPointer) -> Bool {
    let known = UnsafeRawBufferPointer(bytes(of: id))
    guard known.count == text.count else { return false }
    return known.elementsEqual(text)
  }

  /// FNV-1a over the bytes, mixed once more for the low bits.
  private static func hash(_ text: UnsafeRawBufferPointer) -> Int {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return Int(truncatingIfNeeded: hash ^ (hash >> 29))
  }

  private func add(_ text: UnsafeRawBufferPointer, at slot: Int) -> UInt64 {
    reserve(text.count)
    let id = state.pointee.count
    let start = state.pointee.starts[id]
    for (i, byte) in text.enumerated() { state.pointee.bytes[start + i] = byte }
    state.pointee.starts[id + 1] = start + text.count
    state.pointee.used = start + text.count
    state.pointee.count = id + 1
    state.pointee.index[slot] = UInt32(id + 1)
    if (id + 1) * 2 > state.pointee.mask { rehash() }
    return UInt64(id)
  }

  private func reserve(_ more: Int) {
    if state.pointee.used + more > state.pointee.capacity {
      let capacity = max(state.pointee.capacity * 2, state.pointee.used + more)
      grow(&state.pointee.bytes, state.pointee.used, capacity)
      state.pointee.capacity = capacity
    }
    if state.pointee.count + 2 > state.pointee.startsCapacity {
      grow(&state.pointee.starts, state.pointee.count + 1, state.pointee.startsCapacity * 2)
      state.pointee.startsCapacity *= 2
    }
  }

  private func grow<T>(_ pointer: inout UnsafeMutablePointer<T>, _ used: Int, _ capacity: Int) {
    let larger = UnsafeMutablePointer<T>.allocate(capacity: capacity)
    larger.moveInitialize(from: pointer, count: used)
    pointer.deallocate()
    pointer = larger
  }

  private func rehash() {
    let mask = state.pointee.mask * 2 + 1
    let index = UnsafeMutablePointer<UInt32>.allocate(capacity: mask + 1)
    index.initialize(repeating: 0, count: mask + 1)
    for id in 0..<state.pointee.count {
      var slot = StringPool.hash(UnsafeRawBufferPointer(bytes(of: UInt64(id)))) & mask
      while index[slot] != 0 { slot = (slot + 1) & mask }
      index[slot] = UInt32(id + 1)
    }
    state.pointee.index.deallocate()
    state.pointee.index = index
    state.pointee.mask = mask
  }
}
