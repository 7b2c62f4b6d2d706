// The blocks of an extent that a recording stores uncompressed.

/// Reads sub-buffers as they follow each other in the file.
final class PlainBlocks: BlockReader {
  private let file: InputFile
  private let blockSize: Int
  /// The next byte of the file to read, and the one after the last.
  private var offset: UInt64
  private let end: UInt64

  /// All of an extent, or the sub-buffers of a part of it. `blockSize` is rounded to whole sub-buffers,
  /// and never exceeds the part.
  init(
    _ extent: Extent, from start: UInt64? = nil, to end: UInt64? = nil, blockSize: Int
  ) {
    file = extent.file
    let pageSize = extent.layout.subBufferSize
    offset = start ?? extent.offset
    self.end = end ?? extent.end
    let bytes = min(blockSize, Int(self.end - offset) + pageSize - 1)
    self.blockSize = max(1, bytes / pageSize) * pageSize
  }

  func read(into block: Block) -> Bool {
    let wanted = Int(min(UInt64(blockSize), end - offset))
    guard wanted > 0 else { return false }
    block.reserve(wanted)
    do throws(TraceError) {
      block.filled = try file.read(at: offset, into: block[0..<wanted])
    } catch {
      block.lose("unreadable data", at: offset, error.message)
    }
    offset += UInt64(block.filled)
    if block.filled < wanted {
      block.lose("shrunken file", at: offset, "the file has shrunk while it was read")
      offset = end
    }
    return true
  }
}
