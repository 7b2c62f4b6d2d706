// The last record of a sub-buffer, while it is not known what follows it.

/// A record that waits for the one behind it, and the one that waited before. Both are copies: a stream gives up
/// a sub-buffer when it turns to the next.
struct HeldRecord: ~Copyable {
  /// What waits; nil where nothing does.
  private(set) var waiting: WantedRecord?
  /// What waits no more, and is not handed out yet.
  private var ready: WantedRecord?
  /// What was handed out last, and the record behind it.
  private var last: UnsafeRawPointer?
  private(set) var follower: EventRef?
  /// One of the last record, which may still be at work, and one of that which waits.
  private let copies: [UnsafeMutableRawBufferPointer]
  private var place = 0

  init(room: Int) {
    copies = (0..<2).map { _ in .allocate(byteCount: max(16, room), alignment: 16) }
  }

  deinit { for copy in copies { copy.deallocate() } }

  mutating func hold(_ record: WantedRecord) {
    let copy = copies[place]
    place = 1 - place
    let size = min(Int(record.size), copy.count)
    copy.copyMemory(from: UnsafeRawBufferPointer(start: record.base, count: size))
    var held = record
    held.base = UnsafeRawPointer(copy.baseAddress!)
    held.size = UInt32(size)
    waiting = held
  }

  /// It is known what follows, or that nobody will know.
  mutating func release(followedBy record: EventRef?) {
    (ready, waiting, follower) = (waiting, nil, record)
  }

  /// The record whose turn it is now.
  mutating func take() -> WantedRecord? {
    guard let record = ready else { return nil }
    (ready, last) = (nil, record.base)
    return record
  }

  /// Whether a record is the copy that was handed out last.
  func isLast(_ base: UnsafeRawPointer) -> Bool { base == last }
}
