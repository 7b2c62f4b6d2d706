// perf's recordings: perf.data, from a file or through a pipe.

internal import Synchronization

/// An opened `perf.data` with tracepoints. A sample holds the same record that the kernel's ring buffer
/// would: the streams pack them into sub-buffers.
public final class PerfData: DivisibleSource {
  public let name: String
  public let machine: TracedMachine
  public let schemas: [EventSchema]
  public let taskSchemas: [EventSchema]
  public let stackSchema: EventSchema?
  public let clock: TraceClock
  public let printkFormats: String
  public let damage: DamageLog
  /// As the kernel had saved them when perf ended.
  private let kernelComms: [(tid: Int32, comm: String)]
  private let isPipe: Bool
  /// The records are inside of others.
  private let isCompressed: Bool
  private let file: InputFile
  private let data: Range<UInt64>
  private let layouts: PerfSampleLayouts
  private let findings: PerfFindings
  private let stacks: PerfStacks?
  private let shared: Shared

  private final class Shared: Sendable {
    let known = Mutex(Known())
  }

  /// What is found when it is first asked for.
  private struct Known {
    /// The records: those of the file, or decompressed ones.
    var file: InputFile?
    var index: PerfIndex?
    var first: UInt64??
  }

  /// True if a file that starts with `head` is a perf.data, of a machine of either byte order.
  public static func recognises(_ head: UnsafeRawBufferPointer) -> Bool {
    head.prefix(8).elementsEqual(PerfLoader.magic)
      || head.prefix(8).elementsEqual(PerfLoader.magic.reversed())
  }

  /// Reads the metadata. Throws where nothing can be read; other damage is in `damage`.
  public init(_ file: InputFile) throws(TraceError) {
    damage = DamageLog()
    let loader = try PerfLoader(file, damage)
    let tracepoints = loader.attributes.filter(\.isTracepoint)
    guard let formats = loader.formats, let first = tracepoints.first else {
      throw PerfData.lack(of: tracepoints, damage)
    }
    let order = loader.order
    machine = TracedMachine(
      byteOrder: order, longSize: formats.layout.commitSize, pageSize: formats.pageSize,
      uname: loader.uname, cpuCount: loader.cpuCount)
    clock = TraceClock(name: first.clockName, isWallClock: first.clockName == "realtime")
    name = file.path
    schemas = formats.schemas.all
    printkFormats = formats.printkFormats
    kernelComms = formats.comms
    taskSchemas = PerfTaskEvents.schemas(besides: formats.schemas.all)
    layouts = PerfSampleLayouts(loader.attributes, order)
    stackSchema =
      layouts.haveCallchains
      ? PerfStacks.schema(besides: formats.schemas.all + taskSchemas) : nil
    isPipe = loader.isPipe
    isCompressed = loader.isCompressed
    data = loader.data
    self.file = file
    let sampling = PerfSampling(loader.attributes, formats.schemas.all)
    findings = PerfFindings(damage, sampling)
    sampling.reportCounters(to: damage)
    shared = Shared()
    stacks = nil
    if tracepoints.contains(where: { $0.sampleType & PerfAttribute.Sample.time == 0 }) {
      damage.error("no times", "samples have no time stamps: times and orders are wrong")
    }
    if tracepoints.contains(where: { $0.sampleType & PerfAttribute.Sample.cpu == 0 }) {
      damage.note("no CPUs", "samples do not say on which CPU they were: all count as CPU 0's")
    }
  }

  /// Why there is nothing to be asked. Where a pipe broke before its formats, it may have had tracepoints.
  private static func lack(of tracepoints: [PerfAttribute], _ damage: DamageLog) -> TraceError {
    if let found = damage.findings.first(where: { $0.severity == .error }) {
      return TraceError("the formats of its events cannot be read: \(found.first)")
    }
    return TraceError(
      tracepoints.isEmpty
        ? "holds no tracepoints; mmq reads those of perf record -e SYSTEM:EVENT"
        : "is cut: the formats of its events are lost")
  }

  /// The same recording, whose streams have a stack behind each sample with a call chain.
  private init(_ other: PerfData, _ stacks: PerfStacks) {
    (name, machine, clock, damage) = (other.name, other.machine, other.clock, other.damage)
    (schemas, taskSchemas) = (other.schemas, other.taskSchemas)
    (stackSchema, self.stacks) = (other.stackSchema, stacks)
    (printkFormats, kernelComms) = (other.printkFormats, other.kernelComms)
    (isPipe, isCompressed) = (other.isPipe, other.isCompressed)
    (file, data, layouts) = (other.file, other.data, other.layouts)
    (findings, shared) = (other.findings, other.shared)
  }

