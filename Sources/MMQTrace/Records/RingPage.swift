// The kernel's ring-buffer sub-buffer: its header, and a cursor over its records.
// Follows the kernel's kernel/trace/ring_buffer.c (rb_update_event, rb_event_length, the page
// header of struct buffer_data_page) and tools/lib/traceevent/kbuffer-parse.c.

/// Where things stand in a sub-buffer. From `events/header_page` of the recording.
public struct RingLayout: Sendable, Equatable {
  /// That of the traced machine.
  public var byteOrder: ByteOrder
  /// Bytes of the `commit` field, which is a kernel `long`: 4 or 8.
  public var commitSize: Int
  /// Where the records start: 12 or 16.
  public var dataOffset: Int
  /// Bytes of a whole sub-buffer, header included.
  public var subBufferSize: Int

  public init(byteOrder: ByteOrder, commitSize: Int, dataOffset: Int, subBufferSize: Int) {
    self.byteOrder = byteOrder
    self.commitSize = commitSize
    self.dataOffset = dataOffset
    self.subBufferSize = subBufferSize
  }
}

/// Events lost between the sub-buffer before and this one.
public enum LostEvents: Sendable, Equatable {
  case none
  /// The kernel had no room to store how many.
  case unknown
  case counted(UInt64)
}

/// Walks the records of one sub-buffer after another. A damaged sub-buffer yields its records up to
/// the damage; `isCorrupt` then says so.
@frozen
public struct RingCursor {
  /// The payload of the current record: it starts with `common_type`.
  public var record: UnsafeRawPointer
  /// Bytes of the payload, rounded up to 4 by the kernel.
  public var recordSize: Int
  /// The raw time stamp of the current record.
  public var stamp: UInt64
  /// Records passed so far, over all sub-buffers.
  public var records: UInt64 = 0
  /// Set when the rest of the sub-buffer makes no sense.
  public var isCorrupt: Bool
  /// The time up to where the cursor is, records or not.
  @usableFromInline var runningTime: UInt64 = 0
  @usableFromInline var position: UnsafeRawPointer
  @usableFromInline var end: UnsafeRawPointer
  @usableFromInline let isSwapped: Bool
  @usableFromInline let byteOrder: ByteOrder

  /// A cursor before the first sub-buffer.
  public init(byteOrder: ByteOrder) {
    let nowhere = UnsafeRawPointer(bitPattern: 8)!
    record = nowhere
    recordSize = 0
    stamp = 0
    isCorrupt = false
    position = nowhere
    end = nowhere
    isSwapped = byteOrder != .host
    self.byteOrder = byteOrder
  }

  /// Bits of `commit`; its upper half is garbage (flags are added sign-extended).
  private enum Commit {
    static let sizeMask: UInt32 = (1 << 27) - 1
    static let missedStored: UInt32 = 1 << 30
    static let missedEvents: UInt32 = 1 << 31
  }

  /// Goes to the start of a sub-buffer and says what was lost before it. A page that is too short
  /// for its own header or commit is read as far as it goes and marked corrupt. `limit`: only so many
  /// bytes of data are there for us yet.
  public mutating func open(
    _ page: UnsafeRawBufferPointer, _ layout: RingLayout, upTo limit: Int? = nil
  ) -> LostEvents {
    isCorrupt = false
    guard let base = page.baseAddress, page.count >= layout.dataOffset else {
      position = end
      isCorrupt = !page.isEmpty
      return .none
    }
    stamp = base.load(UInt64.self, at: 0, byteOrder)
    let commit = RingCursor.commit(base, layout)
    let room = min(page.count, layout.subBufferSize) - layout.dataOffset
    var size = Int(commit & Commit.sizeMask)
    if size > room {
      isCorrupt = true
      size = room
    }
    position = base + layout.dataOffset
    end = position + size
    let lost = lost(commit, after: size, room: room, layout)
    if let limit, limit >= 0 { end = position + min(limit, room) }
    return lost
  }

  /// Goes on with more data of the same sub-buffer: the time runs on, also behind a time extend at
  /// the end of what was there before.
  public mutating func resume(_ data: UnsafeRawBufferPointer) {
    guard let base = data.baseAddress else { return }
    isCorrupt = false
    stamp = runningTime
    position = base
    end = base + data.count
  }

  /// A cursor in the same sub-buffer, behind a record of it. Its time is wrong.
  func behind(_ base: UnsafeRawPointer, _ size: Int) -> RingCursor {
    var other = self
    other.position = base + size
    return other
  }

  /// The low 32 bits of `commit`, wherever the byte order puts them.
  private static func commit(_ base: UnsafeRawPointer, _ layout: RingLayout) -> UInt32 {
    layout.commitSize == 8
      ? UInt32(truncatingIfNeeded: base.load(UInt64.self, at: 8, layout.byteOrder))
      : base.load(UInt32.self, at: 8, layout.byteOrder)
  }

  private mutating func lost(
    _ commit: UInt32, after size: Int, room: Int, _ layout: RingLayout
  ) -> LostEvents {
    guard commit & Commit.missedEvents != 0 else { return .none }
    guard commit & Commit.missedStored != 0 else { return .unknown }
    guard size + layout.commitSize <= room else {
      isCorrupt = true
      return .unknown
    }
    return .counted(
      layout.commitSize == 8
        ? end.load(UInt64.self, at: 0, byteOrder)
        : UInt64(end.load(UInt32.self, at: 0, byteOrder)))
  }

