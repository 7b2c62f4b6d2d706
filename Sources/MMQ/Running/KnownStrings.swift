// Ids of strings that would cost too much to look up each time.

internal import MMQTrace

/// By what they are the names of. All of it can be made anew.
struct KnownStrings {
  /// Of the idle tasks, by CPU; 0 where it was not asked for.
  var idle: [UInt64] = []

  /// NR_CPUS of Linux is 8192 at most.
  static let mostCPUs = 1 << 13
  /// Names of functions by address; of many, those that came first.
  static var noSymbols: Table { Table(keyWords: 1, valueWords: 1, limit: 1 << 16) }
}

/// Ids of strings by ids of names, as far as names were asked for. Its owner frees it.
struct NameStrings {
  /// Ids of names by thread, below `TaskNames.denseLimit`. Those of names that change in time are
  /// beyond all others.
  let names: UnsafePointer<UInt32>
  private(set) var strings = UnsafeMutablePointer<UInt64>.allocate(capacity: 64)
  private(set) var count = 0
  private var capacity = 64

  /// No string has this id.
  static let unknown = UInt64.max

  init(_ names: TaskNames?) { self.names = names?.denseNames ?? TaskNames.noNames }

  func deallocate() { strings.deallocate() }

  mutating func forget() { count = 0 }

  mutating func keep(_ string: UInt64, at id: Int) {
    if id >= capacity { grow(toHold: id) }
    while count <= id {
      strings[count] = NameStrings.unknown
      count += 1
    }
    strings[id] = string
  }

  private mutating func grow(toHold id: Int) {
    let more = max(2 * capacity, id + 1)
    let larger = UnsafeMutablePointer<UInt64>.allocate(capacity: more)
    larger.update(from: strings, count: count)
    strings.deallocate()
    (strings, capacity) = (larger, more)
  }
}
