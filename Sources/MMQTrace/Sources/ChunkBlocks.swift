// The blocks of an extent that a recording stores in compressed chunks.

/// Decompresses chunk after chunk. A chunk is `u32` compressed size, `u32` size, then a frame of its
/// own, so that a damaged one costs only its own pages.
final class ChunkBlocks: BlockReader {
  private let extent: Extent
  private let window: FileWindow
  private let pageSize: Int
  /// A block takes chunks until it holds so many bytes.
  private let blockSize: Int
  /// A block that has lost so many chunks is done: a shredded file must not fill the memory.
  private static let mostLosses = 16
  private var offset: UInt64
  /// Chunks that are still to come; nil before their count was read.
  private var chunksLeft: UInt32?

  /// Packed bytes that are read at once: about as many blocks as of one chunk in a part, and one where
  /// blocks are larger.
  private static func windowSize(_ blockSize: Int) -> UInt64 {
    blockSize <= 1 ? 256 << 10 : min(256 << 10, max(16 << 10, UInt64(blockSize) / 4))
  }

  /// All chunks of an extent, or so many that begin at a byte of the file and end before another.
  init(
    _ extent: Extent, from start: UInt64? = nil, chunks: UInt32? = nil, upTo end: UInt64? = nil,
    blockSize: Int
  ) {
    self.extent = extent
    let (first, last) = (start ?? extent.offset, end ?? extent.end)
    let size = min(ChunkBlocks.windowSize(blockSize), last > first ? last - first : 0)
    window = FileWindow(extent.file, upTo: last, size: Int(size))
    self.blockSize = blockSize
    pageSize = extent.layout.subBufferSize
    offset = start ?? extent.offset
    chunksLeft = chunks
  }

  func read(into block: Block) -> Bool {
    guard chunksLeft != 0 else { return false }
    repeat {
      do throws(TraceError) {
        if chunksLeft == nil { chunksLeft = try readCount() }
        guard let left = chunksLeft, left > 0 else { break }
        chunksLeft = left - 1
        try readChunk(into: block)
      } catch {
        block.lose("lost chunks", at: offset, "the rest is lost: \(error.message)")
        chunksLeft = 0
      }
    } while block.filled < blockSize && block.filled % pageSize == 0
      && block.losses.count < ChunkBlocks.mostLosses
    return true
  }

  /// Pages of a block follow each other.
  func readMore(into block: Block) -> Bool {
    block.filled % pageSize == 0 && block.losses.isEmpty && read(into: block)
  }

  private func readCount() throws(TraceError) -> UInt32 {
    let count = try word(at: offset)
    offset += 4
    return count
  }

  private func word(at offset: UInt64) throws(TraceError) -> UInt32 {
    guard offset <= extent.end, extent.end - offset >= 4 else {
      throw TraceError("the data ends early")
    }
    return try window.bytes(at: offset, 4).baseAddress!
      .load(UInt32.self, at: 0, extent.layout.byteOrder)
  }

  /// Adds a chunk's pages; one that cannot be decompressed has none.
  private func readChunk(into block: Block) throws(TraceError) {
    let (packedSize, size) = try (word(at: offset), word(at: offset + 4))
    let room = extent.end - offset - 8
    guard packedSize > 0, UInt64(packedSize) <= room else {
      throw TraceError("a chunk of \(packedSize) bytes where the file has \(room)")
    }
    let start = offset
    offset += 8 + UInt64(packedSize)
    guard Decompressor.isBelievable(size, from: packedSize, harmless: 16 * pageSize) else {
      block.lose(
        "damaged chunk", at: start,
        "a chunk of \(packedSize) bytes says that it holds \(size)")
      return
    }
    let source = try window.bytes(at: start + 8, Int(packedSize))
    unpack(source, Int(size), at: start, into: block)
  }

  /// An odd chunk ends its block, so that the pages of a block follow each other.
  private func unpack(
    _ source: UnsafeRawBufferPointer, _ size: Int, at start: UInt64, into block: Block
  ) {
    block.reserve(max(block.filled + size, blockSize))
    if let problem = block.unpack(source, size, by: extent.method) {
      block.lose("damaged chunk", at: start, "a chunk is lost (\(problem))")
    } else if size % pageSize != 0 {
      block.lose(
        "odd chunk", at: start, "a chunk of \(size) bytes doesn't end with a whole page")
    }
  }
}
