// The compressed data of one CPU, until all CPUs are joined into a recording.

internal import Glibc
internal import MMQTrace

/// Chunks as version 7 stores them, one after the other, in a file without a name: so memory does not
/// grow with the recording, and the disk holds no more than it must.
final class ChunkSpool {
  private let file: UnnamedFile
  private(set) var size: UInt64 = 0
  private(set) var chunks: UInt32 = 0
  private static let blockSize = 1 << 20

  init(in directory: String) throws(TraceError) {
    file = try UnnamedFile(in: directory)
    file.removeName()
  }

  /// Adds a chunk: sub-buffers, and what they are when compressed.
  func append(_ packed: [UInt8], of bytes: Int) throws(TraceError) {
    var head = ByteWriter(.host)
    head.integer(UInt32(packed.count))
    head.integer(UInt32(bytes))
    let chunk = head.bytes + packed
    try write(chunk)
    size += UInt64(chunk.count)
    chunks += 1
  }

  private func write(_ bytes: [UInt8]) throws(TraceError) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        pwrite(
          file.descriptor, $0.baseAddress! + done, bytes.count - done,
          off_t(size) + off_t(done))
      }
      if count >= 0 {
        done += count
      } else if errno != EINTR {
        throw UnnamedFile.failure()
      }
    }
  }

  /// All of it, block by block.
  func read(_ body: (ArraySlice<UInt8>) throws(TraceError) -> Void) throws(TraceError) {
    var block = [UInt8](repeating: 0, count: Self.blockSize)
    var place: UInt64 = 0
    while place < size {
      let count = pread(file.descriptor, &block, block.count, off_t(place))
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw UnnamedFile.failure() }
      guard count > 0 else { throw TraceError("a temporary file has become shorter") }
      try body(block[..<count])
      place += UInt64(count)
    }
  }
}
