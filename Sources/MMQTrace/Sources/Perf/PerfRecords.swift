// The records of a perf.data file, one after another.

/// Types of records: linux/perf_event.h, and tools/lib/perf/include/perf/event.h for those from 64 on.
enum PerfRecordType {
  static let mmap: UInt32 = 1
  static let lost: UInt32 = 2
  static let comm: UInt32 = 3
  static let fork: UInt32 = 7
  static let sample: UInt32 = 9
  static let mmap2: UInt32 = 10
  static let lostSamples: UInt32 = 13
  static let attribute: UInt32 = 64
  static let tracingData: UInt32 = 66
  static let finishedRound: UInt32 = 68
  static let idIndex: UInt32 = 69
  static let auxTrace: UInt32 = 71
  static let feature: UInt32 = 80
  static let compressed: UInt32 = 81
  static let compressed2: UInt32 = 83
}

/// Walks the records of a range of the file. Each is `u32` type, `u16` misc, `u16` size with this head.
struct PerfRecords: ~Copyable {
  /// Bytes of the record at hand, and where it is in the file.
  private(set) var size = 0
  private(set) var type: UInt32 = 0
  private(set) var place: UInt64 = 0
  /// What stopped the walk before its end.
  private(set) var problem: TraceError?
  let order: ByteOrder
  /// nil where the window is somebody else's, and all that there is.
  private let file: InputFile?
  private let window: UnsafeMutableRawBufferPointer
  private var base: UInt64
  private var position = 0
  /// Bytes of the window that are of the range, and all that it holds.
  private var filled = 0
  private var held = 0
  private var end: UInt64
  /// Up to here may be read at once.
  private var readEnd: UInt64

  /// A record has at most 65535 bytes: a window holds at least one.
  init(_ file: InputFile, _ range: Range<UInt64>, _ order: ByteOrder, window: Int = 64 << 10) {
    (self.file, self.order) = (file, order)
    self.window = .allocate(byteCount: max(window, 64 << 10), alignment: 4096)
    base = range.lowerBound
    end = range.upperBound
    readEnd = end
  }

  /// Those that are in memory already. It must live longer than this.
  init(_ bytes: UnsafeMutableRawBufferPointer, at place: UInt64, _ order: ByteOrder) {
    (file, self.order, window) = (nil, order, bytes)
    base = place
    end = place + UInt64(bytes.count)
    readEnd = end
    (filled, held) = (bytes.count, bytes.count)
  }

  deinit { if file != nil { window.deallocate() } }

  /// The start of a range is in memory.
  func holds(_ range: Range<UInt64>) -> Bool {
    base <= range.lowerBound && range.lowerBound - base < UInt64(held)
  }

  /// Walks another range. What follows it up to `readEnd` will be asked for soon: a read costs as much as
  /// some kilobytes.
  mutating func restart(_ range: Range<UInt64>, readingTo readEnd: UInt64) {
    (end, problem) = (range.upperBound, nil)
    if holds(range) {
      position = Int(range.lowerBound - base)
      filled = Int(min(UInt64(held), end - base))
    } else {
      self.readEnd = max(readEnd, end)
      (base, filled, held, position) = (range.lowerBound, 0, 0, 0)
    }
  }

  /// The next record, valid until the next call; nil at the end, or where no record can be.
  @inline(__always)
  mutating func next() -> UnsafeRawPointer? {
    if filled &- position < 8, !fill(8) { return nil }
    var record = UnsafeRawPointer(window.baseAddress!) + position
    size = Int(record.load(UInt16.self, at: 6, order))
    if filled &- position < size || size < 8 {
      guard isPossible, fill(size) else { return nil }
      record = UnsafeRawPointer(window.baseAddress!) + position
    }
    type = record.load(UInt32.self, at: 0, order)
    place = base &+ UInt64(position)
    position &+= size
    return record
  }

  private var isPossible: Bool {
    mutating get {
      if size >= 8 { return true }
      problem = TraceError(
        "a record of \(size) bytes cannot be: what follows is lost", at: base &+ UInt64(position))
      return false
    }
  }

  /// Makes the window hold so many bytes from the position on.
  private mutating func fill(_ count: Int) -> Bool {
    guard let file else { return false }
    let start = base &+ UInt64(position)
    guard start < end else { return false }
    (base, filled, held, position) = (start, 0, 0, 0)
    let wanted = Int(min(UInt64(window.count), max(readEnd, end) - start))
    do throws(TraceError) {
      let room = UnsafeMutableRawBufferPointer(rebasing: window[..<wanted])
      held = try file.read(at: start, into: room)
      filled = Int(min(UInt64(held), end - start))
    } catch {
      problem = error
      return false
    }
    if filled < count {
      problem = TraceError("the data ends in the middle of a record", at: start)
      return false
    }
    return true
  }

  /// Some records are followed by data that their size doesn't count: it ends here.
  mutating func skip(_ count: UInt64) {
    if count <= UInt64(filled - position) {
      position += Int(count)
    } else {
      base = end - base > UInt64(position) + count ? base + UInt64(position) + count : end
      (filled, held, position) = (0, 0, 0)
    }
  }

  /// Where the next record is.
  var nextPlace: UInt64 { base &+ UInt64(position) }

  /// Skips what follows the record at hand besides its size.
  mutating func skipTail(of record: UnsafeRawPointer) {
    switch type {
    case PerfRecordType.tracingData where size >= 12:
      skip((UInt64(record.load(UInt32.self, at: 8, order)) + 7) & ~7)
    case PerfRecordType.auxTrace where size >= 16:
      let count = record.load(UInt64.self, at: 8, order)
      skip(min(count, UInt64(Int64.max)))
    default: break
    }
  }
}
