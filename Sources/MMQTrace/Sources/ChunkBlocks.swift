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
  /// So is one of so many, however small.
  private static let mostChunks = 1024
  private var offset: UInt64
  /// Chunks that are still to come; nil before their count was read.
  private var chunksLeft: UInt32?
  /// Those whose headers were read by whoever cut the part, the last one first.
  private var known: [Header]

  /// Where a chunk's header is in the file, and the sizes that it says.
  struct Header {
    var place: UInt64
    var packed: UInt32
    var size: UInt32

    /// nil for what cannot be a chunk: an empty one, or one that ends behind `limit`.
    init?(at place: UInt64, packed: UInt32, size: UInt32, upTo limit: UInt64) {
      guard packed > 0, UInt64(packed) <= limit - place - ChunkBlocks.headerSize else { return nil }
      (self.place, self.packed, self.size) = (place, packed, size)
    }

    var end: UInt64 { place + ChunkBlocks.headerSize + UInt64(packed) }
  }

  /// Blocks are filled by other threads than the one that plans them: each reads its chunks itself, and only their
  /// headers are read here.
  private let isAhead: Bool

  /// Packed bytes that are read at once where blocks are filled one after the other: about as many blocks as of one
  /// chunk in a part, and one where blocks are larger.
  private static func windowSize(_ blockSize: Int) -> UInt64 {
    blockSize <= 1 ? 64 << 10 : min(256 << 10, max(16 << 10, UInt64(blockSize) / 4))
  }

  static let headerSize: UInt64 = 8

  /// All chunks of an extent, or so many that begin at a byte of the file.
  convenience init(
    _ extent: Extent, from start: UInt64? = nil, chunks: UInt32? = nil, blockSize: Int,
    isAhead: Bool
  ) {
    self.init(
      extent, from: start ?? extent.offset, chunks, [], upTo: extent.end, blockSize: blockSize,
      isAhead: isAhead)
  }

  /// Some chunks that follow each other.
  convenience init(_ extent: Extent, _ chunks: [Header], blockSize: Int, isAhead: Bool) {
    self.init(
      extent, from: chunks.first?.place ?? extent.end, UInt32(chunks.count), chunks.reversed(),
      upTo: chunks.last?.end ?? extent.end, blockSize: blockSize, isAhead: isAhead)
  }

  private init(
    _ extent: Extent, from first: UInt64, _ chunks: UInt32?, _ known: [Header], upTo last: UInt64,
    blockSize: Int, isAhead: Bool
  ) {
    self.extent = extent
    self.isAhead = isAhead
    self.known = known
    let most = isAhead ? ChunkBlocks.headerSize : ChunkBlocks.windowSize(blockSize)
    window = FileWindow(
      extent.file, upTo: last, size: Int(min(most, last > first ? last - first : 0)))
    self.blockSize = blockSize
    pageSize = extent.layout.subBufferSize
    offset = first
    chunksLeft = chunks
  }

  func plan(_ block: Block) -> Bool {
    guard chunksLeft != 0 else { return false }
    var (size, packed, losses) = (0, 0, 0)
    repeat {
      do throws(TraceError) {
        if chunksLeft == nil { chunksLeft = try readCount() }
        guard let left = chunksLeft, left > 0 else { break }
        chunksLeft = left - 1
        let piece = try nextChunk()
        block.plan.append(piece)
        if case .chunk(_, let bytes, let more) = piece {
          size += more
          packed = max(packed, bytes)
        } else {
          losses += 1
        }
      } catch {
        block.plan.append(
          .loss(kind: "lost chunks", at: offset, "the rest is lost: \(error.message)"))
        chunksLeft = 0
      }
    } while size < blockSize && size % pageSize == 0 && losses < ChunkBlocks.mostLosses
      && block.plan.count < ChunkBlocks.mostChunks
    block.planned = size + (isAhead ? packed : 0)
    return true
  }

  func fill(_ block: Block) {
    let size = block.plan.reduce(block.filled) { sum, piece in
      if case .chunk(_, _, let size) = piece { sum + size } else { sum }
    }
    block.reserve(max(size, blockSize))
    for piece in block.plan where !block.isLast { add(piece, to: block) }
    block.plan.removeAll(keepingCapacity: true)
  }

  /// Pages of a block follow each other.
  func canAdd(to block: Block) -> Bool {
    block.filled % pageSize == 0 && block.losses.isEmpty
  }

  private func add(_ piece: Block.Piece, to block: Block) {
    switch piece {
    case .chunk(let start, let packed, let size):
      do throws(TraceError) {
        let bytes =
          try isAhead
          ? block.read(extent.file, at: start + ChunkBlocks.headerSize, packed)
          : window.bytes(at: start + ChunkBlocks.headerSize, packed)
        unpack(bytes, size, at: start, into: block)
      } catch {
        block.lose("lost chunks", at: start, "the rest is lost: \(error.message)")
        block.isLast = true
      }
    case .loss(let kind, let place, let message): block.lose(kind, at: place, message)
    case .bytes: break  // of data that is not compressed
    }
  }

  private func unpack(
    _ source: UnsafeRawBufferPointer, _ size: Int, at start: UInt64, into block: Block
  ) {
    if let problem = block.unpack(source, size, by: extent.method) {
      block.lose("damaged chunk", at: start, "a chunk is lost (\(problem))")
    } else if size % pageSize != 0 {
      block.lose(
        "odd chunk", at: start, "a chunk of \(size) bytes doesn't end with a whole page")
    }
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

  private func nextChunk() throws(TraceError) -> Block.Piece {
    let chunk = if let next = known.popLast() { next } else { try readHeader() }
    offset = chunk.end
    guard Decompressor.isBelievable(chunk.size, from: chunk.packed, harmless: 16 * pageSize) else {
      return .loss(
        kind: "damaged chunk", at: chunk.place,
        "a chunk of \(chunk.packed) bytes says that it holds \(chunk.size)")
    }
    return .chunk(at: chunk.place, packed: Int(chunk.packed), size: Int(chunk.size))
  }

  private func readHeader() throws(TraceError) -> Header {
    let (packed, size) = try (word(at: offset), word(at: offset + 4))
    guard let header = Header(at: offset, packed: packed, size: size, upTo: extent.end) else {
      let room = extent.end - offset - ChunkBlocks.headerSize
      throw TraceError("a chunk of \(packed) bytes where the file has \(room)")
    }
    return header
  }
}
