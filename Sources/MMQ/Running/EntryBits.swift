// How an entry of a table's index is divided.

/// A row's number + 1 in the low bits, as many as there are of slots. Above them low bits of the slot where searches
/// for its key begin; then bits of the key's hash, and on top the mark of a removed key.
struct EntryBits {
  /// Slots are 2 to the power of it.
  private let slotBits: UInt64
  /// What a hash is shifted by: its top bits say where a search begins.
  private let rest: UInt64
  /// The bits of each part.
  let row: UInt32
  let home: UInt32
  private let hash: UInt32
  /// What tells one key's entry from another's.
  let tag: UInt32

  /// Of a removed key.
  static let ghost: UInt32 = 1 << 31

  init(slots: Int) {
    slotBits = UInt64(slots.trailingZeroBitCount)
    rest = 64 - slotBits
    row = UInt32(truncatingIfNeeded: slots - 1)
    // Half of what the row's number leaves.
    home = ((1 << ((32 - UInt32(slotBits)) / 2)) - 1) << UInt32(slotBits)
    hash = ~(row | home | EntryBits.ghost)
    tag = home | hash
  }

  /// Where the search for a hash begins.
  @inline(__always)
  func slot(_ hash: UInt64) -> Int {
    Int(truncatingIfNeeded: (hash ^ (hash &<< 32)) &>> rest)
  }

  /// The tag of a key by its hash, whose search begins there.
  @inline(__always)
  func tag(_ hash: UInt64, _ home: Int) -> UInt32 {
    UInt32(truncatingIfNeeded: hash &>> 32) & self.hash
      | UInt32(truncatingIfNeeded: home &<< Int(truncatingIfNeeded: slotBits)) & self.home
  }

  /// What an entry tells of where its search begins: the low bits of that.
  @inline(__always)
  func home(of entry: UInt32) -> Int {
    Int((entry & home) &>> UInt32(truncatingIfNeeded: slotBits))
  }

  /// The largest number that those bits can tell.
  @inline(__always)
  var mostTold: Int { home(of: home) }
}
