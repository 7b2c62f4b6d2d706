// What was recorded in a stretch of time, on its way to a file.

internal import Glibc
internal import MMQTrace
internal import Synchronization

/// Joins the spools of all CPUs in a file, which gets its name when it is whole.
final class RecordingPart {
  private let file: UnnamedFile
  private var spools: [(cpu: UInt32, spool: ChunkSpool)]
  private let buffer: (clock: String, subBufferSize: Int)
  private let describe: () throws(TraceError) -> RecordingMetadata
  private var metadata: RecordingMetadata?
  let records: UInt64
  /// Bytes of data.
  let size: UInt64
  private var result: Result<UInt64, TraceError> = .success(0)
  /// Asked by the thread that records while another one is at it.
  private let isDone = Atomic(false)

  /// `describe`: what the file says besides its data; asked when it is written.
  init(
    _ spools: [(cpu: UInt32, spool: ChunkSpool)], in file: UnnamedFile, records: UInt64,
    clock: String, subBufferSize: Int,
    describe: @escaping () throws(TraceError) -> RecordingMetadata
  ) {
    self.spools = spools
    self.file = file
    self.records = records
    self.describe = describe
    buffer = (clock, subBufferSize)
    size = spools.reduce(0) { $0 + $1.spool.size }
  }

  /// Asks now what is else asked later.
  func prepare() throws(TraceError) { _ = try description() }

  private func description() throws(TraceError) -> RecordingMetadata {
    if let metadata { return metadata }
    let made = try describe()
    metadata = made
    return made
  }

  /// What came of it is known from then on.
  func complete(as series: RecordingSeries) {
    result = Result { () throws(TraceError) -> UInt64 in try write(series) }
    isDone.store(true, ordering: .releasing)
  }

  var isComplete: Bool { isDone.load(ordering: .acquiring) }

  /// Bytes of the file. Throws a `TraceError` where there is none.
  func bytes() throws(TraceError) -> UInt64 { try result.get() }

  private func write(_ series: RecordingSeries) throws(TraceError) -> UInt64 {
    let output = OutputFile(fcntl(file.descriptor, F_DUPFD_CLOEXEC, 0))
    let writer = try TraceDatWriter(output, try description(), TraceDatWriter.Options())
    try writer.beginBuffer(name: "", clock: buffer.clock, pageSize: buffer.subBufferSize)
    // The disk gets back at once what is copied.
    while !spools.isEmpty {
      let (cpu, spool) = spools.removeFirst()
      try writer.beginCPU(cpu)
      try writer.copy(spool)
    }
    try writer.finish()
    try series.publish(file)
    return output.position
  }
}
