// Memory for sub-buffers that are read or decompressed at once.

internal import Synchronization

/// Some sub-buffers, and what is needed to get them: used again and again.
///
/// Unchecked: it belongs to one thread at a time.
final class Block: @unchecked Sendable {
  // These are asked for at each sub-buffer, and nobody changes them from within a change.
  @exclusivity(unchecked) private var memory = ScratchBuffer()
  /// Bytes that hold data.
  @exclusivity(unchecked) var filled = 0
  /// What could not be read, in order: said when the block's turn comes, whoever read it and when.
  @exclusivity(unchecked) var losses: [Loss] = []
  /// What follows is lost, too: no block comes behind this one.
  var isLast = false
  /// What is to be added to it, and the memory that this takes.
  var plan: [Piece] = []
  var planned = 0
  private var packed = ScratchBuffer()
  private var decompressor: Decompressor?

  /// Something that a block is made of.
  enum Piece {
    /// Bytes of the file as they are.
    case bytes(at: UInt64, Int)
    /// A compressed chunk: where its header is in the file, its bytes behind that, and how many will come out of it.
    case chunk(at: UInt64, packed: Int, size: Int)
    /// What is missing is known already.
    case loss(kind: String, at: UInt64, String)
  }

  struct Loss {
    var kind: String
    /// Where in the file.
    var place: UInt64
    var message: String
    /// Bytes of the block that come before what is lost.
    var offset: Int
  }

  deinit {
    memory.free()
    packed.free()
  }

  /// Makes room for so many bytes; those that hold data stay.
  func reserve(_ bytes: Int) { memory.reserve(bytes, keeping: filled) }

  subscript(range: Range<Int>) -> UnsafeMutableRawBufferPointer { memory[range] }

  func empty() {
    filled = 0
    losses.removeAll(keepingCapacity: true)
    plan.removeAll(keepingCapacity: true)
    (isLast, planned) = (false, 0)
  }

  func lose(_ kind: String, at place: UInt64, _ message: String) {
    losses.append(Loss(kind: kind, place: place, message: message, offset: filled))
  }

  /// Whether something is lost right before this byte.
  func hasLoss(at offset: Int) -> Bool {
    !losses.isEmpty && losses.contains { $0.offset == offset }
  }

  /// Bytes of a file, valid until the next call.
  func read(
    _ file: InputFile, at place: UInt64, _ count: Int
  ) throws(TraceError) -> UnsafeRawBufferPointer {
    packed.reserve(count, keeping: 0)
    guard try file.read(at: place, into: packed[0..<count]) == count else {
      throw TraceError("the file has shrunk")
    }
    return UnsafeRawBufferPointer(packed[0..<count])
  }

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
