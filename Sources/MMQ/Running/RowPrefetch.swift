// Rows of large maps, fetched before the blocks ask for them.

internal import MMQTrace

/// Looks at the records that are found, but were not run yet, for keys of maps that no core's own cache holds, and has
/// the CPU fetch what lies under them: all at once, and while it does other things. Blocks would wait for each in
/// turn, for longer than for all else that they do.
struct RowPrefetch: ~Copyable {
  /// What handlers take from records of a slot.
  struct Plan {
    /// Shorter records do not have all of it.
    var minimumSize: Int
    var keys: [RecordKey]
  }

  private let firstSlot: Int
  private let maps: [KeysOfMap]
  /// Nil where there are no keys.
  private let tables: UnsafeMutablePointer<Table>?
  private let slots: UnsafeMutablePointer<Int>

  /// At once; more are looked at piece by piece.
  private static let most = 512

  /// `plans`: by slot, from the first one on. Tables are the run's, who lives longer.
  init(_ plans: [Plan], firstSlot: Int, _ tables: UnsafeMutablePointer<Table>?) {
    self.firstSlot = firstSlot
    self.tables = tables
    maps = Set(plans.flatMap { $0.keys.map(\.map) }).sorted().map { KeysOfMap($0, plans) }
    slots = .allocate(capacity: RowPrefetch.most)
  }

  deinit { slots.deallocate() }

  /// For records that were just found.
  @inline(__always)
  func fetch(_ records: UnsafeBufferPointer<WantedRecord>) {
    guard let tables else { return }
    for keys in maps where tables[keys.map].isLarge {
      var rest = records[...]
      while !rest.isEmpty {
        fetch(UnsafeBufferPointer(rebasing: rest.prefix(RowPrefetch.most)), keys, tables)
        rest = rest.dropFirst(RowPrefetch.most)
      }
    }
  }

  /// Where a row is only its entry in the index tells: those come first.
  @inline(never)
  private func fetch(
    _ records: UnsafeBufferPointer<WantedRecord>, _ keys: KeysOfMap,
    _ tables: UnsafeMutablePointer<Table>
  ) {
    let ahead = tables[keys.map].ahead
    let (keys, count) = (keys.places, keys.count)
    var wanted = 0
    for found in records {
      let slot = Int(found.slot) &- firstSlot
      guard slot >= 0, slot < count, Int(found.size) >= keys[slot].minimumSize else { continue }
      slots[wanted] = ahead.prefetchEntry(keys[slot].word(of: found.base))
      wanted &+= 1
    }
    for number in 0..<wanted { ahead.prefetchRow(slots[number]) }
  }
}

/// Where records have keys of one map, by slot.
private final class KeysOfMap {
  let map: Int
  let places: UnsafeMutablePointer<Place>
  let count: Int

  /// Eight bytes of the record of which the last ones, seen as a number, are not the key's.
  struct Place {
    /// Records that end before those eight bytes are left alone.
    var minimumSize: Int
    var offset: Int
    var shift: UInt64
    var isSigned: Bool

    /// A slot without a key.
    static let none = Place(minimumSize: .max, offset: 0, shift: 0, isSigned: false)

    @inline(__always)
    func word(of base: UnsafeRawPointer) -> UInt64 {
      let top = base.loadUnaligned(fromByteOffset: offset, as: UInt64.self) &<< shift
      return isSigned
        ? UInt64(bitPattern: Int64(bitPattern: top) &>> Int64(bitPattern: shift)) : top &>> shift
    }
  }

  /// Of several keys that one slot has, the first one.
  init(_ map: Int, _ plans: [RowPrefetch.Plan]) {
    self.map = map
    count = plans.count
    places = .allocate(capacity: count)
    for (slot, plan) in plans.enumerated() {
      let key = plan.keys.first { $0.map == map }
      (places + slot).initialize(to: key.map { Place($0, plan.minimumSize) } ?? .none)
    }
  }

  deinit { places.deallocate() }
}

extension KeysOfMap.Place {
  fileprivate init(_ key: RecordKey, _ minimumSize: Int) {
    self.init(
      minimumSize: max(minimumSize, key.offset + 8), offset: key.offset,
      shift: UInt64(64 - key.bits), isSigned: key.isSigned)
  }
}
