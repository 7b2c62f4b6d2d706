// Memory for sub-buffers that are read or decompressed at once.

internal import Synchronization

/// Some sub-buffers, and what is needed to get them: used again and again.
///
/// Unchecked: it belongs to one thread at a time.
final class Block: @unchecked Sendable {
  private var memory = ScratchBuffer()
  /// Bytes that hold data.
  var filled = 0
  /// What could not be read, in order: said when the block's turn comes, whoever read it and when.
  var losses: [Loss] = []
  private var decompressor: Decompressor?

  struct Loss {
    var kind: String
    /// Where in the file.
    var place: UInt64
    var message: String
    /// Bytes of the block that come before what is lost.
    var offset: Int
  }

  deinit { memory.free() }

  /// Makes room for so many bytes; those that hold data stay.
  func reserve(_ bytes: Int) { memory.reserve(bytes, keeping: filled) }

  subscript(range: Range<Int>) -> UnsafeMutableRawBufferPointer { memory[range] }

  func empty() {
    filled = 0
    losses = []
  }

  func lose(_ kind: String, at place: UInt64, _ message: String) {
    losses.append(Loss(kind: kind, place: place, message: message, offset: filled))
  }

  /// Whether something is lost right before this byte.
  func hasLoss(at offset: Int) -> Bool { losses.contains { $0.offset == offset } }

  /// Decompresses behind what the block holds; what is wrong if that fails.
  func unpack(
    _ source: UnsafeRawBufferPointer, _ size: Int, by method: Decompressor.Method
  ) -> String? {
    if decompressor?.method != method { decompressor = Decompressor(method) }
    let problem = decompressor?.decompress(
      source, into: memory[filled..<(filled + size)])
    if problem == nil { filled += size }
    return problem
  }
}

/// Blocks for streams that come and go: to get fresh memory from the kernel takes longer than to read
/// into it.
final class BlockPool: Sendable {
  private let blocks = Mutex<[Block]>([])

  func take() -> Block {
    let block = blocks.withLock { $0.popLast() } ?? Block()
    block.empty()
    return block
  }

  func give(_ block: Block) { blocks.withLock { $0.append(block) } }
}

/// Memory that grows.
private struct ScratchBuffer {
  private var bytes = UnsafeMutableRawBufferPointer(start: nil, count: 0)

  mutating func reserve(_ count: Int, keeping kept: Int) {
    guard count > bytes.count else { return }
    // The kernel copies whole pages fastest to where pages begin.
    let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 4096)
    larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes.prefix(kept)))
    bytes.deallocate()
    bytes = larger
  }

  subscript(range: Range<Int>) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(rebasing: bytes[range])
  }

  func free() { bytes.deallocate() }
}
