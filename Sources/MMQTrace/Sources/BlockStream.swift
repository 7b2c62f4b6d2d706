// The sub-buffers of one CPU of a recording, a block of them at a time.

/// Where the blocks of an extent come from.
protocol BlockReader: AnyObject {
  /// Takes down in a block what comes next; false at the end. One block after the other, by one thread at a time.
  func plan(_ block: Block) -> Bool
  /// Adds to a block what was taken down in it. For any thread; several blocks at once.
  func fill(_ block: Block)
  /// Another block can go on where this one ends.
  func canAdd(to block: Block) -> Bool
}

/// Hands out the sub-buffers of blocks. With a queue whose threads read ahead, some blocks are read while the last
/// one is worked on.
final class BlockStream: PageStream {
  let cpu: UInt32
  let buffer: String
  let layout: RingLayout
  // As in `Block`: one thread at a time asks for sub-buffers, and nothing that it calls asks for others.
  @exclusivity(unchecked) private(set) var isContinuous = true
  private let extent: Extent
  private let pageSize: Int
  private let reader: any BlockReader
  private let ahead: BlocksAhead?
  private let pool: BlockPool?
  @exclusivity(unchecked) private var block: Block
  @exclusivity(unchecked) private var position = 0
  /// Something was lost at the end of the block before.
  @exclusivity(unchecked) private var hasLossBefore = false
  /// What follows in the recording, made when first asked for.
  private let makeRest: (() -> any PageStream)?
  private lazy var rest = makeRest?()

  /// Blocks come from the pool, and go back to it. `rest`: the stream is a part, which this one follows.
  init(
    _ extent: Extent, _ reader: any BlockReader, ahead: ReadAhead? = nil, pool: BlockPool? = nil,
    rest: (() -> any PageStream)? = nil
  ) {
    makeRest = rest
    cpu = extent.cpu
    buffer = extent.buffer
    layout = extent.layout
    self.extent = extent
    self.pool = pool
    self.reader = reader
    pageSize = extent.layout.subBufferSize
    block = pool?.take() ?? Block()
    self.ahead = ahead.map { BlocksAhead(reader, $0, pool) }
  }

  deinit { pool?.give(block) }

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

  /// Without threads that read ahead, the first block takes what is read.
  func readOn(upTo limit: Int, while isIdle: () -> Bool) -> Int {
    guard ahead == nil, limit > 0, isIdle() else { return 0 }
    block.reserve(limit)
    var isThere = read()
    while isThere, block.filled < limit, isIdle(), reader.canAdd(to: block) { isThere = read() }
    for loss in block.losses { extent.report(loss) }
    return block.filled
  }

  func pageBeyond() -> UnsafeRawBufferPointer? {
    let page = rest?.nextPage()
    isContinuous = !hasLossBefore && rest?.isContinuous != false
    return page
  }

  private func nextBlock() -> Bool {
    guard !block.isLast else { return false }
    hasLossBefore = hasLossBefore || block.hasLoss(at: block.filled)
    position = 0
    let isThere: Bool
    if let ahead {
      isThere = ahead.next(insteadOf: &block)
    } else {
      block.empty()
      isThere = read()
    }
    // Whoever asks again at the end is told so again.
    if !isThere { block.empty() }
    for loss in block.losses { extent.report(loss) }
    return isThere
  }

  /// Adds what comes next to the block at hand.
  private func read() -> Bool {
    guard reader.plan(block) else { return false }
    reader.fill(block)
    return true
  }
}