  /// Goes to the next record; false at the end of the sub-buffer, or where it is corrupt. `stamp` is
  /// then still that of the last record.
  @inlinable @inline(__always)
  public mutating func next() -> Bool {
    walk(isBig: byteOrder == .big, swaps: isSwapped) { _, _, _ in true }
  }

  /// Passes the records of the sub-buffer and keeps those that somebody wants, up to the first whose
  /// stamp is not below the wish's limit, which is kept, too, or until there are as many as there is
  /// room for. How many were kept; none are left in the sub-buffer where that is 0.
  ///
  /// All records that a program does not ask for are passed here. Whether a record is kept decides no
  /// branch: each is written down, and the next one over it if it is not wanted. The usual byte order
  /// has a loop of its own, in which nothing is swapped.
  public mutating func gather(
    _ wish: RecordWish, into found: UnsafeMutablePointer<WantedRecord>, room: Int
  ) -> Int {
    if position == end { return 0 }
    if !isSwapped && byteOrder == .little {
      return gather(wish, into: found, room: room, isBig: false, swaps: false)
    }
    return gather(wish, into: found, room: room, isBig: byteOrder == .big, swaps: isSwapped)
  }

  @inline(__always)
  private mutating func gather(
    _ wish: RecordWish, into found: UnsafeMutablePointer<WantedRecord>, room: Int, isBig: Bool,
    swaps: Bool
  ) -> Int {
    let slots = wish.slots
    let limit = wish.limit.pointee
    var count = 0
    _ = walk(isBig: isBig, swaps: swaps) { payload, size, now in
      var slot = RecordWish.withoutType
      if size >= 2 {
        let raw = payload.loadUnaligned(as: UInt16.self)
        slot = slots[Int(swaps ? raw.byteSwapped : raw)]
      }
      let place = count
      found[place] = WantedRecord(
        base: payload, stamp: now, size: UInt32(truncatingIfNeeded: size), slot: slot)
      // 1 for every slot but the largest number. Of a comparison the compiler makes a branch.
      count = place &+ 1 &- ((Int(slot) &+ 1) &>> 16)
      if now < limit { return count == room }
      count = place &+ 1
      return true
    }
    return count
  }

  /// The one loop over records: stops at those that `isEnough` says yes to. On a big-endian machine
  /// the bit fields of a record's header are laid out from the other end.
  @inlinable @inline(__always)
  mutating func walk(
    isBig: Bool, swaps: Bool, isEnough: (UnsafeRawPointer, Int, UInt64) -> Bool
  ) -> Bool {
    var at = position
    var now = stamp
    var lastRecord = stamp
    var passed: UInt64 = 0
    defer {
      position = at
      records &+= passed
      runningTime = now
    }
    while at + 4 <= end {
      let raw = at.loadUnaligned(as: UInt32.self)
      let word = swaps ? raw.byteSwapped : raw
      let type = isBig ? word >> 27 : word & 31
      let delta = UInt64(isBig ? word & ((1 << 27) - 1) : word >> 5)
      let body = at + 4
      var payload = body
      var size = Int(type) << 2
      if type &- 1 < 28 {
        guard body + size <= end else { break }
      } else if type == 0 {  // a long record: the next word is its length, itself included
        guard end - body >= 4 else { break }
        let length = Int(body.load(UInt32.self, at: 0, byteOrder))
        guard length >= 4, length <= end - body else { break }
        payload = body + 4
        size = min((length &- 1) & ~3, end - payload)
      } else {
        guard let next = skip(type, delta, body, &now) else { break }
        at = next
        continue
      }
      now &+= delta
      lastRecord = now
      passed &+= 1
      at = payload + size
      if isEnough(payload, size, now) {
        record = payload
        recordSize = size
        stamp = now
        return true
      }
    }
    stamp = lastRecord
    if at != end {
      isCorrupt = true
      at = end
    }
    return false
  }

  /// What is no record: time extends, absolute stamps, discarded records, padding. It moves the time
  /// only. Where to go on, or nil if it makes no sense.
  @usableFromInline
  func skip(
    _ type: UInt32, _ delta: UInt64, _ body: UnsafeRawPointer, _ stamp: inout UInt64
  ) -> UnsafeRawPointer? {
    if type == 29 && delta == 0 { return end }  // padding to the end of the page
    guard end - body >= 4 else { return nil }
    let second = body.load(UInt32.self, at: 0, byteOrder)
    switch type {
    case 30:  // TIME_EXTEND
      stamp &+= (UInt64(second) << 27) &+ delta
      return body + 4
    case 31:  // TIME_STAMP: 59 bits; the top five come from the page's stamp
      stamp = ((UInt64(second) << 27) | delta) | (stamp & 0xf800_0000_0000_0000)
      return body + 4
    default:  // 29: discarded, or filler; a delta of 1 stands for 0
      guard Int(second) <= end - body else { return nil }
      if delta != 1 { stamp &+= delta }
      return body + Int(second)
    }
  }
}
