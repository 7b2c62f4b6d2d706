// Records that no ring buffer wrote, as the kernel's would hold them: perf's samples, lines of a text, events of
// a host.

/// Packs records of one CPU into sub-buffers of mmq's own size.
struct PagePacker: ~Copyable {
  let layout: RingLayout
  private let memory: UnsafeMutableRawBufferPointer
  private let block: Block
  private let pool: BlockPool
  private var used = 0
  private var start: UInt64 = 0
  private var stamp: UInt64 = 0
  private var lost: UInt64 = 0
  private var hasLostUnknown = false

  /// A record has less than 64 KiB: one always fits behind this much.
  static let full = 48 << 10
  private static let largestShortRecord = 28 * 4
  /// More than two records have beside their bytes, with a stamp between them and a count of losses.
  private static let overhead = 64
  private static let largestDelta: UInt64 = (1 << 27) - 1

  static func layout(_ order: ByteOrder) -> RingLayout {
    RingLayout(byteOrder: order, commitSize: 8, dataOffset: 16, subBufferSize: 128 << 10)
  }

  /// Memory comes from the pool, and goes back to it.
  init(_ order: ByteOrder, _ pool: BlockPool) {
    layout = PagePacker.layout(order)
    (self.pool, block) = (pool, pool.take())
    block.reserve(layout.subBufferSize)
    memory = block[0..<layout.subBufferSize]
  }

  deinit { pool.give(block) }

  var isEmpty: Bool { used == 0 }

  /// Records of so many bytes fit together. Two of a text may be too large to stand behind others.
  func hasRoom(for count: Int) -> Bool {
    isEmpty || layout.dataOffset + used + count + PagePacker.overhead <= layout.subBufferSize
  }

  /// Events lost before the first record of the sub-buffer at hand, which is still empty.
  /// nil for a number that nobody knows.
  mutating func lose(_ events: UInt64?) {
    if let events { lost &+= events } else { hasLostUnknown = true }
  }

  /// Starts a sub-buffer.
  mutating func begin() { (used, lost, hasLostUnknown) = (0, 0, false) }

  /// Adds a record; false where it belongs into the next sub-buffer: there is no room, or it is earlier
  /// than the one before. `isBehind`: it is of the same sample, so that there is room for both.
  @inline(__always)
  mutating func append(
    _ payload: UnsafeRawBufferPointer, at time: UInt64, isBehind: Bool = false
  ) -> Bool {
    guard let place = reserve(payload.count, at: time, isBehind: isBehind) else { return false }
    if let source = payload.baseAddress { place.copyMemory(from: source, byteCount: payload.count) }
    return true
  }

  /// Goes back to a time before the last record, by an absolute stamp; false where the sub-buffer has no
  /// room, or the time is out of a stamp's reach.
  mutating func goBack(to time: UInt64) -> Bool {
    guard used > 0, used < PagePacker.full, time < stamp, time >> 59 == stamp >> 59 else {
      return false
    }
    word(31, time & PagePacker.largestDelta)
    store(UInt32(truncatingIfNeeded: time >> 27))
    stamp = time
    return true
  }

  /// As `append`, for whoever writes the record's bytes; nil where it belongs into the next sub-buffer.
  @inline(__always)
  mutating func reserve(
    _ count: Int, at time: UInt64, isBehind: Bool = false
  ) -> UnsafeMutableRawPointer? {
    if used == 0 { (start, stamp) = (time, time) }
    guard used < PagePacker.full || isBehind, time >= stamp else { return nil }
    var delta = time &- stamp
    if delta > PagePacker.largestDelta {
      guard delta >> 59 == 0 else { return nil }
      word(30, delta & PagePacker.largestDelta)
      store(UInt32(truncatingIfNeeded: delta >> 27))
      delta = 0
    }
    stamp = time
    let size = (count &+ 3) & ~3
    if size &- 1 < PagePacker.largestShortRecord {
      word(UInt32(size >> 2), delta)
    } else {
      word(0, delta)
      store(UInt32(size &+ 4))
    }
    let place = memory.baseAddress! + layout.dataOffset + used
    if size != count { (place + size - 4).storeBytes(of: 0, as: UInt32.self) }
    used &+= size
    return place
  }

  /// The sub-buffer with its header, valid until the next `begin`.
  func finished() -> UnsafeRawBufferPointer {
    var commit = UInt64(used)
    if hasLostUnknown {
      commit |= 1 << 31  // events were missed
    } else if lost > 0 {
      commit |= 3 << 30  // events were missed, and it is stored how many
      write(lost, at: layout.dataOffset + used)
    }
    write(used == 0 ? stamp : start, at: 0)
    write(commit, at: 8)
    return UnsafeRawBufferPointer(
      rebasing: UnsafeRawBufferPointer(memory)[..<(layout.dataOffset + used + 8)])
  }

  /// 5 bits of type and 27 of delta; big-endian machines lay them out from the other end.
  @inline(__always)
  private mutating func word(_ type: UInt32, _ delta: UInt64) {
    let delta = UInt32(truncatingIfNeeded: delta)
    store(layout.byteOrder == .little ? delta << 5 | type : type << 27 | delta)
  }

  @inline(__always)
  private mutating func store(_ value: UInt32) {
    write(value, at: layout.dataOffset &+ used)
    used &+= 4
  }

  @inline(__always)
  private func write<T: FixedWidthInteger>(_ value: T, at offset: Int) {
    (memory.baseAddress! + offset).storeBytes(
      of: layout.byteOrder == .little ? value.littleEndian : value.bigEndian, as: T.self)
  }
}
