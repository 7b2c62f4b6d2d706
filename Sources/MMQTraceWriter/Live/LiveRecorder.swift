// Recording the running kernel into a trace.dat.

internal import Glibc
public import MMQTrace

/// Reads the rings of a `LiveSource` until it is told to stop, and writes a recording of version 7 with
/// all that was in them.
///
/// The format wants the data of each CPU in one piece: while it is recorded, that of each waits in a
/// file of its own that has no name. At the end all are joined in another one, which gets its name when
/// it is whole. So whatever happens there is the whole recording, or what was there before.
public final class LiveRecorder {
  private let source: LiveSource
  private let place: RecordingPlace
  private let program: String
  /// The recording to be; it also stands for the file system.
  private let file: UnnamedFile
  private let compressor = Compressor(.zstd, level: level)
  private let comms: TaskReader.Comms
  private var cpus: [RecordedCPU] = []
  private var account = RecordingAccount()

  /// Of zstd: what is recorded must not wait, and the traced programs want their CPU.
  private static let level: Int32 = 1
  /// Nanoseconds from one look at the rings to the next.
  private static let period: UInt64 = 20_000_000
  /// Sub-buffers that are taken of one CPU before the next has its turn.
  private static let share = 256
  /// Bytes for the symbols and formats of a recording, compressed, and some to spare.
  private static let metadataRoom: UInt64 = 8 << 20

  /// The source is made with `LiveOptions.maps` false: sub-buffers are taken as read(2) gives them. The
  /// file names `program` and its version as its recorder. Throws a `TraceError` where the file cannot be
  /// written; nothing has happened in the kernel then.
  public init(_ source: LiveSource, to path: String, by program: String) throws(TraceError) {
    self.source = source
    self.program = program
    place = try RecordingPlace(path)
    file = try UnnamedFile(in: place.directory)
    comms = TaskReader.Comms(LastComms(schemas: source.schemas))
    guard file.room >= roomToFinish else {
      throw TraceError("the file system has \(file.room >> 20) MiB left, which is not enough")
    }
  }

  /// Records until `isCancelled`, asked every 20 ms, says so. Throws a `TraceError` where tracing cannot
  /// begin or the file cannot be written: then there is none, and no instance.
  public func record(
    _ events: LiveEvents, whenAttached: () -> Void, isCancelled: () -> Bool
  ) throws(TraceError) -> RecordingAccount {
    defer { source.detach() }
    try source.attach(events)
    comms.last.take(source.savedComms)
    cpus = source.openStreams().map { RecordedCPU($0, in: place.directory) }
    whenAttached()
    try follow(isCancelled)
    settle(source.statistics())
    let texts = try source.texts(of: events.all)
    source.detach()
    try write(texts)
    return account
  }

  /// Rounds of reading; then the last ones, when no more is recorded.
  private func follow(_ isCancelled: () -> Bool) throws(TraceError) {
    let tasks = TaskReader(comms, .host)
    while !isCancelled(), hasRoom() {
      let start = HostClock.now
      while try takeShares(tasks), hasRoom(), !isCancelled() {}
      HostClock.sleep(until: start &+ LiveRecorder.period)
    }
    source.stop()
    // A writer that was at work when recording stopped may be done only now.
    for _ in 0..<2 {
      while try takeShares(tasks) {}
    }
    for cpu in cpus { try cpu.endChunk(compressor) }
  }

  /// A share of each CPU; whether there may be more.
  private func takeShares(_ tasks: borrowing TaskReader) throws(TraceError) -> Bool {
    var hasMore = false
    for cpu in cpus where try cpu.take(LiveRecorder.share, compressor, tasks) { hasMore = true }
    return hasMore
  }

  /// What the file may still need: all that describes it, what one turn of all CPUs adds, and, while
  /// the data of a CPU is copied, that once more.
  private var roomToFinish: UInt64 {
    let turn = cpus.reduce(0) { $0 + UInt64($1.stream.layout.subBufferSize * LiveRecorder.share) }
    let largest = cpus.map { $0.spool?.size ?? 0 }.max() ?? 0
    return LiveRecorder.metadataRoom + turn + largest
  }

  /// False, for good, where the disk is nearly full: what was recorded can still be completed.
  private func hasRoom() -> Bool {
    if file.room < roomToFinish { account.wasCutShort = true }
    return !account.wasCutShort
  }

  private func settle(_ statistics: [RingStatistics]) {
    for cpu in cpus {
      if let ring = statistics.first(where: { $0.cpu == cpu.stream.cpu }) { cpu.settle(ring) }
    }
    account.cpus = cpus.map(\.account)
  }

  /// Joins what was recorded.
  private func write(_ texts: LiveTexts) throws(TraceError) {
    let metadata = RecordingMetadata(
      source, texts, account, comms: comms.last.text, recorder: program)
    let output = OutputFile(fcntl(file.descriptor, F_DUPFD_CLOEXEC, 0))
    let writer = try TraceDatWriter(output, metadata, TraceDatWriter.Options())
    let size = cpus.first?.stream.layout.subBufferSize ?? Int(metadata.pageSize)
    try writer.beginBuffer(name: "", clock: source.clock.name ?? "boot", pageSize: size)
    for cpu in cpus {
      guard let spool = cpu.spool else { continue }
      try writer.beginCPU(cpu.stream.cpu)
      try writer.copy(spool)
      cpu.dropSpool()
    }
    try writer.finish()
    account.bytes = output.position
    try file.publish(as: place.path)
  }
}
