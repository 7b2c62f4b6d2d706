// One CPU's records, over the ends of its sub-buffers.

/// A stream and those of its records that somebody wants: found one sub-buffer at a time, and handed
/// out one by one. A lane stands at a record, or at its end.
public struct Lane: ~Copyable {
  public private(set) var cursor: RingCursor
  public let stream: any PageStream
  public let cpu: UInt32
  /// Losses not yet reported, and the time around them.
  public private(set) var gap: Gap?
  public private(set) var corruptPages: Int
  /// Records that whoever shows the progress of the run knows of.
  public var told: UInt64 = 0
  private let wish: RecordWish
  /// Records of the sub-buffer at hand; those before `index` are done.
  private let found: UnsafeMutablePointer<WantedRecord>
  private var index = 0
  private var count = 0

  /// As many as the usual sub-buffer has at most; larger ones are searched piece by piece.
  private static let room = 512

  /// What was lost between two sub-buffers.
  public struct Gap {
    public var lost: LostEvents
    /// Raw time stamps of the last record before and the first one after; nil at the start.
    public var before: UInt64?
    public var after: UInt64
  }

  public init(_ stream: any PageStream, _ wish: RecordWish = .all) {
    self.stream = stream
    self.wish = wish
    cpu = stream.cpu
    cursor = RingCursor(byteOrder: stream.layout.byteOrder)
    corruptPages = 0
    found = .allocate(capacity: Lane.room)
  }

  deinit { found.deallocate() }

  /// The record at hand.
  @inline(__always)
  public var record: WantedRecord { found[index] }

  /// The record at hand and those that follow it, as far as they are found.
  @inline(__always)
  public var records: UnsafeBufferPointer<WantedRecord> {
    UnsafeBufferPointer(start: found + index, count: count &- index)
  }

  /// Passes records that were found; false where the lane then stands at none of them: `search` and
  /// `turnPage` go on from there.
  @inline(__always)
  public mutating func pass(_ records: Int = 1) -> Bool {
    index &+= records
    return index < count
  }

  /// Finds what else somebody wants in this sub-buffer.
  public mutating func search() -> Bool {
    index = 0
    count = cursor.gather(wish, into: found, room: Lane.room)
    return count > 0
  }

  /// Goes to the next sub-buffer, in which nothing is found yet; false at the end of the stream. Losses
  /// add up until somebody takes them.
  public mutating func turnPage() -> Bool {
    if cursor.isCorrupt { corruptPages += 1 }
    cursor.isCorrupt = false
    guard let page = stream.nextPage() else { return false }
    let before = cursor.records == 0 ? nil : cursor.stamp
    switch stream.part {
    case .whole: note(cursor.open(page, stream.layout), before)
    case .start(let size): note(cursor.open(page, stream.layout, upTo: size), before)
    case .rest: cursor.resume(page)
    }
    return true
  }

  /// The next wanted record, wherever it is; false at the end of the stream.
  public mutating func next() -> Bool {
    if pass() || search() { return true }
    while turnPage() {
      if search() { return true }
    }
    return false
  }

  private mutating func note(_ lost: LostEvents, _ before: UInt64?) {
    guard lost != .none else { return }
    var ahead = cursor
    _ = ahead.next()
    gap = Gap(
      lost: gap?.lost.adding(lost) ?? lost, before: gap.map(\.before) ?? before,
      after: ahead.stamp)
  }

  /// Hands over what was lost.
  public mutating func takeGap() -> Gap? {
    defer { gap = nil }
    return gap
  }
}

extension LostEvents {
  /// Both losses; once one is unknown, so is the sum.
  func adding(_ other: LostEvents) -> LostEvents {
    switch (self, other) {
    case (.none, _): other
    case (_, .none): self
    case (.counted(let a), .counted(let b)): .counted(a &+ b)
    default: .unknown
    }
  }
}

extension DamageLog {
  /// Says at the end how many sub-buffers of a stream were damaged.
  public func reportCorruptPages(_ count: Int, cpu: UInt32, buffer: String) {
    guard count > 0 else { return }
    let place = "CPU \(cpu)" + (buffer.isEmpty ? "" : " of buffer \(buffer)")
    error(
      "corrupt sub-buffer of \(place)",
      "\(count) damaged sub-buffer\(count == 1 ? "" : "s") of \(place): the rest of each is lost")
  }
}
