// Writing the kernel's ring-buffer format, record by record: for tests and for made recordings.

public import MMQTrace

/// Fills one sub-buffer. Each function adds one record of its kind and returns false, without
/// adding anything, where the sub-buffer has no room for it.
public struct SubBufferWriter {
  public let layout: RingLayout
  /// The time that the next record's delta counts from.
  public private(set) var stamp: UInt64
  private let start: UInt64
  private let lost: LostEvents
  private var data: ByteWriter

  /// Types of records that hold no event; see `enum ring_buffer_type` of the kernel.
  private enum Kind {
    static let padding: UInt32 = 29
    static let timeExtend: UInt32 = 30
    static let timeStamp: UInt32 = 31
  }
  private static let largestDelta: UInt64 = (1 << 27) - 1
  private static let largestShortRecord = 28 * 4

  /// An empty sub-buffer with the time of its header, and what was lost before it.
  public init(_ layout: RingLayout, stamp: UInt64, lost: LostEvents = .none) {
    self.layout = layout
    self.stamp = stamp
    start = stamp
    self.lost = lost
    data = ByteWriter(layout.byteOrder)
  }

  /// Bytes that are left.
  public var room: Int { layout.subBufferSize - layout.dataOffset - data.bytes.count }
  public var isEmpty: Bool { data.bytes.isEmpty }

  /// A record `delta` after the one before. The payload starts with `common_type`, and is padded to
  /// 4 bytes; longer ones than 112 bytes, or all with `isLong`, store their length.
  public mutating func record(
    _ payload: some Collection<UInt8>, delta: UInt64 = 0, isLong: Bool = false
  ) -> Bool {
    let words = (payload.count + 3) / 4
    let isLong = isLong || words == 0 || words * 4 > Self.largestShortRecord
    guard delta <= Self.largestDelta, (isLong ? 8 : 4) + words * 4 <= room else { return false }
    head(isLong ? 0 : UInt32(words), delta)
    if isLong { data.integer(UInt32(payload.count + 4)) }
    let end = data.bytes.count + words * 4
    data.raw(payload)
    data.pad(to: end)
    stamp &+= delta
    return true
  }

  /// A record at a time; a time extend is put before it where the delta doesn't fit.
  public mutating func record(_ payload: some Collection<UInt8>, at time: UInt64) -> Bool {
    let delta = time &- stamp
    if delta <= Self.largestDelta { return record(payload, delta: delta) }
    guard payload.count + 3 + 16 <= room else { return false }
    return timeExtend(delta) && record(payload)
  }

  /// TIME_EXTEND: moves the time on, by less than 2^59.
  public mutating func timeExtend(_ delta: UInt64) -> Bool {
    guard room >= 8, delta >> 59 == 0 else { return false }
    stamp &+= delta
    return time(Kind.timeExtend, delta)
  }

  /// TIME_STAMP: sets the lower 59 bits of the time.
  public mutating func timeStamp(_ time: UInt64) -> Bool {
    guard room >= 8 else { return false }
    let low = time & ((1 << 59) - 1)
    stamp = low | (stamp & ~((1 << 59) - 1))
    return self.time(Kind.timeStamp, low)
  }

  /// A discarded record of `length` bytes after its header; a delta of 1 stands for 0.
  public mutating func discarded(length: Int, delta: UInt64) -> Bool {
    guard length >= 4, length % 4 == 0, delta > 0, delta <= Self.largestDelta, 4 + length <= room
    else { return false }
    head(Kind.padding, delta)
    data.integer(UInt32(length))
    data.pad(to: data.bytes.count + length - 4)
    if delta != 1 { stamp &+= delta }
    return true
  }

  /// Padding that ends the sub-buffer.
  public mutating func padding() -> Bool {
    guard room >= 4 else { return false }
    head(Kind.padding, 0)
    data.pad(to: layout.subBufferSize - layout.dataOffset)
    return true
  }

  /// The whole sub-buffer. The count of lost events is stored only where there is room, as the
  /// kernel does; its flags fill the upper half of `commit`, as the kernel's sign extension does.
  public func finished() -> [UInt8] {
    var commit = UInt32(data.bytes.count)
    var page = ByteWriter(layout.byteOrder)
    var count: UInt64?
    if lost != .none { commit |= 1 << 31 }
    if case .counted(let events) = lost, room >= layout.commitSize {
      commit |= 1 << 30
      count = events
    }
    page.integer(start)
    if layout.commitSize == 8 {
      page.integer(Int64(Int32(bitPattern: commit)))
    } else {
      page.integer(commit)
    }
    page.pad(to: layout.dataOffset)
    page.raw(data.bytes)
    if let count {
      if layout.commitSize == 8 {
        page.integer(count)
      } else {
        page.integer(UInt32(clamping: count))
      }
    }
    page.pad(to: layout.subBufferSize)
    return page.bytes
  }

  private mutating func time(_ kind: UInt32, _ value: UInt64) -> Bool {
    head(kind, value & Self.largestDelta)
    data.integer(UInt32(truncatingIfNeeded: value >> 27))
    return true
  }

  /// The 5 bits of the type and the 27 of the delta; big-endian machines lay them out from the
  /// other end.
  private mutating func head(_ type: UInt32, _ delta: UInt64) {
    let delta = UInt32(truncatingIfNeeded: delta)
    data.integer(layout.byteOrder == .little ? delta << 5 | type : type << 27 | delta)
  }
}
