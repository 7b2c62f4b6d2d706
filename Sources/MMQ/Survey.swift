// One pass over a source that counts what is there.

public import MMQTrace

/// What a source holds: records by event and CPU, the time they span, what was lost.
public struct Survey {
  /// What one CPU of one buffer has.
  public struct Stream: Sendable {
    /// The instance's name; `""` for the top-level buffer.
    public var buffer: String
    /// The number of the CPU.
    public var cpu: UInt32
    /// Records of any type.
    public var records: UInt64
  }

  /// By buffer, then by CPU.
  public private(set) var streams: [Stream] = []
  /// By `system:name`; records of unknown events by `type N`.
  public private(set) var events: [String: UInt64] = [:]
  /// Earliest and latest time, in the source's clock.
  public private(set) var first: UInt64?
  /// The latest record, in nanoseconds of the source's clock; nil where there is none.
  public private(set) var last: UInt64?
  /// What was lost, by buffer and CPU.
  public private(set) var losses: [StreamLosses] = []

  /// Reads all records, CPU by CPU: counting needs no order. Damaged sub-buffers are counted in each pass: before
  /// a run, which will say them itself, `saysCorruptPages` is false.
  public init(_ source: any TraceSource, saysCorruptPages: Bool = true) throws {
    var byType: [Int: UInt64] = [:]
    for stream in try source.openStreams() {
      let corruptPages = read(stream, source, &byType)
      guard saysCorruptPages else { continue }
      source.inputs[stream.input].damage.reportCorruptPages(
        corruptPages, cpu: stream.cpu, buffer: stream.buffer)
    }
    var names: [Int: String] = [:]
    for schema in source.schemas where names[schema.id] == nil {
      names[schema.id] = schema.fullName
    }
    for (type, count) in byType { events[names[type] ?? "type \(type)", default: 0] += count }
  }

  /// How many sub-buffers were damaged.
  private mutating func read(
    _ stream: any PageStream, _ source: any TraceSource, _ byType: inout [Int: UInt64]
  ) -> Int {
    var lane = Lane(stream)
    // Records of all CPUs say on which one they were.
    let cpuField = stream.cpu == .max ? source.schemas.first?.field(named: Field.commonCPU) : nil
    var byCPU: [UInt32: UInt64] = [:]
    let time = StampConversion(source.clock)
    var records: UInt64 = 0
    var lost: [UInt32: Losses] = [:]
    var counts = [UInt64](repeating: 0, count: 1 << 16)
    while lane.next() {
      let found = lane.record
      records += 1
      while let gap = lane.takeGap() { lost[gap.cpu, default: Losses()].add(gap.lost) }
      let now = time(found.stamp)
      first = min(first ?? now, now)
      last = max(last ?? now, now)
      if let cpuField, let cpu = found.record(source.machine.byteOrder).integer(cpuField) {
        byCPU[UInt32(truncatingIfNeeded: cpu), default: 0] += 1
      }
      if found.slot != RecordWish.withoutType {
        counts[Int(found.base.load(UInt16.self, at: 0, source.machine.byteOrder))] += 1
      }
    }
    while let gap = lane.takeGap() { lost[gap.cpu, default: Losses()].add(gap.lost) }
    for (type, count) in counts.enumerated() where count > 0 { byType[type, default: 0] += count }
    if cpuField == nil { byCPU = [stream.cpu: records] }
    for (cpu, records) in byCPU.sorted(by: { $0.key < $1.key }) {
      if let last = streams.indices.last, streams[last].cpu == cpu,
        streams[last].buffer == stream.buffer
      {
        // A ring that was copied from somewhere in it on.
        streams[last].records += records
      } else {
        streams.append(Stream(buffer: stream.buffer, cpu: cpu, records: records))
      }
    }
    losses += lost.sorted { $0.key < $1.key }.map {
      StreamLosses(buffer: stream.buffer, cpu: $0.key, losses: $0.value)
    }
    return lane.corruptPages
  }
}
