// From a record's type to the blocks that want it.

/// A block and what the machine needs to run it.
struct Handler {
  var entry: Int
  /// Shorter records are skipped and counted.
  var minimumSize: Int
  /// Id of the name of the probe.
  var probe: UInt64
}

/// One word a record type: most records are not wanted, and a look at it is all that they cost.
struct Dispatch: ~Copyable {
  /// What happens to records of a type.
  enum Slot {
    static let unwanted: UInt16 = 0
    /// The source has no schema for it.
    static let unknown: UInt16 = 1
    /// Slots from here on are numbers of lists.
    static let firstList: UInt16 = 2
  }

  /// The handlers of one type, in order of declaration.
  struct List {
    var handlers: UnsafeMutableBufferPointer<Handler>
    /// Records of the type tell of tasks.
    var tellsOfTasks: Bool
  }

  let slots: UnsafeMutablePointer<UInt16>
  let lists: UnsafeMutableBufferPointer<List>

  static let typeCount = 1 << 16

  /// Types are those that the source describes. At most one list a type, so slots suffice.
  init(types: [Int], handlers: [Int: [Handler]], taskTypes: Set<Int>) {
    slots = .allocate(capacity: Dispatch.typeCount)
    slots.initialize(repeating: Slot.unknown, count: Dispatch.typeCount)
    for type in types where (0..<Dispatch.typeCount).contains(type) {
      slots[type] = Slot.unwanted
    }
    let wanted = Set(handlers.keys).union(taskTypes).sorted()
    lists = .allocate(capacity: wanted.count)
    for (index, type) in wanted.enumerated() {
      let found = handlers[type] ?? []
      let copy = UnsafeMutableBufferPointer<Handler>.allocate(capacity: found.count)
      _ = copy.initialize(from: found)
      lists.initializeElement(
        at: index, to: List(handlers: copy, tellsOfTasks: taskTypes.contains(type)))
      slots[type] = Slot.firstList + UInt16(index)
    }
  }

  deinit {
    for list in lists { list.handlers.deallocate() }
    lists.deallocate()
    slots.deallocate()
  }
}
