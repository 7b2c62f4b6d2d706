// One CPU while it is recorded.

internal import MMQTrace

/// Takes the sub-buffers of a CPU as the kernel gives them, counts what is in them, and puts them into
/// a spool. The flags and counts of lost events are in the sub-buffers, and stay there.
final class RecordedCPU {
  let stream: any PageStream
  private(set) var account: RecordingAccount.CPU
  private(set) var spool: ChunkSpool?
  private let directory: String
  private var cursor: RingCursor
  /// Sub-buffers that wait for their chunk to be full.
  private var chunk: [UInt8] = []

  init(_ stream: any PageStream, in directory: String) {
    self.stream = stream
    self.directory = directory
    account = RecordingAccount.CPU(cpu: stream.cpu)
    cursor = RingCursor(byteOrder: stream.layout.byteOrder)
  }

  /// Takes what is there, at most `limit` sub-buffers. False where there was less.
  func take(
    _ limit: Int, _ compressor: Compressor, _ tasks: borrowing TaskReader
  ) throws(TraceError) -> Bool {
    for _ in 0..<limit {
      guard let page = stream.nextPage() else { return false }
      count(page, tasks)
      chunk.append(contentsOf: page)
      // A reader of recordings takes whole ones.
      let missing = stream.layout.subBufferSize - page.count
      if missing > 0 { chunk.append(contentsOf: repeatElement(0, count: missing)) }
      if chunk.count >= stream.layout.subBufferSize * TraceDatWriter.pagesPerChunk {
        try endChunk(compressor)
      }
    }
    return true
  }

  private func count(_ page: UnsafeRawBufferPointer, _ tasks: borrowing TaskReader) {
    account.subBuffers += 1
    account.add(cursor.open(page, stream.layout))
    tasks.read(&cursor)
    account.records = cursor.records
    if cursor.isCorrupt { account.damagedSubBuffers += 1 }
  }

  /// Puts the last sub-buffers into the spool.
  func endChunk(_ compressor: Compressor) throws(TraceError) {
    guard !chunk.isEmpty else { return }
    let spool = try openSpool()
    try spool.append(try compressor.compress(chunk), of: chunk.count)
    chunk.removeAll(keepingCapacity: true)
  }

  /// A CPU on which nothing happens has none.
  private func openSpool() throws(TraceError) -> ChunkSpool {
    if let spool { return spool }
    let made = try ChunkSpool(in: directory)
    spool = made
    return made
  }

  /// After everything was read: what the kernel counted.
  func settle(_ statistics: RingStatistics) { account.statistics = statistics }

  /// What was recorded so far, for a file; what comes later is for the next one. nil where there is nothing.
  func takeSpool() -> ChunkSpool? {
    defer { spool = nil }
    return spool
  }

  /// Bytes that its data takes in the file, or at most will.
  var size: UInt64 { (spool?.size ?? 0) + UInt64(chunk.count) }
}
