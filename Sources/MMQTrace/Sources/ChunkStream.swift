// The sub-buffers of one CPU where a recording stores them in compressed chunks.

/// Decompresses one chunk at a time. A chunk is `u32` compressed size, `u32` size, then a frame of
/// its own, so that a damaged one costs only its own pages.
final class ChunkStream: PageStream {
  let cpu: UInt32
  let buffer: String
  let layout: RingLayout
  private let extent: Extent
  private let file: InputFile
  private let decompressor: Decompressor
  private var packed = ScratchBuffer()
  private var pages = ScratchBuffer()
  private let pageSize: Int
  private var filled = 0
  private var position = 0
  private var offset: UInt64
  /// Chunks that are still to come; nil before their count was read.
  private var chunksLeft: UInt32?

  /// All chunks of an extent, or so many that begin at a byte of the file.
  init(
    _ extent: Extent, file: InputFile, from start: UInt64? = nil, chunks: UInt32? = nil
  ) {
    cpu = extent.cpu
    buffer = extent.buffer
    layout = extent.layout
    self.extent = extent
    self.file = file
    decompressor = Decompressor(extent.method)
    pageSize = extent.layout.subBufferSize
    offset = start ?? extent.offset
    chunksLeft = chunks
  }

  deinit {
    packed.free()
    pages.free()
  }

  func nextPage() -> UnsafeRawBufferPointer? {
    while position == filled {
      if !nextChunk() { return nil }
    }
    let size = min(pageSize, filled - position)
    let page = UnsafeRawBufferPointer(rebasing: pages.bytes[position..<(position + size)])
    position += size
    return page
  }

  /// Reads the next chunk; false at the end. A chunk that cannot be decompressed leaves no pages.
  private func nextChunk() -> Bool {
    position = 0
    filled = 0
    do throws(TraceError) {
      if chunksLeft == nil { chunksLeft = try readCount() }
      guard let left = chunksLeft, left > 0 else { return false }
      chunksLeft = left - 1
      try readChunk()
      return true
    } catch {
      extent.reportLoss("lost chunks", at: offset, "the rest is lost: \(error.message)")
      chunksLeft = 0
      return false
    }
  }

  private func readCount() throws(TraceError) -> UInt32 {
    let (count, _) = try header(4)
    offset += 4
    return count
  }

  private func readChunk() throws(TraceError) {
    let (packedSize, size) = try header(8)
    let room = extent.end - offset - 8
    guard packedSize > 0, UInt64(packedSize) <= room else {
      throw TraceError("a chunk of \(packedSize) bytes where the file has \(room)")
    }
    let start = offset
    offset += 8 + UInt64(packedSize)
    guard Decompressor.isBelievable(size, from: packedSize, harmless: 16 * pageSize) else {
      extent.reportLoss(
        "damaged chunk", at: start,
        "a chunk of \(packedSize) bytes says that it holds \(size)")
      return
    }
    packed.reserve(Int(packedSize))
    pages.reserve(Int(size))
    let source = packed.prefix(Int(packedSize))
    let got = try file.read(at: start + 8, into: source)
    guard got == source.count else { throw TraceError("the file has shrunk") }
    unpack(UnsafeRawBufferPointer(source), Int(size), at: start)
  }

  private func unpack(_ source: UnsafeRawBufferPointer, _ size: Int, at start: UInt64) {
    if let problem = decompressor.decompress(source, into: pages.prefix(size)) {
      extent.reportLoss("damaged chunk", at: start, "a chunk is lost (\(problem))")
      return
    }
    filled = size
    if size % pageSize != 0 {
      extent.reportLoss(
        "odd chunk", at: start, "a chunk of \(size) bytes doesn't end with a whole page")
    }
  }

  /// The next one or two numbers, without going on.
  private func header(_ size: Int) throws(TraceError) -> (UInt32, UInt32) {
    guard extent.end - offset >= UInt64(size) else { throw TraceError("the data ends early") }
    var words: (UInt32, UInt32) = (0, 0)
    var problem: TraceError?
    withUnsafeMutableBytes(of: &words) { bytes in
      do throws(TraceError) {
        let got = try file.read(at: offset, into: .init(rebasing: bytes[..<size]))
        if got < size { problem = TraceError("the file has shrunk") }
      } catch { problem = error }
    }
    if let problem { throw problem }
    guard layout.byteOrder == .host else { return (words.0.byteSwapped, words.1.byteSwapped) }
    return words
  }
}

/// Memory that grows and is used again.
struct ScratchBuffer {
  private(set) var bytes = UnsafeMutableRawBufferPointer(start: nil, count: 0)

  mutating func reserve(_ count: Int) {
    guard count > bytes.count else { return }
    bytes.deallocate()
    bytes = .allocate(byteCount: count, alignment: 16)
  }

  func prefix(_ count: Int) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(rebasing: bytes[..<count])
  }

  func free() { bytes.deallocate() }
}
