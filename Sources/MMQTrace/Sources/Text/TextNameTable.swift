// Which event a name in a line is.

/// Names to numbers of events.
struct TextNameTable: ~Copyable {
  private struct Entry {
    var hash: UInt64
    var index: Int
    var kind: TextName.Kind
    var bytes: UnsafeMutableBufferPointer<UInt8>
  }

  private var entries: UnsafeMutableBufferPointer<Entry?>
  private var count = 0

  init() {
    entries = .allocate(capacity: 64)
    entries.initialize(repeating: nil)
  }

  deinit {
    for entry in entries { entry?.bytes.deallocate() }
    entries.deallocate()
  }

  /// nil for a name that is not there.
  @inline(__always)
  borrowing func find(_ name: TextSpan, _ kind: TextName.Kind) -> Int? {
    let hash = name.hash
    var place = Int(truncatingIfNeeded: hash >> 32) & (entries.count - 1)
    while let entry = entries[place] {
      if entry.hash == hash, entry.kind == kind,
        name.equals(TextPointer(entry.bytes.baseAddress!), entry.bytes.count)
      {
        return entry.index
      }
      place = (place + 1) & (entries.count - 1)
    }
    return nil
  }

  /// The first of equal names stays.
  mutating func add(_ name: String, _ kind: TextName.Kind, _ index: Int) {
    guard !name.isEmpty else { return }
    // A hash reads 8 bytes at once.
    let padded = Array(name.utf8) + [UInt8](repeating: 0, count: 8)
    padded.withUnsafeBufferPointer { padded in
      let span = TextSpan(start: padded.baseAddress!, end: padded.baseAddress! + name.utf8.count)
      guard find(span, kind) == nil else { return }
      if 2 * (count + 1) > entries.count { grow() }
      let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: span.count)
      _ = bytes.initialize(from: UnsafeBufferPointer(start: span.start, count: span.count))
      insert(Entry(hash: span.hash, index: index, kind: kind, bytes: bytes))
      count += 1
    }
  }

  private mutating func grow() {
    let old = entries
    entries = .allocate(capacity: old.count * 2)
    entries.initialize(repeating: nil)
    for case let entry? in old { insert(entry) }
    old.deallocate()
  }

  private func insert(_ entry: Entry) {
    var place = Int(truncatingIfNeeded: entry.hash >> 32) & (entries.count - 1)
    while entries[place] != nil { place = (place + 1) & (entries.count - 1) }
    entries[place] = entry
  }
}
