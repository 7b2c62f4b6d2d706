// From a record's type to the blocks that want it.

internal import MMQTrace

/// A block and what the machine needs to run it.
struct Handler {
  var entry: Int
  /// Shorter records are skipped and counted.
  var minimumSize: Int
  /// Id of the name of the probe.
  var probe: UInt64
}

/// One word a record type: most records are not wanted, and this is all that they cost.
struct Dispatch: ~Copyable {
  /// What happens to records of a type.
  struct Slot {
    static let unwanted: UInt16 = 0
    /// The source has no schema for it.
    static let unknown: UInt16 = 1
    /// Slots from here on are numbers of lists.
    static let firstList: UInt16 = 2
  }

  struct List {
    var handlers: [Handler] = []
    /// Records of the type tell of tasks.
    var tellsOfTasks = false
  }

  let slots: UnsafeMutablePointer<UInt16>
  private(set) var lists: [List] = []

  private static let typeCount = 1 << 16

  init(known types: [Int]) {
    slots = .allocate(capacity: Dispatch.typeCount)
    slots.initialize(repeating: Slot.unknown, count: Dispatch.typeCount)
    for type in types where (0..<Dispatch.typeCount).contains(type) {
      slots[type] = Slot.unwanted
    }
  }

  deinit { slots.deallocate() }

  mutating func add(_ handler: Handler, to type: Int) {
    lists[list(of: type)].handlers.append(handler)
  }

  mutating func observeTasks(in type: Int) { lists[list(of: type)].tellsOfTasks = true }

  private mutating func list(of type: Int) -> Int {
    if slots[type] < Slot.firstList {
      lists.append(List())
      slots[type] = Slot.firstList + UInt16(lists.count - 1)
    }
    return Int(slots[type] - Slot.firstList)
  }
}
