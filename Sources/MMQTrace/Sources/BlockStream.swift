// The sub-buffers of one CPU of a recording, a block of them at a time.

/// Some sub-buffers that are read or decompressed at once.
struct Block {
  private var memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  /// Bytes that hold data.
  var filled = 0
  /// What could not be read, in order: said when the block's turn comes, whoever read it and when.
  var losses: [Loss] = []

  struct Loss {
    var kind: String
    /// Where in the file.
    var place: UInt64
    var message: String
  }

  /// Makes room for so many bytes; those that hold data stay.
  mutating func reserve(_ bytes: Int) {
    guard bytes > memory.count else { return }
    // The kernel copies whole pages fastest to where pages begin.
    let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes, alignment: 4096)
    larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory.prefix(filled)))
    memory.deallocate()
    memory = larger
  }

  subscript(range: Range<Int>) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(rebasing: memory[range])
  }

  mutating func empty() {
    filled = 0
    losses = []
  }

  func free() { memory.deallocate() }
}

/// Where the blocks of an extent come from. Used by one thread at a time.
protocol BlockReader: AnyObject {
  /// Fills an empty block; false at the end. What is lost leaves an empty one.
  func read(into block: inout Block) -> Bool
}

/// Hands out the sub-buffers of blocks. With somebody who reads ahead, one block is read while the last
/// one is worked on.
final class BlockStream: PageStream {
  let cpu: UInt32
  let buffer: String
  let layout: RingLayout
  private let extent: Extent
  private let pageSize: Int
  private let next: BlockRequest
  private let ahead: ReadAhead?
  private var block = Block()
  private var position = 0

  init(_ extent: Extent, _ reader: any BlockReader, ahead: ReadAhead? = nil) {
    cpu = extent.cpu
    buffer = extent.buffer
    layout = extent.layout
    self.extent = extent
    self.ahead = ahead
    pageSize = extent.layout.subBufferSize
    next = BlockRequest(reader)
  }

  deinit {
    ahead?.withdraw(next)
    block.free()
  }

  func nextPage() -> UnsafeRawBufferPointer? {
    while position == block.filled {
      if !nextBlock() { return nil }
    }
    // Only the last page of a cut file, or of an odd chunk, is shorter.
    let size = min(pageSize, block.filled - position)
    let page = UnsafeRawBufferPointer(block[position..<(position + size)])
    position += size
    return page
  }

  private func nextBlock() -> Bool {
    position = 0
    if let ahead { ahead.collect(next) } else { next.read() }
    next.exchange(&block)
    for loss in block.losses { extent.report(loss) }
    guard !next.isAtEnd else { return false }
    ahead?.order(next)
    return true
  }
}
