// Data that was compressed before.

import MMQTrace

extension TraceDatWriter {
  /// Adds all chunks of a spool to the current CPU, which has no other data.
  func copy(_ spool: ChunkSpool) throws(TraceError) {
    guard let last = buffer?.cpus.indices.last, buffer?.cpus[last].size == 0,
      options.compression != .none
    else { throw TraceError("chunks without a CPU of their own") }
    try reserveChunkCount(last)
    try spool.read { (block) throws(TraceError) in try file.write(block) }
    buffer?.cpus[last].size += spool.size
    buffer?.cpus[last].chunks = spool.chunks
  }
}
