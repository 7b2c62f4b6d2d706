// Blocks of a stream that other threads read before they are asked for.

/// Who reads ahead, and how much.
struct ReadAhead {
  var queue: WorkQueue
  /// Blocks of a stream, and the bytes that they may take, unless one alone takes more.
  var depth: Int
  var bytes: Int

  /// For so many streams at once: deep enough that whoever waits for one block can read another, but memory doesn't
  /// grow with the machine.
  init(_ queue: WorkQueue, streams: Int, blockSize: Int) {
    self.queue = queue
    bytes = ReadAhead.memory / max(1, streams)
    depth = min(max(1, bytes / max(1, blockSize) - 1), ReadAhead.deepest)
  }

  /// Bytes for the blocks of all streams.
  static let memory = 16 << 20
  private static let deepest = 4
}

/// One stream's: in their order, each filled by whichever thread is free.
final class BlocksAhead {
  /// A block and the work of filling it.
  ///
  /// Unchecked: what belongs to it belongs to whoever has the job.
  private final class Place: @unchecked Sendable {
    var block: Block
    private(set) lazy var job = Job { [unowned self] in reader.fill(block) }
    private let reader: any BlockReader

    init(_ reader: any BlockReader, _ block: Block) { (self.reader, self.block) = (reader, block) }
  }

  private let reader: any BlockReader
  private let queue: WorkQueue
  private let pool: BlockPool?
  private let bytes: Int
  private var free: [Place]
  private var ordered: [Place] = []

  init(_ reader: any BlockReader, _ ahead: ReadAhead, _ pool: BlockPool?) {
    (self.reader, queue, self.pool, bytes) = (reader, ahead.queue, pool, ahead.bytes)
    free = (0..<ahead.depth).map { _ in Place(reader, pool?.take() ?? Block()) }
  }

  deinit {
    for place in ordered { queue.withdraw(place.job) }
    for place in free + ordered { pool?.give(place.block) }
  }

  /// The next block in its order; false at the end. The old one is filled anew.
  func next(insteadOf block: inout Block) -> Bool {
    order()
    guard !ordered.isEmpty else { return false }
    let place = ordered.removeFirst()
    queue.collect(place.job)
    swap(&block, &place.block)
    free.append(place)
    order()
    return true
  }

  private func order() {
    while let place = free.last, ordered.reduce(0, { $0 + $1.block.planned }) < bytes {
      place.block.empty()
      guard reader.plan(place.block) else { return }
      free.removeLast()
      ordered.append(place)
      queue.order(place.job)
    }
  }
}
