// What a run can be told beside its script and its source.

public import MMQTrace

/// How a script runs; the defaults are safe for scripts that one does not trust.
public struct RunOptions: Sendable {
  /// Only these records; nil for all.
  public var selection: Selection?
  /// Used instead of the source's own symbols.
  public var kernelSymbols: KernelSymbols?

  /// Threads that may work at once: side by side where the script's result does not depend on the order
  /// of records, else to read and decompress ahead. nil: as many as there are CPUs.
  public var jobs: Int?
  /// Bytes of sub-buffers that a thread takes at once: some milliseconds of work.
  public var partSize = 8 << 20
  /// The same where the script has intervals: less than what lies between two ticks.
  public var tickPartSize = 512 << 10
  /// Bytes that maps and strings may have together: updates that need more are dropped and counted.
  /// nil: of a live run without `limits.memory`, 256 MB or 1/16 of the memory that is available, whichever
  /// is less; of a recording no limit. With this limit a recording is not read in parts.
  public var mapMemory: Int?

  /// What the run may use up before it ends with an error.
  public var limits = Limits.safe

  /// Keep the maps as they are before the blocks of `end`, as `Session.state`.
  public var keepsState = false

  /// Print losses, too, where `print(args)` prints events: as lines such as `CPU:1 [LOST 42 EVENTS]`, each before
  /// the next event of its CPU.
  public var listsLosses = false

  /// Is told how far the run is.
  public var progress: RunProgress?

  /// Gets sentences that should not wait until the end of a run that may go on for days.
  public var say: (@Sendable (String) -> Void)?

  /// Off for tests: the code reads each value each time.
  var reusesValues = true

  public init() {}

  var threads: Int { max(1, jobs ?? Workers.cpus) }

  /// Bytes that maps and strings of a run over this source may have; nil where there is no limit.
  public func mapMemory(for source: any TraceSource) -> Int? {
    mapMemory ?? (source.isLive && limits.memory == nil ? HostMemory.mapBytes : nil)
  }
}

/// A part of a recording. The script sees a recording that holds these records only, but whose time
/// starts where that of the whole one does. Names of tasks come from all records.
public struct Selection: Sendable {
  /// A moment, in nanoseconds: by the recording's clock, or from its earliest record.
  public enum Moment: Sendable, Hashable {
    case clock(UInt64)
    case afterStart(UInt64)
  }

  /// The first and the last moment; records at them belong to it.
  public var from: Moment?
  /// The last moment; nil for the end.
  public var to: Moment?
  /// Only records of these; nil for all.
  public var cpus: Set<UInt32>?
  /// The process that a record's thread belongs to, or the thread where that is not known.
  public var process: Int32?
  /// The name of an instance; `""` is the top-level buffer.
  public var buffer: String?

  public init() {}

  /// As below, of several sources: what one of them has is no slip.
  public func problem(in sources: [any TraceSource]) throws -> String? {
    let problems = try sources.map { try problem(in: $0) }
    return problems.contains(nil) ? nil : problems.first ?? nil
  }

  /// What is asked for, but not in the source, in words: a slip that would select nothing.
  public func problem(in source: any TraceSource) throws -> String? {
    if isBackwards { return "the end of the part is before its start" }
    let streams = try source.openStreams()
    let buffers = Set(streams.map(\.buffer))
    if let buffer, !buffers.contains(buffer) {
      let names = buffers.sorted().map { "'\($0)'" }.joined(separator: ", ")
      return "there is no buffer '\(buffer)'; there \(buffers.count == 1 ? "is" : "are") \(names)"
    }
    let known = Set(streams.map(\.cpu))
    // The records of all CPUs are in one stream.
    if known.contains(.max) { return nil }
    if let unknown = cpus?.subtracting(known).min() {
      let names = known.sorted().map(String.init).joined(separator: ", ")
      return "there is no CPU \(unknown); there \(known.count == 1 ? "is" : "are") \(names)"
    }
    return nil
  }

  /// The last moment is before the first one.
  private var isBackwards: Bool {
    switch (from, to) {
    case (.clock(let first), .clock(let last)), (.afterStart(let first), .afterStart(let last)):
      last < first
    default: false
    }
  }

  /// Whether any record of a stream may belong to it.
  func takes(_ stream: any PageStream) -> Bool { takes(stream, cpu: stream.cpu) }

  /// Of a CPU of the stream; `.max` is any.
  func takes(_ stream: any PageStream, cpu: UInt32) -> Bool {
    (buffer == nil || buffer == stream.buffer) && (cpus?.contains(cpu) != false || cpu == .max)
  }
}

/// A selection, bound to one source: what is asked of each record.
struct RecordFilter {
  /// Times, both included.
  let first: UInt64
  let last: UInt64
  private let process: Int32?
  private let groups: ThreadGroups?
  private let threadField: Field
  /// What the records of text say themselves.
  private let groupField: Field?
  private let cpuField: Field?
  private let cpus: Set<UInt32>?

  init(
    _ selection: Selection, origin: UInt64, threadField: Field, groups: ThreadGroups?,
    schemas: [EventSchema] = []
  ) {
    self.groups = groups
    groupField = schemas.first?.field(named: Field.commonGroup)
    cpuField = schemas.first?.field(named: Field.commonCPU)
    cpus = cpuField == nil ? nil : selection.cpus
    first = selection.from?.time(origin: origin) ?? 0
    last = selection.to?.time(origin: origin) ?? .max
    process = selection.process
    self.threadField = threadField
  }

  func takes(_ record: EventRef, at time: UInt64) -> Bool {
    guard first <= time, time <= last else { return false }
    if let cpus, let cpu = cpuField.flatMap({ record.integer($0) }),
      !cpus.contains(UInt32(truncatingIfNeeded: cpu))
    {
      return false
    }
    guard let process else { return true }
    if let group = groupField.flatMap({ record.integer($0) }) { return group == Int64(process) }
    let thread = Int32(truncatingIfNeeded: record.integer(threadField) ?? -1)
    return (groups?.group(of: thread) ?? thread) == process
  }

  /// Whether a gap between two records touches the time that is asked for. Times may step back.
  func touches(_ before: UInt64, _ after: UInt64) -> Bool {
    min(before, after) <= last && first <= max(before, after)
  }
}

extension Selection.Moment {
  fileprivate func time(origin: UInt64) -> UInt64 {
    switch self {
    case .clock(let time): return time
    case .afterStart(let time):
      let sum = origin.addingReportingOverflow(time)
      return sum.overflow ? .max : sum.partialValue
    }
  }
}
