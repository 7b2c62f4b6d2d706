// The memory that the maps and strings of one run may have together.

/// What a run has of its memory, and the most that it may have. It is asked where something grows,
/// never where something that is there is changed.
///
/// It lies behind a pointer that its users share; the run frees it after them.
struct MemoryBudget {
  /// Bytes.
  let limit: Int
  private(set) var used = 0
  /// What strings hold leaves no room for more: maps take no new ones until a collection finds room.
  var isShortOfStrings = false

  /// Some update was dropped.
  var hasDropped = false

  init(limit: Int) { self.limit = limit }

  /// Bytes for something that can do without them: false, and nothing taken, where there are too few.
  mutating func take(_ bytes: Int) -> Bool {
    guard bytes <= limit - used else { return false }
    used += bytes
    return true
  }

  /// Bytes for something that is needed in any case: few, or bounded by something else.
  mutating func charge(_ bytes: Int) { used += bytes }

  mutating func give(_ bytes: Int) { used -= bytes }
}
