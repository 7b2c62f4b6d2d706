// The strings of a state, once each.

/// Byte strings by number, in one piece: 0 is the empty one.
struct SavedStrings: Sendable {
  private(set) var bytes: [UInt8] = []
  /// Where each one ends.
  private(set) var ends: [Int] = [0]

  var count: Int { ends.count }

  mutating func add(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 {
    if text.isEmpty { return 0 }
    bytes.append(contentsOf: text)
    ends.append(bytes.count)
    return UInt64(ends.count - 1)
  }

  /// Their numbers in a pool.
  func intern(in pool: StringPool) -> [UInt64] {
    bytes.withUnsafeBytes { all in
      ends.indices.map { index in
        let start = index == 0 ? 0 : ends[index - 1]
        return pool.intern(UnsafeRawBufferPointer(rebasing: all[start..<ends[index]]))
      }
    }
  }
}

/// Strings of a pool become those of a state: each gets its number when it is first met.
struct StringSaver {
  private let pool: StringPool
  private(set) var strings = SavedStrings()
  /// By number in the pool.
  private var stacks: [UInt64: UInt64] = [:]
  /// By number in the pool; 0 was not met.
  private var known: [UInt32] = []

  init(_ pool: StringPool) { self.pool = pool }

  /// Addresses of a stack become names: another string of the pool.
  mutating func nameStack(_ id: inout UInt64, _ mode: StackMode) {
    guard id != 0, mode != .raw else { return }
    if let named = stacks[id] {
      id = named
      return
    }
    let frames = StackBytes.frames(pool.bytes(of: id), pool.frame)
    let named = pool.intern(StackBytes.lines(frames, mode))
    stacks[id] = named
    id = named
  }

  mutating func number(of id: UInt64) -> UInt64 {
    guard id != 0 else { return 0 }
    let place = Int(id)
    if place < known.count, known[place] != 0 { return UInt64(known[place]) }
    let number = strings.add(pool.bytes(of: id))
    if place >= known.count {
      known += repeatElement(0, count: max(place + 1, known.count * 2) - known.count)
    }
    known[place] = UInt32(truncatingIfNeeded: number)
    return number
  }
}

extension SavedStrings {
  func write(to writer: inout StateWriter) {
    var start = 0
    writer.list(ends.dropFirst()) { writer, end in
      writer.count(end - start)
      start = end
    }
    writer.raw(bytes)
  }

  init(from reader: inout StateReader) throws(StateError) {
    let sizes = try reader.list { reader throws(StateError) in try reader.count() }
    bytes = try reader.raw()
    for size in sizes {
      let (end, overflow) = ends[ends.count - 1].addingReportingOverflow(size)
      if overflow { throw .damaged }
      ends.append(end)
    }
    guard ends[ends.count - 1] == bytes.count else { throw .damaged }
  }
}
