// What a state knows of a recording that it tells of: which one it is, and what is doubtful about it.

public import MMQTrace

/// One recording, or one live run, whose events a state has counted.
public struct StateRecording: Sendable {
  /// The path that it was read from, or the name of the machine that the run was on.
  public internal(set) var name: String
  /// The kernel, as the recording tells it: `Linux 6.1.0`; nil where it does not.
  public internal(set) var kernel: String?
  /// Records that were seen, wanted or not.
  public internal(set) var records: UInt64
  /// What was damaged or doubtful in the recording.
  public internal(set) var damage: [DamageLog.Finding]
  /// The same for all states of one recording, whichever copy of it was read.
  var identity: UInt64
  /// The parts of it that are in the state; they have no record in common.
  var parts: [StatePart]
  /// The times that its runs went through.
  var spans: [ObservedSpan]
  var clock: StateClock
  var losses: [LossPlace: Losses]
  var found: [RunWarning]

  /// Where events were lost.
  struct LossPlace: Sendable, Hashable {
    var buffer: String
    var cpu: UInt32
    /// Of a gap that the edge of a part lies in: the time after it. Both parts tell of it, and it is
    /// counted once.
    var edge: UInt64?
  }

  /// False for a part of a recording, chosen by time, CPU, process or buffer.
  public var isWhole: Bool { parts.contains(where: \.isWhole) }

  /// What the run had to say beside its losses and damage, as sentences.
  public var warnings: [String] { found.map(\.sentence) }

  /// Events that were lost, by buffer and CPU.
  public var lost: [StreamLosses] {
    var sums: [LossPlace: Losses] = [:]
    for (place, losses) in losses {
      sums[LossPlace(buffer: place.buffer, cpu: place.cpu), default: Losses()].add(losses)
    }
    return sums.sorted { ($0.key.buffer, $0.key.cpu) < ($1.key.buffer, $1.key.cpu) }
      .map { StreamLosses(buffer: $0.key.buffer, cpu: $0.key.cpu, losses: $0.value) }
  }
}

/// What times of a recording mean.
struct StateClock: Sendable, Equatable {
  var name: String?
  /// Times count nanoseconds.
  var isNanoseconds: Bool
  /// What to add to a time for nanoseconds since 1970 (wraps); nil where that is not known.
  var dateOffset: UInt64?
  /// When the run began and ended.
  var first: UInt64
  var last: UInt64
}

// MARK: Merging

extension StateRecording {
  /// Takes in what another state tells of other parts of the same recording. Both have read the same file:
  /// damage is not found twice.
  mutating func take(_ other: StateRecording) {
    name = min(name, other.name)
    records &+= other.records
    parts += other.parts
    spans += other.spans
    clock.first = min(clock.first, other.clock.first)
    clock.last = max(clock.last, other.clock.last)
    for finding in other.damage { take(finding) }
    for (place, lost) in other.losses {
      if place.edge != nil {
        losses[place] = lost
      } else {
        losses[place, default: Losses()].add(lost)
      }
    }
    found.add(other.found)
    found.sort { $0.sentence < $1.sentence }
  }

  private mutating func take(_ finding: DamageLog.Finding) {
    guard let index = damage.firstIndex(where: { $0.kind == finding.kind }) else {
      damage.append(finding)
      return damage.sort { $0.kind < $1.kind }
    }
    damage[index].count = max(damage[index].count, finding.count)
  }
}

extension Losses {
  mutating func add(_ other: Losses) {
    counted &+= other.counted
    countedGaps &+= other.countedGaps
    unknownGaps &+= other.unknownGaps
  }

  /// Takes away what was added before.
  mutating func remove(_ other: Losses) {
    counted &-= other.counted
    countedGaps &-= other.countedGaps
    unknownGaps &-= other.unknownGaps
  }
}

// MARK: In a file

extension StateRecording {
  func write(to writer: inout StateWriter) {
    writer.fixed(identity)
    writer.text(name)
    writer.optional(kernel) { $0.text($1) }
    writer.number(records)
    writer.list(parts) { $1.write(to: &$0) }
    writer.list(spans) { $1.write(to: &$0) }
    clock.write(to: &writer)
    writer.list(damage) { writer, finding in
      writer.flag(finding.severity == .error)
      writer.text(finding.kind)
      writer.text(finding.first)
      writer.count(finding.count)
    }
    writer.list(losses.sorted { $0.key < $1.key }) { writer, row in
      row.key.write(to: &writer)
      row.value.write(to: &writer)
    }
    writer.list(found) { $1.write(to: &$0) }
  }

  init(from reader: inout StateReader) throws(StateError) {
    identity = try reader.fixed()
    name = try reader.text()
    kernel = try reader.optional { reader throws(StateError) in try reader.text() }
    records = try reader.number()
    parts = try reader.list { reader throws(StateError) in try StatePart(from: &reader) }
    spans = try reader.list { reader throws(StateError) in try ObservedSpan(from: &reader) }
    clock = try StateClock(from: &reader)
    damage = try reader.list { reader throws(StateError) in
      DamageLog.Finding(
        severity: try reader.flag() ? .error : .note, kind: try reader.text(),
        first: try reader.text(), count: try reader.int())
    }
    losses = [:]
    let rows = try reader.list { reader throws(StateError) in
      (try LossPlace(from: &reader), try Losses(from: &reader))
    }
    for (place, lost) in rows { losses[place] = lost }
    found = try reader.list { reader throws(StateError) in try RunWarning(from: &reader) }
  }
}

extension ObservedSpan {
  func write(to writer: inout StateWriter) {
    writer.count(place)
    writer.number(first)
    writer.number(last - first)
  }

  init(from reader: inout StateReader) throws(StateError) {
    place = try reader.int()
    first = try reader.number()
    let (last, isTooLate) = first.addingReportingOverflow(try reader.number())
    guard !isTooLate else { throw .damaged }
    self.last = last
  }
}

extension StateClock {
  func write(to writer: inout StateWriter) {
    writer.optional(name) { $0.text($1) }
    writer.flag(isNanoseconds)
    writer.optional(dateOffset) { $0.number($1) }
    writer.number(first)
    writer.number(last)
  }

  init(from reader: inout StateReader) throws(StateError) {
    name = try reader.optional { reader throws(StateError) in try reader.text() }
    isNanoseconds = try reader.flag()
    dateOffset = try reader.optional { reader throws(StateError) in try reader.number() }
    first = try reader.number()
    last = try reader.number()
  }
}

extension StateRecording.LossPlace: Comparable {
  static func < (a: Self, b: Self) -> Bool {
    (a.buffer, a.cpu, a.edge ?? 0) < (b.buffer, b.cpu, b.edge ?? 0)
  }

  fileprivate func write(to writer: inout StateWriter) {
    writer.text(buffer)
    writer.number(UInt64(cpu))
    writer.optional(edge) { $0.number($1) }
  }

  fileprivate init(from reader: inout StateReader) throws(StateError) {
    buffer = try reader.text()
    cpu = UInt32(truncatingIfNeeded: try reader.number())
    edge = try reader.optional { reader throws(StateError) in try reader.number() }
  }
}

extension Losses {
  fileprivate func write(to writer: inout StateWriter) {
    writer.number(counted)
    writer.number(countedGaps)
    writer.number(unknownGaps)
  }

  fileprivate init(from reader: inout StateReader) throws(StateError) {
    counted = try reader.number()
    countedGaps = try reader.number()
    unknownGaps = try reader.number()
  }
}
