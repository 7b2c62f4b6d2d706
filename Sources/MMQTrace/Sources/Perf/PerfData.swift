// perf's recordings: perf.data, from a file or through a pipe.

internal import Synchronization

/// An opened `perf.data` with tracepoints. A sample holds the same record that the kernel's ring buffer
/// would: the streams pack them into sub-buffers.
public final class PerfData: TraceSource {
  public let name: String
  public let machine: TracedMachine
  public let schemas: [EventSchema]
  public let taskSchemas: [EventSchema]
  public let clock: TraceClock
  public let printkFormats: String
  public let damage: DamageLog
  /// As the kernel had saved them when perf ended.
  private let kernelComms: [(tid: Int32, comm: String)]
  private let isPipe: Bool
  private let file: InputFile
  private let data: Range<UInt64>
  private let layouts: PerfSampleLayouts
  private let content = Mutex<Content?>(nil)

  /// What one pass over the records tells.
  private struct Content {
    var index: PerfIndex
    /// The file, or its records decompressed.
    var file: InputFile
    var isCompressed: Bool
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
      throw TraceError("holds no tracepoints; mmq reads those of perf record -e SYSTEM:EVENT")
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
    isPipe = loader.isPipe
    data = loader.data
    self.file = file
    if tracepoints.contains(where: { $0.sampleType & PerfAttribute.Sample.time == 0 }) {
      damage.error("no times", "samples have no time stamps: times and orders are wrong")
    }
    if tracepoints.contains(where: { $0.sampleType & PerfAttribute.Sample.cpu == 0 }) {
      damage.note("no CPUs", "samples do not say on which CPU they were: all count as CPU 0's")
    }
  }

  public var formatDescription: String {
    "perf.data" + (isPipe ? " from a pipe" : "")
      + (content.withLock { $0?.isCompressed } == true ? ", zstd" : "")
  }

  public var bytesRead: (soFar: UInt64, inOnePass: UInt64)? {
    let read = content.withLock { $0?.file }
    return (
      file.bytesRead + (read === file ? 0 : read?.bytesRead ?? 0), read?.size ?? file.size
    )
  }

  public func openStreams() throws -> [any PageStream] {
    let content = try load()
    return content.index.cpus.sorted { $0.key < $1.key }
      .map { PerfStream($0.key, $0.value, content.file, layouts) }
  }

  /// The last one that perf knew, else the one that the kernel had saved.
  public var savedComms: [(tid: Int32, comm: String)] {
    var last = Dictionary(kernelComms.map { ($0.tid, $0.comm) }, uniquingKeysWith: { $1 })
    for state in (try? taskStates()) ?? [] {
      if let comm = state.comm { last[state.thread] = String(decoding: comm, as: UTF8.self) }
    }
    return last.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private func taskStates() throws(TraceError) -> [PerfTaskState] {
    let index = try load().index
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

  /// Finds where everything is, when first asked for.
  private func load() throws(TraceError) -> Content {
    let known = content.withLock { $0 }
    if let known { return known }
    var found = Content(
      index: PerfIndex(file, data, layouts, damage), file: file, isCompressed: false)
    if found.index.isCompressed {
      let unpacked = try PerfSpool.unpack(file, data, layouts.order, damage)
      found = Content(
        index: PerfIndex(unpacked, 0..<unpacked.size, layouts, damage), file: unpacked,
        isCompressed: true)
    }
    content.withLock { $0 = found }
    return found
  }
}
