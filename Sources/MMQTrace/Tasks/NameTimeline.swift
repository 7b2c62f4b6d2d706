// The names of threads at any moment of a recording, for those who do not read it in order of time.

/// What `TaskNames` would say at each record, written down. For any thread.
///
/// Unchecked: nothing changes after it was made.
public final class NameTimeline: @unchecked Sendable {
  /// A moment: records are ordered by time, at one time by lane, in a lane as they lie.
  public struct Moment: Comparable, Sendable {
    /// The record's raw time stamp.
    public var stamp: UInt64
    /// The number of its lane.
    public var lane: Int32
    /// Among what tells of tasks in one lane at one time: three steps for each record. It names, its
    /// blocks run, it renames.
    public var step: Int32

    /// Before every record.
    public static let start = Moment(stamp: 0, lane: 0, step: -1)

    public init(stamp: UInt64, lane: Int32, step: Int32) {
      (self.stamp, self.lane, self.step) = (stamp, lane, step)
    }

    public static func < (a: Moment, b: Moment) -> Bool {
      if a.stamp != b.stamp { return a.stamp < b.stamp }
      return a.lane == b.lane ? a.step < b.step : a.lane < b.lane
    }
  }

  /// A thread's names: the first one, and those from some moment on.
  private struct History {
    var first: UInt32
    var changes: [(at: Moment, name: UInt32)] = []
  }

  /// What the timeline was made of.
  public let names: TaskNames
  private var histories: [History] = []

  /// Some record gives a thread another name.
  public var hasChanges: Bool { !histories.isEmpty }

  /// Names that no record changes.
  public init(_ names: TaskNames) { self.names = names }

  /// Follows `records`, in their order, after all of them were learned.
  public init(_ names: TaskNames, following records: [TaskRecord]) {
    self.names = names
    var places: [Int32: Int] = [:]
    var moment = Moment.start
    names.witness = { [self] thread, before, name in
      if before == name { return }
      let place = places[thread] ?? histories.count
      if place == histories.count {
        histories.append(History(first: before))
        places[thread] = place
      }
      histories[place].changes.append((moment, name))
    }
    for record in records {
      moment = record.moment(after: moment)
      record.read { names.enter(record.type, $0) }
      moment.step += 2
      record.read { names.leave(record.type, $0) }
    }
    names.witness = nil
    for (thread, place) in places { names.set(thread, NameTimeline.mark | UInt32(place)) }
  }

  /// In place of a name: the thread has a history.
  private static let mark: UInt32 = 1 << 31

  /// The id of a thread's name at a moment, in `names`.
  @inline(__always)
  public func nameID(of thread: Int32, at moment: Moment) -> UInt32 {
    let id = names.nameID(of: thread)
    return id < NameTimeline.mark ? id : name(in: histories[Int(id & ~NameTimeline.mark)], moment)
  }

  /// The last change up to the moment.
  private func name(in history: History, _ moment: Moment) -> UInt32 {
    var (low, high) = (0, history.changes.count)
    while low < high {
      let middle = (low + high) / 2
      if history.changes[middle].at <= moment { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? history.first : history.changes[low - 1].name
  }
}

/// A record that tells of tasks, kept.
public struct TaskRecord: Sendable {
  /// Its raw time stamp.
  public var stamp: UInt64
  /// The number of the lane that it was read in.
  public var lane: Int32
  /// Its part of the recording, and its place in it.
  public var part: Int
  /// How many records that tell of tasks came before it in the part.
  public var place: Int
  /// Its `common_type`.
  public var type: Int
  private let bytes: [UInt8]
  private let byteOrder: ByteOrder

  public init(_ record: EventRef, type: Int, stamp: UInt64, lane: Int, part: Int, place: Int) {
    (self.type, self.stamp, self.part, self.place) = (type, stamp, part, place)
    self.lane = Int32(truncatingIfNeeded: lane)
    bytes = Array(UnsafeRawBufferPointer(start: record.base, count: record.size))
    byteOrder = record.byteOrder
  }

  /// As records of several lanes are merged.
  public func isBefore(_ other: TaskRecord) -> Bool {
    if stamp != other.stamp { return stamp < other.stamp }
    if lane != other.lane { return lane < other.lane }
    return part == other.part ? place < other.place : part < other.part
  }

  /// Calls `body` with the record, which is valid until `body` returns.
  public func read(_ body: (EventRef) -> Void) {
    bytes.withUnsafeBytes {
      body(EventRef(base: $0.baseAddress!, size: $0.count, byteOrder: byteOrder))
    }
  }

  /// When its blocks would run, less one step: when it names.
  fileprivate func moment(after last: NameTimeline.Moment) -> NameTimeline.Moment {
    let isNext = last.stamp == stamp && last.lane == lane && last.step >= 0
    return NameTimeline.Moment(stamp: stamp, lane: lane, step: isNext ? last.step + 1 : 0)
  }
}
