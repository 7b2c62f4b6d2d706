// A recording in parts that can be read side by side.

internal import Synchronization

/// A source whose records need not be read from their start: each sub-buffer has an absolute time stamp.
public protocol DivisibleSource: TraceSource {
  /// A new pass over all records, in parts of about so many bytes of sub-buffers; nil: parts may be as large
  /// as the source likes.
  func openParts(of size: Int?) throws -> RecordingParts
  /// The parts of a lane follow each other in time, and tell of tasks all that the source knows.
  var partsAreInOrder: Bool { get }
  /// As `openStreams()`, but blocks are read before they are asked for.
  func openStreams(_ ahead: WorkQueue) throws -> [any PageStream]
  /// The raw time stamp of the earliest record, where it is found with less work than by opening all streams.
  var firstStamp: UInt64? { get }
  /// That of the last one, wherever it is.
  var lastStamp: UInt64? { get }
}

extension DivisibleSource {
  public var partsAreInOrder: Bool { true }
  public var firstStamp: UInt64? { nil }
  public var lastStamp: UInt64? { nil }
}

/// Cuts one lane into parts.
protocol PartCutter {
  /// nil at the end. What is damaged is in some part, whose reader says so. With a queue, compressed blocks of the
  /// part are read before they are asked for.
  mutating func next(ahead: WorkQueue?) -> (any PageStream)?
}

/// The parts that are still to be read. Threads take them as they need them.
public final class RecordingParts: Sendable {
  /// Some sub-buffers that follow each other in one stream.
  public struct Part {
    /// Orders all parts: by stream, then as in the stream.
    public var number: Int
    /// The stream's place in `openStreams()`.
    public var lane: Int
    /// Belongs to whoever took the part.
    public var stream: any PageStream
  }

  private struct State {
    var cutters: [any PartCutter]
    var taken: [Int]
    /// The first lane that may have parts.
    var first = 0
  }

  /// Bytes of all parts as they are stored.
  public let size: UInt64
  /// Each part must be decompressed by whoever reads it.
  public let isCompressed: Bool
  /// About how many bytes of sub-buffers there are: records of the kernel shrink to a fifth or less.
  public var subBufferBytes: UInt64 { isCompressed ? 5 * min(size, .max / 5) : size }
  /// The names of the buffers of the streams, by lane.
  public let buffers: [String]
  /// Which of the source's inputs each stream is of, by lane.
  public let inputs: [Int]
  private let state: Mutex<State>

  convenience init(_ extents: [Extent], partSize: Int?) {
    let pool = BlockPool()
    let size = partSize.map { UInt64(max(1, $0)) }
    self.init(
      buffers: extents.map(\.buffer), size: extents.storedBytes,
      isCompressed: extents.contains { $0.method != .none }
    ) {
      extents.map { ExtentCutter($0, size, pool, lanes: extents.count) }
    }
  }

  /// The parts of several recordings.
  convenience init(joining recordings: [RecordingParts]) {
    self.init(
      buffers: recordings.flatMap(\.buffers), size: recordings.reduce(0) { $0 + $1.size },
      isCompressed: recordings.contains(where: \.isCompressed),
      inputs: recordings.enumerated().flatMap { index, parts in parts.buffers.map { _ in index } }
    ) {
      recordings.enumerated().flatMap { index, parts in
        parts.buffers.indices.map { JoinedCutter(input: index, parts: parts, lane: $0) }
      }
    }
  }

  /// One cutter for each lane; `inputs` are all the first one where nothing is said.
  init(
    buffers: [String], size: UInt64, isCompressed: Bool, inputs: [Int]? = nil,
    cutters: () -> [any PartCutter]
  ) {
    (self.buffers, self.size, self.isCompressed) = (buffers, size, isCompressed)
    self.inputs = inputs ?? buffers.map { _ in 0 }
    state = Mutex(State(cutters: cutters(), taken: buffers.map { _ in 0 }))
  }

  /// The next part, lane after lane; nil when all were taken. For any thread.
  public func next() -> Part? {
    state.withLock { state in
      while state.first < state.cutters.count {
        if let part = RecordingParts.next(of: state.first, &state) { return part }
        state.first += 1
      }
      return nil
    }
  }

  /// The next part of one lane; nil when all of them were taken. For any thread. With a queue, compressed blocks of
  /// the part are read before they are asked for.
  public func next(of lane: Int, ahead: WorkQueue? = nil) -> Part? {
    state.withLock { RecordingParts.next(of: lane, ahead: ahead, &$0) }
  }

  private static func next(
    of lane: Int, ahead: WorkQueue? = nil, _ state: inout State
  ) -> Part? {
    guard let stream = state.cutters[lane].next(ahead: ahead) else { return nil }
    defer { state.taken[lane] += 1 }
    return Part(
      number: firstPart(ofLane: lane) | state.taken[lane], lane: lane,
      stream: stream)
  }

  /// No lane has as many parts.
  private static let laneShift = 40

  /// The number of the first part of a lane.
  public static func firstPart(ofLane lane: Int) -> Int { lane << laneShift }

  /// The number of the first part of the lane that a part, by its number, is of.
  public static func firstPart(ofLaneOf part: Int) -> Int { (part >> laneShift) << laneShift }
}

/// Cuts a lane of one of several recordings.
struct JoinedCutter: PartCutter {
  let input: Int
  let parts: RecordingParts
  let lane: Int

  mutating func next(ahead: WorkQueue?) -> (any PageStream)? {
    parts.next(of: lane, ahead: ahead).map { JoinedStream.of(input: input, $0.stream) }
  }
}

