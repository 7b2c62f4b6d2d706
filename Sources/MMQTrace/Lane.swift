// One CPU's records, over the ends of its sub-buffers.

/// A stream and the cursor in it. `next()` goes on to the next sub-buffer by itself.
public struct Lane {
  public var cursor: RingCursor
  public let stream: any PageStream
  public let cpu: UInt32
  /// Losses not yet reported.
  public var lostBefore: LostEvents
  public private(set) var corruptPages: Int

  public init(_ stream: any PageStream) {
    self.stream = stream
    cpu = stream.cpu
    cursor = RingCursor(byteOrder: stream.layout.byteOrder)
    lostBefore = .none
    corruptPages = 0
  }

  /// The next record; false at the end of the stream.
  @inlinable @inline(__always)
  public mutating func next() -> Bool { cursor.next() || nextPage() }

  /// The first record of the next sub-buffer that has one. Losses add up over empty ones.
  @inline(never)
  public mutating func nextPage() -> Bool {
    while true {
      if cursor.isCorrupt { corruptPages += 1 }
      cursor.isCorrupt = false
      guard let page = stream.nextPage() else { return false }
      switch stream.part {
      case .whole: lostBefore = lostBefore.adding(cursor.open(page, stream.layout))
      case .start(let size):
        lostBefore = lostBefore.adding(cursor.open(page, stream.layout, upTo: size))
      case .rest: cursor.resume(page)
      }
      if cursor.next() { return true }
    }
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
