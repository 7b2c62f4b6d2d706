// Searches in a table that are prepared before they come.

internal import CLinux

extension Table {
  /// More than a core's own cache should be asked to hold: searches would wait for memory.
  var isLarge: Bool { mask >= 1 << 14 }

  /// As long as the table does not change.
  @inline(__always)
  var ahead: Ahead {
    Ahead(index: index, rowOfNone: UnsafePointer(rows) - stride, bits, stride)
  }

  /// Where searches for keys of one word will look.
  struct Ahead {
    private let index: UnsafePointer<UInt32>
    /// Numbers of rows in entries begin with 1.
    private let rowOfNone: UnsafePointer<UInt64>
    private let bits: EntryBits
    private let stride: Int

    fileprivate init(
      index: UnsafePointer<UInt32>, rowOfNone: UnsafePointer<UInt64>, _ bits: EntryBits,
      _ stride: Int
    ) {
      (self.index, self.rowOfNone) = (index, rowOfNone)
      (self.bits, self.stride) = (bits, stride)
    }

    /// Has the first entry fetched, and says where it is.
    @inline(__always)
    func prefetchEntry(_ key: UInt64) -> Int {
      let slot = bits.slot(Table.hash(key))
      clinux_prefetch(index + slot)
      return slot
    }

    /// Has the row of an entry fetched: mostly that of the key.
    @inline(__always)
    func prefetchRow(_ slot: Int) {
      clinux_prefetch(rowOfNone + Int(index[slot] & bits.row) &* stride)
    }
  }
}