/// Cuts the data of one CPU.
struct ExtentCutter: PartCutter {
  private let extent: Extent
  private var offset: UInt64
  /// Of compressed data; nil before their count was read.
  private var chunksLeft: UInt32?

  /// nil for all that there is.
  private let partSize: UInt64?
  private let pool: BlockPool
  private let lanes: Int

  /// Read at once, where nobody reads ahead: the kernel copies 1 MB at once quicker than four times a quarter, but fresh
  /// memory takes as long, so of small parts less. All cores together hold no more than 16 MB on any machine.
  private static let blockSizes =
    (256 << 10)...max(256 << 10, min(1 << 20, (16 << 20) / HostMemory.cpus))

  /// One of so many lanes.
  init(_ extent: Extent, _ partSize: UInt64?, _ pool: BlockPool, lanes: Int) {
    (self.partSize, self.pool, self.lanes) = (partSize, pool, lanes)
    self.extent = extent
    offset = extent.offset
  }

  mutating func next(ahead: WorkQueue?) -> (any PageStream)? {
    extent.method == .none ? nextPages() : nextChunks(ahead)
  }

  private mutating func nextPages() -> (any PageStream)? {
    guard offset < extent.end else { return nil }
    let pageSize = UInt64(extent.layout.subBufferSize)
    let size = partSize.map { max(1, $0 / pageSize) * pageSize } ?? .max
    let end = extent.end - offset > size ? offset + size : extent.end
    defer { offset = end }
    let blockSize = Int(end - offset) / 8
    return BlockStream(
      extent,
      PlainBlocks(
        extent, from: offset, to: end,
        blockSize: min(
          max(blockSize, ExtentCutter.blockSizes.lowerBound), ExtentCutter.blockSizes.upperBound)),
      pool: pool,
      rest: { [extent] in
        BlockStream(extent, PlainBlocks(extent, from: end, blockSize: Int(pageSize)))
      })
  }

  private mutating func nextChunks(_ ahead: WorkQueue?) -> (any PageStream)? {
    if chunksLeft == nil {
      guard let (count, _) = words(at: offset, 4) else {
        chunksLeft = 0
        return rest(from: nil, nil, ahead)
      }
      chunksLeft = count
      offset += 4
    }
    guard let left = chunksLeft, left > 0 else { return nil }
    guard let partSize else { return rest(from: offset, left, ahead) }
    // At the end of a part nothing is read ahead: few parts have to begin.
    let most = ahead == nil ? partSize : 16 * min(partSize, .max / 16)
    var (chunks, size): ([ChunkBlocks.Header], UInt64) = ([], 0)
    let start = offset
    while chunks.count < left, size < most, let chunk = chunk(at: offset) {
      chunks.append(chunk)
      size += UInt64(chunk.size)
      offset = chunk.end
    }
    // What cannot be a chunk ends the stream: its reader says so.
    guard chunks.count == left || size >= most else { return rest(from: start, left, ahead) }
    chunksLeft = left - UInt32(chunks.count)
    return part(chunks, ahead)
  }

  /// All that is left.
  private mutating func rest(
    from start: UInt64?, _ count: UInt32?, _ ahead: WorkQueue?
  ) -> any PageStream {
    chunksLeft = 0
    let size = blockSize(ahead)
    let blocks = ChunkBlocks(
      extent, from: start, chunks: count, blockSize: size, isAhead: ahead != nil)
    return BlockStream(extent, blocks, ahead: self.ahead(ahead), pool: pool)
  }

  /// Some chunks, which others follow.
  private func part(_ chunks: [ChunkBlocks.Header], _ ahead: WorkQueue?) -> any PageStream {
    let blocks = ChunkBlocks(
      extent, chunks, blockSize: blockSize(ahead), isAhead: ahead != nil)
    return BlockStream(
      extent, blocks, ahead: self.ahead(ahead), pool: pool,
      rest: { [extent, offset, chunksLeft] in
        BlockStream(
          extent,
          ChunkBlocks(extent, from: offset, chunks: chunksLeft ?? 0, blockSize: 1, isAhead: false))
      })
  }

  /// One chunk at a time; some small ones where other threads read them.
  private func blockSize(_ ahead: WorkQueue?) -> Int { ahead == nil ? 1 : 32 << 10 }

  private func ahead(_ queue: WorkQueue?) -> ReadAhead? {
    queue.map { ReadAhead($0, streams: lanes, blockSize: blockSize($0)) }
  }

  private func chunk(at place: UInt64) -> ChunkBlocks.Header? {
    words(at: place, 8).flatMap { packed, size in
      ChunkBlocks.Header(at: place, packed: packed, size: size, upTo: extent.end)
    }
  }

  /// One or two numbers, of 4 bytes each.
  private func words(at offset: UInt64, _ size: Int) -> (UInt32, UInt32)? {
    guard offset <= extent.end, extent.end - offset >= UInt64(size) else { return nil }
    var bytes: UInt64 = 0
    let got = withUnsafeMutableBytes(of: &bytes) {
      try? extent.file.read(at: offset, into: UnsafeMutableRawBufferPointer(rebasing: $0[..<size]))
    }
    guard got == size else { return nil }
    return withUnsafeBytes(of: bytes) {
      let order = extent.layout.byteOrder
      return (
        $0.baseAddress!.load(UInt32.self, at: 0, order),
        $0.baseAddress!.load(UInt32.self, at: 4, order)
      )
    }
  }
}
