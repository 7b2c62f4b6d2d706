// The sub-buffers of one CPU of a recording, a block of them at a time.

/// Where the blocks of an extent come from. Used by one thread at a time.
protocol BlockReader: AnyObject {
  /// Fills an empty block; false at the end. What is lost leaves an empty one.
  func read(into block: Block) -> Bool
}

/// The next block of a stream, for a thread that reads it ahead.
private final class NextBlock {
  var block: Block
  private(set) var isAtEnd = false
  private let reader: any BlockReader

  init(_ reader: any BlockReader, _ block: Block) { (self.reader, self.block) = (reader, block) }

  func read() {
    block.empty()
    isAtEnd = !reader.read(into: block)
  }
}

/// Hands out the sub-buffers of blocks. With a queue whose threads read ahead, one block is read while
/// the last one is worked on.
final class BlockStream: PageStream {
  let cpu: UInt32
  let buffer: String
  let layout: RingLayout
  private(set) var isContinuous = true
  private let extent: Extent
  private let pageSize: Int
  private let next: NextBlock
  private let reading: Job
  private let ahead: WorkQueue?
  private let pool: BlockPool?
  private var block: Block
  private var position = 0
  /// Something was lost at the end of the block before.
  private var hasLossBefore = false
  /// What follows in the recording, made when first asked for.
  private let makeRest: (() -> any PageStream)?
  private lazy var rest = makeRest?()

  /// Blocks come from the pool, and go back to it. `rest`: the stream is a part, which this one follows.
  init(
    _ extent: Extent, _ reader: any BlockReader, ahead: WorkQueue? = nil, pool: BlockPool? = nil,
    rest: (() -> any PageStream)? = nil
  ) {
    makeRest = rest
    cpu = extent.cpu
    buffer = extent.buffer
    layout = extent.layout
    self.extent = extent
    self.ahead = ahead
    self.pool = pool
    pageSize = extent.layout.subBufferSize
    block = pool?.take() ?? Block()
    let next = NextBlock(reader, ahead == nil ? block : pool?.take() ?? Block())
    self.next = next
    reading = Job { next.read() }
  }

  deinit {
    ahead?.withdraw(reading)
    pool?.give(block)
    if ahead != nil { pool?.give(next.block) }
  }

  func nextPage() -> UnsafeRawBufferPointer? {
    while position == block.filled {
      if !nextBlock() { return nil }
    }
    // Only the last page of a cut file, or of an odd chunk, is shorter.
    let size = min(pageSize, block.filled - position)
    let page = UnsafeRawBufferPointer(block[position..<(position + size)])
    isContinuous = !hasLossBefore && !block.hasLoss(at: position)
    hasLossBefore = false
    position += size
    return page
  }

  func pageBeyond() -> UnsafeRawBufferPointer? {
    let page = rest?.nextPage()
    isContinuous = !hasLossBefore && rest?.isContinuous != false
    return page
  }

  private func nextBlock() -> Bool {
    hasLossBefore = hasLossBefore || block.hasLoss(at: block.filled)
    position = 0
    if let ahead {
      ahead.collect(reading)
      swap(&block, &next.block)
    } else {
      next.read()
    }
    for loss in block.losses { extent.report(loss) }
    guard !next.isAtEnd else { return false }
    ahead?.order(reading)
    return true
  }
}
