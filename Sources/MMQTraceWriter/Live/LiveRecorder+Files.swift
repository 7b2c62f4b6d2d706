// From what was read to files, one or many.

internal import MMQTrace

extension LiveRecorder {
  /// Bytes for the symbols and formats of a recording, compressed, and some to spare.
  private static let descriptionRoom: UInt64 = 8 << 20

  // MARK: Limits

  /// Bytes that one turn of a CPU may add.
  private var share: UInt64 {
    UInt64((cpus.first?.stream.layout.subBufferSize ?? 0) * LiveRecorder.share)
  }

  /// The next turn might make the file too large.
  var isFull: Bool {
    guard let size = limits.size else { return false }
    return descriptionSize + cpus.reduce(share) { $0 + $1.size } > size
  }

  /// Throws a `TraceError` where a file of the size could not hold much more than its own description.
  func checkSize() throws(TraceError) {
    let metadata = try describe([])()
    var items = 0
    for item in metadata.items.values { items += try compressor.compress(item).count }
    let options = metadata.options.reduce(0) { $0 + $1.data.count }
    // Names may come to be twice as many; the data of a CPU begins at a page.
    descriptionSize =
      UInt64(items + options + 2 * (metadata.items[21]?.count ?? 0) + (cpus.count + 8) << 12)
    let chunks = UInt64(cpus.count * TraceDatWriter.pagesPerChunk) << 12
    let least = descriptionSize + chunks + 2 * share
    guard let size = limits.size, size < least else { return }
    throw TraceError(
      "files of \(size >> 10) kB: what describes the events takes \(descriptionSize >> 10) kB of each; "
        + "\(least >> 20 + 1) MB are the least here")
  }

  /// What the file may still need: all that describes it, what one turn of all CPUs adds, and, while
  /// the data of a CPU is copied, that once more. What is being completed needs no more than itself.
  var roomToFinish: UInt64 {
    let largest = cpus.map { $0.spool?.size ?? 0 }.max() ?? 0
    let other = completing.map { $0.part.size + LiveRecorder.descriptionRoom } ?? 0
    return LiveRecorder.descriptionRoom + share * UInt64(cpus.count) + largest + other
  }

  /// False, for good, where the disk is nearly full: what was recorded can still be completed.
  func hasRoom() -> Bool {
    if file.room < roomToFinish { account.wasCutShort = true }
    return !account.wasCutShort
  }

  // MARK: Files

  /// Begins a new file; another thread completes the one before. While that one is not done there is no
  /// further one: a disk that is too slow costs events, which the kernel counts, and not memory.
  func rotate() throws(TraceError) {
    try takeCompleted()
    for cpu in cpus { try cpu.endChunk(compressor) }
    settle(source.statistics())
    let next = try UnnamedFile(in: series.place.directory)
    let part = cut()
    file = next
    let job = Job { [series] in part.complete(as: series) }
    completing = (part, job)
    queue.order(job)
  }

  /// What was recorded since the last file.
  func cut() -> RecordingPart {
    let records = cpus.reduce(0) { $0 + $1.account.records }
    let before = account.files.reduce(0) { $0 + $1.records }
    return RecordingPart(
      cpus.compactMap { cpu in cpu.takeSpool().map { (cpu.stream.cpu, $0) } }, in: file,
      records: records - before, clock: source.clock.name ?? "boot",
      subBufferSize: cpus.first?.stream.layout.subBufferSize ?? source.machine.pageSize,
      describe: describe(cpus.map(\.account)))
  }

  /// What a file says of itself, of the threads as they are now, and of those at its beginning.
  private func describe(
    _ recorded: [RecordingAccount.CPU]
  ) -> () throws(TraceError) -> RecordingMetadata {
    let (before, last) = (processesBefore, tasks.names)
    processesBefore = tasks.processes
    return { [source, names, program] () throws(TraceError) -> RecordingMetadata in
      RecordingMetadata(
        source, try source.texts(of: names), recorded, names: last, processes: before,
        recorder: program)
    }
  }

  /// Waits for the file that is being completed. Throws a `TraceError` where it could not be.
  func takeCompleted() throws(TraceError) {
    guard let (part, job) = completing else { return }
    queue.collect(job)
    completing = nil
    try take(part)
  }

  func take(_ part: RecordingPart) throws(TraceError) {
    account.files.append(.init(records: part.records, bytes: try part.bytes()))
  }

  /// Says which of the files are still there.
  func nameFiles() {
    let kept = limits.size == nil ? 1 : limits.files
    for (age, index) in account.files.indices.reversed().prefix(kept).enumerated() {
      account.files[index].path = series.name(age)
    }
    if limits.size != nil { account.stranger = series.stranger }
  }
}
