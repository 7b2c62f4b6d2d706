// The records of all CPUs in order of time.

/// A k-way merge. It hands out a lane to run, and how far: until then no other lane has an earlier
/// record that somebody wants. Records of one CPU are never reordered; equal times go by the order of
/// the streams.
public struct Merge: ~Copyable {
  /// All lanes, by number; those at their end included.
  public let lanes: UnsafeMutablePointer<Lane>
  /// As many as there were streams.
  public let laneCount: Int
  /// Lanes with a record, as a binary heap: the earliest first. Behind it, the lanes at their end.
  private let heap: UnsafeMutablePointer<Int>
  private var live = 0
  private let isOrdered: Bool
  private var isOpen: Bool

  /// Without order each lane runs to its end, one after the other: for those who only count. `isOpen`: the
  /// lanes look for their first records at once, else when `open` is called.
  public init(
    _ streams: [any PageStream], _ wish: RecordWish = .all, isOrdered: Bool = true,
    isOpen: Bool = true
  ) {
    (self.isOrdered, self.isOpen) = (isOrdered, isOpen)
    laneCount = streams.count
    lanes = .allocate(capacity: max(1, streams.count))
    heap = .allocate(capacity: max(1, streams.count))
    for (index, stream) in streams.enumerated() {
      (lanes + index).initialize(to: Lane(stream, wish))
    }
    for index in 0..<laneCount { heap[index] = index }
    if isOpen { resume() }
  }

  /// Has the lanes look for their first records, unless they have.
  public mutating func open() {
    if !isOpen { resume() }
    isOpen = true
  }

  /// Asks the lanes at their end again: those of a live ring may have got records since.
  public mutating func resume() {
    for place in live..<laneCount where lanes[heap[place]].next() {
      swap(place, live)
      live += 1
      siftUp(live - 1)
    }
  }

  deinit {
    lanes.deinitialize(count: laneCount).deallocate()
    heap.deallocate()
  }

  /// The time stamp of the earliest record; nil if there is none.
  public var firstStamp: UInt64? { live == 0 ? nil : lanes[heap[0]].record.stamp }

  /// A lane's turn: its record at hand, and all that follow with stamps below `limit`.
  public struct Turn {
    /// The lane's number.
    public var lane: Int
    /// A raw time stamp: the first one that another lane may have.
    public var limit: UInt64
  }

  /// Whose turn it is; nil at the end.
  @inline(__always)
  public func turn() -> Turn? {
    guard live > 0 else { return nil }
    let lane = heap[0]
    guard live > 1, isOrdered else { return Turn(lane: lane, limit: .max) }
    var second = heap[1]
    if live > 2, isBefore(heap[2], second) { second = heap[2] }
    let stamp = lanes[second].record.stamp
    // On equal times the lower lane goes first.
    return Turn(lane: lane, limit: lane < second && stamp != .max ? stamp &+ 1 : stamp)
  }

  /// Whose turn it is among the records below a stamp; nil where there are none.
  public func turn(below end: UInt64) -> Turn? {
    guard var turn = turn(), lanes[turn.lane].record.stamp < end else { return nil }
    turn.limit = min(turn.limit, end)
    return turn
  }

  /// After a turn: the lane stands at a record beyond its limit, or at its end.
  @inline(__always)
  public mutating func finishTurn(atEnd: Bool) {
    if atEnd {
      live -= 1
      swap(0, live)
    }
    siftDown()
  }

  @inline(__always)
  private func isBefore(_ a: Int, _ b: Int) -> Bool {
    let (x, y) = (lanes[a].record.stamp, lanes[b].record.stamp)
    return x < y || (x == y && a < b)
  }

  private func siftUp(_ start: Int) {
    var at = start
    while at > 0, isBefore(heap[at], heap[(at - 1) / 2]) {
      swap(at, (at - 1) / 2)
      at = (at - 1) / 2
    }
  }

  @inline(__always)
  private func siftDown() {
    var at = 0
    while true {
      var least = at
      let child = 2 &* at &+ 1
      if child < live, isBefore(heap[child], heap[least]) { least = child }
      if child &+ 1 < live, isBefore(heap[child &+ 1], heap[least]) { least = child &+ 1 }
      if least == at { return }
      swap(at, least)
      at = least
    }
  }

  @inline(__always)
  private func swap(_ a: Int, _ b: Int) {
    let kept = heap[a]
    heap[a] = heap[b]
    heap[b] = kept
  }
}