  public var withStacks: any TraceSource {
    stackSchema.map { PerfData(self, PerfStacks($0, layouts.order)) } ?? self
  }

  public var formatDescription: String {
    "perf.data" + (isPipe ? " from a pipe" : "") + (isCompressed ? ", zstd" : "")
  }

  public var bytesRead: (soFar: UInt64, inOnePass: UInt64)? {
    let read = shared.known.withLock { $0.file }
    return (
      file.bytesRead + (read === file ? 0 : read?.bytesRead ?? 0), read?.size ?? file.size
    )
  }

  public func openStreams() throws -> [any PageStream] {
    let file = try records().file
    return try index().cpus.sorted { $0.key < $1.key }
      .map { PerfStream($0.key, $0.value, .file(file), layouts, stacks) }
  }

  public func openStreams(_ ahead: WorkQueue) throws -> [any PageStream] { try openStreams() }

  public func openParts(of size: Int?) throws -> RecordingParts {
    let (file, data) = try records()
    let stacks = stacks
    return RecordingParts(
      buffers: [""], size: data.upperBound - data.lowerBound, isCompressed: isCompressed
    ) {
      [PerfCutter(file, data, layouts, stacks, findings)]
    }
  }

  /// They mix CPUs, and leave out what perf noted of tasks.
  public var partsAreInOrder: Bool { false }

  /// The last one that perf knew, else the one that the kernel had saved.
  public var savedComms: [(tid: Int32, comm: String)] {
    var last = Dictionary(kernelComms.map { ($0.tid, $0.comm) }, uniquingKeysWith: { $1 })
    for state in (try? taskStates()) ?? [] {
      if let comm = state.comm { last[state.thread] = String(decoding: comm, as: UTF8.self) }
    }
    return last.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private func taskStates() throws(TraceError) -> [PerfTaskState] {
    let index = try index()
    guard index.first <= index.last else { return [] }
    return PerfTaskState.all(index.tasks, from: index.first, to: index.last)
  }

  public func openTaskStreams() throws -> [any PageStream] {
    [PerfTaskStream(try taskStates(), taskSchemas, layouts.order)]
  }

  /// perf.data has no symbols.
  public func kernelSymbols() -> KernelSymbols { .none }

  /// perf writes where the kernel lies before everything else.
  public var kernelStart: UInt64? { PerfKernelMap.start(file, data, layouts.order) }

  /// Where everything is.
  private func index() throws(TraceError) -> PerfIndex {
    if let index = shared.known.withLock({ $0.index }) { return index }
    let (file, data) = try records()
    let index = PerfIndex(file, data, layouts, findings)
    shared.known.withLock { $0.index = index }
    return index
  }

  /// The file with the records, and where in it they are.
  private func records() throws(TraceError) -> (file: InputFile, data: Range<UInt64>) {
    if !isCompressed { return (file, data) }
    if let unpacked = shared.known.withLock({ $0.file }) { return (unpacked, 0..<unpacked.size) }
    let unpacked = try PerfSpool.unpack(file, data, layouts.order, damage)
    shared.known.withLock { $0.file = unpacked }
    return (unpacked, 0..<unpacked.size)
  }

  public var firstStamp: UInt64? {
    if let first = shared.known.withLock({ $0.first }) { return first }
    let first = findFirst()
    shared.known.withLock { $0.first = first }
    return first
  }

  public var lastStamp: UInt64? { (try? index()).flatMap { $0.last > 0 ? $0.last : nil } }

  /// perf reads the buffers of all CPUs in rounds: the earliest sample is in the first two of them, even
  /// where a CPU's buffer was read before the sample was in it.
  private func findFirst() -> UInt64? {
    guard let (file, data) = try? records() else { return nil }
    var records = PerfRecords(file, data, layouts.order)
    var first = UInt64.max
    var (rounds, hasSamples) = (0, false)
    while rounds < 2, let record = records.next() {
      switch records.type {
      case PerfRecordType.sample:
        guard let event = PerfEvent(record, records.size, layouts) else { continue }
        first = min(first, event.time)
        hasSamples = true
      case PerfRecordType.finishedRound where hasSamples:
        (rounds, hasSamples) = (rounds + 1, false)
      default: records.skipTail(of: record)
      }
    }
    return first == .max ? nil : first
  }
}
