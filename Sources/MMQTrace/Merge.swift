// The records of all CPUs in order of time.

/// A k-way merge. It hands out a lane to run, and how far: until then no other lane has an earlier
/// record. Records of one CPU are never reordered; equal times go by the order of the streams.
public struct Merge: ~Copyable {
  /// All lanes, by number; those at their end included.
  public let lanes: UnsafeMutablePointer<Lane>
  public let laneCount: Int
  /// Lanes with a record, as a binary heap: the earliest first.
  private var heap: [Int] = []

  public init(_ streams: [any PageStream]) {
    laneCount = streams.count
    lanes = .allocate(capacity: max(1, streams.count))
    for (index, stream) in streams.enumerated() { (lanes + index).initialize(to: Lane(stream)) }
    for index in 0..<laneCount where lanes[index].next() {
      heap.append(index)
      siftUp(heap.count - 1)
    }
  }

  deinit { lanes.deinitialize(count: laneCount).deallocate() }

  /// The lane with the earliest record; nil at the end.
  public var first: Int? { heap.first }

  /// A lane's turn: it may hand out records whose stamp is below `stamp`, or equal to it if `ties`.
  public struct Turn {
    public var lane: Int
    public var stamp: UInt64
    public var ties: Bool
  }

  /// Whose turn it is; nil at the end.
  public func turn() -> Turn? {
    guard let lane = heap.first else { return nil }
    guard heap.count > 1 else { return Turn(lane: lane, stamp: .max, ties: true) }
    var second = heap[1]
    if heap.count > 2, isBefore(heap[2], second) { second = heap[2] }
    return Turn(lane: lane, stamp: lanes[second].cursor.stamp, ties: lane < second)
  }

  /// After a turn: the first lane stands at a record behind its limit, or at its end.
  public mutating func finishTurn(atEnd: Bool) {
    if atEnd {
      heap.swapAt(0, heap.count - 1)
      heap.removeLast()
    }
    siftDown()
  }

  private func isBefore(_ a: Int, _ b: Int) -> Bool {
    let (x, y) = (lanes[a].cursor.stamp, lanes[b].cursor.stamp)
    return x < y || (x == y && a < b)
  }

  private mutating func siftUp(_ start: Int) {
    var at = start
    while at > 0, isBefore(heap[at], heap[(at - 1) / 2]) {
      heap.swapAt(at, (at - 1) / 2)
      at = (at - 1) / 2
    }
  }

  private mutating func siftDown() {
    var at = 0
    while true {
      var least = at
      for child in [2 * at + 1, 2 * at + 2] where child < heap.count {
        if isBefore(heap[child], heap[least]) { least = child }
      }
      if least == at { return }
      heap.swapAt(at, least)
      at = least
    }
  }
}
