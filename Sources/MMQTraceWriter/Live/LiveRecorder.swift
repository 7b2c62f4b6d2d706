// Recording the running kernel into a trace.dat.

internal import Glibc
public import MMQTrace

/// Reads the rings of a `LiveSource` until it is told to stop, and writes recordings of version 7 with
/// all that was in them.
///
/// The format wants the data of each CPU in one piece: while it is recorded, that of each waits in a
/// file of its own that has no name. At the end all are joined in another one, which gets its name when
/// it is whole. So whatever happens there is the whole recording, or what was there before.
///
/// With a limit on the size the same is done again and again, while recording goes on.
public final class LiveRecorder {
  let source: LiveSource
  let series: RecordingSeries
  let limits: RecordingLimits
  let program: String
  /// The next recording to be; it also stands for the file system.
  var file: UnnamedFile
  let compressor = Compressor(.zstd, level: level)
  let tasks: RecordedTasks
  var cpus: [RecordedCPU] = []
  var account = RecordingAccount()
  /// Of the events that are recorded.
  var names: [String] = []
  /// Processes of threads when the next file began.
  var processesBefore: [UInt8] = []
  /// What a file says besides its data takes about so many bytes.
  var descriptionSize: UInt64 = 0
  /// Completes files.
  let queue = WorkQueue()
  /// The file that is being completed.
  var completing: (part: RecordingPart, job: Job)?

  /// Of zstd: what is recorded must not wait, and the traced programs want their CPU.
  private static let level: Int32 = 1
  /// Nanoseconds from one look at the rings to the next.
  private static let period: UInt64 = 20_000_000
  /// Sub-buffers that are taken of one CPU before the next has its turn.
  static let share = 256

  /// The source is made with `LiveOptions.maps` false: sub-buffers are taken as read(2) gives them. The
  /// file names `program` and its version as its recorder. Throws a `TraceError` where the file cannot be
  /// written; nothing has happened in the kernel then.
  public init(
    _ source: LiveSource, to path: String, by program: String,
    limits: RecordingLimits = RecordingLimits()
  ) throws(TraceError) {
    self.source = source
    self.program = program
    self.limits = limits
    series = try RecordingSeries(path, limits)
    file = try UnnamedFile(in: series.place.directory)
    tasks = RecordedTasks(schemas: source.schemas)
    guard file.room >= roomToFinish else {
      throw TraceError("the file system has \(file.room >> 20) MiB left, which is not enough")
    }
  }

  /// Records until `isCancelled`, asked every 20 ms, says so. Throws a `TraceError` where tracing cannot
  /// begin or a file cannot be written: then that one is not there, and no instance.
  public func record(
    _ events: LiveEvents, whenAttached: () -> Void, isCancelled: () -> Bool
  ) throws(TraceError) -> RecordingAccount {
    var result = Result<RecordingAccount, TraceError>.failure(TraceError("nothing was recorded"))
    // The thread that completes files is there before the kernel hears which threads are mmq's.
    queue.run(threads: limits.size == nil ? 0 : 1) {
      result = Result { () throws(TraceError) -> RecordingAccount in
        try recordAll(events, whenAttached, isCancelled)
      }
    }
    return try result.get()
  }

  private func recordAll(
    _ events: LiveEvents, _ whenAttached: () -> Void, _ isCancelled: () -> Bool
  ) throws(TraceError) -> RecordingAccount {
    defer { source.detach() }
    // What goes wrong now is no reason to lose the file before.
    defer { if let completing { queue.collect(completing.job) } }
    try source.attach(events)
    tasks.look(at: source)
    processesBefore = tasks.processes
    names = events.all
    cpus = source.openStreams().map { RecordedCPU($0, in: series.place.directory) }
    if limits.size != nil { try checkSize() }
    whenAttached()
    try follow(isCancelled)
    settle(source.statistics())
    try takeCompleted()
    let part = cut()
    try part.prepare()
    source.detach()
    part.complete(as: series)
    try take(part)
    nameFiles()
    return account
  }

  /// Rounds of reading; then the last ones, when no more is recorded.
  private func follow(_ isCancelled: () -> Bool) throws(TraceError) {
    let reader = TaskReader(tasks, .host)
    while !isCancelled(), hasRoom() {
      let start = HostClock.now
      while try takeShares(reader), hasRoom(), !isCancelled() {}
      if completing?.part.isComplete == true { try takeCompleted() }
      HostClock.sleep(until: start &+ LiveRecorder.period)
    }
    source.stop()
    // A writer that was at work when recording stopped may be done only now.
    for _ in 0..<2 {
      while try takeShares(reader) {}
    }
    for cpu in cpus { try cpu.endChunk(compressor) }
  }

  /// A share of each CPU; whether there may be more.
  private func takeShares(_ reader: borrowing TaskReader) throws(TraceError) -> Bool {
    var hasMore = false
    for cpu in cpus {
      if try cpu.take(LiveRecorder.share, compressor, reader) { hasMore = true }
      if isFull { try rotate() }
    }
    return hasMore
  }

  func settle(_ statistics: [RingStatistics]) {
    for cpu in cpus {
      if let ring = statistics.first(where: { $0.cpu == cpu.stream.cpu }) { cpu.settle(ring) }
    }
    account.cpus = cpus.map(\.account)
  }

  /// How far it has come.
  public var progress: RecordingProgress {
    RecordingProgress(
      records: cpus.reduce(0) { $0 + $1.account.records },
      bytes: account.files.reduce(0) { $0 + $1.bytes } + (completing?.part.size ?? 0)
        + cpus.reduce(0) { $0 + $1.size },
      lost: source.statistics().reduce(0) { $0 &+ $1.lost })
  }
}

/// What a recording has come to while it goes on.
public struct RecordingProgress: Sendable {
  public var records: UInt64
  /// Of data in all files.
  public var bytes: UInt64
  /// By the kernel's count.
  public var lost: UInt64
}
