// Where the sub-buffers of one CPU are in a recording.

internal import Synchronization

/// One CPU's part of a file. The streams of all passes share it, so that damage is reported
/// once.
final class Extent: Sendable {
  let file: InputFile
  let cpu: UInt32
  let buffer: String
  let layout: RingLayout
  /// The first byte; of compressed data, that of the count of chunks.
  let offset: UInt64
  /// After the last byte that may be read: never behind the file's end.
  let end: UInt64
  /// How data is compressed; `none` where sub-buffers follow each other as they are.
  let method: Decompressor.Method
  private let damage: DamageLog
  /// Places of the file where lost data was reported.
  private let reported = Mutex<Set<UInt64>>([])

  init(
    of file: InputFile, cpu: UInt32, buffer: String, layout: RingLayout, offset: UInt64,
    end: UInt64,
    method: Decompressor.Method, damage: DamageLog
  ) {
    self.file = file
    self.cpu = cpu
    self.buffer = buffer
    self.layout = layout
    self.offset = offset
    self.end = end
    self.method = method
    self.damage = damage
  }

  /// `CPU 1`, or `CPU 1 of buffer 'two'`.
  var title: String { Extent.title(cpu, buffer) }

  static func title(_ cpu: UInt32, _ buffer: String) -> String {
    buffer.isEmpty ? "CPU \(cpu)" : "CPU \(cpu) of buffer '\(buffer)'"
  }

  /// Reports lost data at a place of the file, once however many passes come by.
  func report(_ loss: Block.Loss) {
    guard reported.withLock({ $0.insert(loss.place).inserted }) else { return }
    damage.error(
      loss.kind, at: loss.place, "\(title): \(loss.message) at byte \(hex(loss.place))")
  }

  /// A fresh pass over the extent, in blocks of about `blockSize` bytes.
  func stream(blockSize: Int, ahead: ReadAhead? = nil) -> any PageStream {
    let reader: any BlockReader =
      method == .none
      ? PlainBlocks(self, blockSize: blockSize)
      : ChunkBlocks(self, blockSize: blockSize, isAhead: ahead != nil)
    return BlockStream(self, reader, ahead: ahead)
  }
}

extension [Extent] {
  /// Bytes that a pass over all of them reads.
  var storedBytes: UInt64 { reduce(0) { $0 + ($1.end - $1.offset) } }

  /// The raw time stamp of the earliest record; little is read.
  var firstStamp: UInt64? {
    Merge(map { $0.stream(blockSize: $0.layout.subBufferSize) }).firstStamp
  }

  /// That of the latest one: only the ends are read.
  var lastStamp: UInt64? {
    let parts = RecordingParts(self, partSize: 256 << 10)
    return indices.compactMap { lane in
      var last: RecordingParts.Part?
      while let part = parts.next(of: lane) { last = part }
      guard let last else { return nil }
      var end = Lane(last.stream)
      while end.next() {}
      return end.cursor.records > 0 ? end.latestStamp : nil
    }.max()
  }

  /// A fresh pass over all of them. With a queue, blocks are read before they are asked for.
  func streams(ahead: WorkQueue?) -> [any PageStream] {
    // 16 MiB for all, so that memory doesn't grow with the machine; of small recordings, some blocks for each
    // stream, since fresh memory takes as long as to read into it.
    let share = Swift.min(ReadAhead.memory, Int(clamping: storedBytes)) / Swift.max(1, count)
    let blockSize = Swift.min(Swift.max(share / 16, 128 << 10), 1 << 20)
    let ahead = ahead.map { ReadAhead($0, streams: count, blockSize: blockSize) }
    return map { $0.stream(blockSize: blockSize, ahead: ahead) }
  }
}
