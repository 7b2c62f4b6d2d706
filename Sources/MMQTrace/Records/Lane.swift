// One CPU's records, over the ends of its sub-buffers.

/// A stream and those of its records that somebody wants: found one sub-buffer at a time, and handed
/// out one by one. A lane stands at a record, or at its end.
public struct Lane: ~Copyable {
  /// In the sub-buffer at hand.
  public private(set) var cursor: RingCursor
  /// Where the sub-buffers come from.
  public let stream: any PageStream
  /// The CPU that wrote the records.
  public let cpu: UInt32
  /// Losses not yet reported, and the time around them: one of each CPU.
  private var gaps: [Gap] = []
  /// Sub-buffers so far of which a part could not be read.
  public private(set) var corruptPages: Int
  /// There was a sub-buffer.
  private var hasOpened = false
  /// The latest end of the sub-buffers before this one.
  private var latestEnd: UInt64 = 0
  /// The stream has no more pages, and will have none.
  private var hasEnded = false
  /// Records that whoever shows the progress of the run knows of.
  public var told: UInt64 = 0
  private let wish: RecordWish
  /// Records of the sub-buffer at hand; those before `index` are done.
  private let found: UnsafeMutablePointer<WantedRecord>
  private var index = 0
  private var count = 0
  /// Records behind wanted ones are asked for.
  private let looksBehind: Bool
  /// The last record of the sub-buffer before.
  private var held: HeldRecord

  /// As many as the usual sub-buffer has at most; larger ones are searched piece by piece.
  private static let room = 512

  /// What was lost between two sub-buffers.
  public struct Gap {
    /// How many events are missing, as far as the kernel says it.
    public var lost: LostEvents
    /// Whose events they were: of a text each line says it, and the stream has all.
    public var cpu: UInt32
    /// Raw time stamps of the last record before and the first one after; nil at the start.
    public var before: UInt64?
    /// The raw time stamp of the first record after it.
    public var after: UInt64
  }

  public init(_ stream: any PageStream, _ wish: RecordWish = .all) {
    self.stream = stream
    self.wish = wish
    cpu = stream.cpu
    cursor = RingCursor(byteOrder: stream.layout.byteOrder)
    corruptPages = 0
    found = .allocate(capacity: Lane.room)
    looksBehind = wish.settled != nil
    held = HeldRecord(room: looksBehind ? stream.layout.subBufferSize : 0)
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
    count = looksBehind ? searchHolding() : cursor.gather(wish, into: found, room: Lane.room)
    return count > 0
  }

  /// Goes to the next sub-buffer, in which nothing is found yet; false at the end of the stream. Losses
  /// add up until somebody takes them.
  public mutating func turnPage() -> Bool {
    let isCut = cursor.isCorrupt
    if isCut { corruptPages += 1 }
    cursor.isCorrupt = false
    guard let page = hasEnded ? nil : stream.nextPage() else { return endHolding(isCut: isCut) }
    let before = lastStamp
    latestEnd = max(latestEnd, before ?? 0)
    hasOpened = true
    var lost = LostEvents.none
    switch stream.part {
    case .whole: lost = cursor.open(page, stream.layout)
    case .start(let size): lost = cursor.open(page, stream.layout, upTo: size)
    case .rest: cursor.resume(page)
    }
    note(lost, before)
    if held.waiting != nil {
      lookOn(cursor, isCut: isCut || lost != .none || !stream.isContinuous)
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

  // MARK: What is behind a record

  /// The record right behind one of those at hand, whatever its type; nil where there is none, or where it is
  /// lost. For passes whose wish has `settled`.
  public func record(behind base: UnsafeRawPointer, _ size: Int) -> EventRef? {
    if held.isLast(base) { return held.follower }
    var ahead = cursor.behind(base, size)
    return ahead.next() ? record(at: ahead) : nil
  }

  private func record(at cursor: RingCursor) -> EventRef {
    EventRef(base: cursor.record, size: cursor.recordSize, byteOrder: stream.layout.byteOrder)
  }

  /// Finds records, first the one that waited; the last one waits if nothing of the sub-buffer is behind it.
  private mutating func searchHolding() -> Int {
    var first = 0
    if let record = held.take() {
      found[0] = record
      first = 1
    }
    let end = first + cursor.gather(wish, into: found + first, room: Lane.room - first)
    guard end > first else { return end }
    let last = found[end - 1]
    if record(behind: last.base, Int(last.size)) != nil { return end }
    held.hold(last)
    return end - 1
  }

  /// The waiting record is followed by the first one of this sub-buffer; an empty one leaves it waiting.
  private mutating func lookOn(_ start: RingCursor, isCut: Bool) {
    var ahead = start
    let hasRecord = !isCut && ahead.next()
    if isCut || hasRecord || ahead.isCorrupt {
      held.release(followedBy: hasRecord ? record(at: ahead) : nil)
    }
  }

  /// No more pages: true where a record waited that need not wait any longer.
  private mutating func endHolding(isCut: Bool) -> Bool {
    guard let waiting = held.waiting, let settled = wish.settled?.pointee else { return false }
    hasEnded = settled == .max
    guard hasEnded || waiting.stamp < settled else { return false }
    var isCut = isCut
    while held.waiting != nil {
      var start = RingCursor(byteOrder: stream.layout.byteOrder)
      if !isCut, let page = stream.pageBeyond() {
        isCut = start.open(page, stream.layout) != .none || !stream.isContinuous
      } else {
        isCut = true
      }
      lookOn(start, isCut: isCut)
    }
    return true
  }

  /// The raw time stamp of the last record so far, or of a sub-buffer without any; nil before the first one.
  public var lastStamp: UInt64? { hasOpened ? cursor.stamp : nil }

  /// The latest raw time stamp at which a sub-buffer ended so far: where time steps back, it is not the last one.
  public var latestStamp: UInt64 { max(latestEnd, cursor.stamp) }

  private mutating func note(_ lost: LostEvents, _ before: UInt64?) {
    guard lost != .none else { return }
    var ahead = cursor
    _ = ahead.next()
    let cpu = stream.cpuOfLosses
    for index in gaps.indices { gaps[index].after = ahead.stamp }
    if let known = gaps.firstIndex(where: { $0.cpu == cpu }) {
      gaps[known].lost = gaps[known].lost.adding(lost)
    } else {
      gaps.append(Gap(lost: lost, cpu: cpu, before: before, after: ahead.stamp))
    }
  }

  /// Something was lost that nobody has taken yet.
  @inline(__always)
  public var hasGaps: Bool { !gaps.isEmpty }

  /// Hands over what was lost of one CPU; nil where nothing is left to say.
  public mutating func takeGap() -> Gap? { gaps.isEmpty ? nil : gaps.removeFirst() }
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
