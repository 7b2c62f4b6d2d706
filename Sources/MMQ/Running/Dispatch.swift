// From a record's type to the blocks that want it.

internal import Glibc
internal import MMQTrace

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
    static let unwanted = RecordWish.unwanted
    /// The source has no schema for it.
    static let unknown: UInt16 = 0
    /// Looked at, but no block wants it.
    static let seen: UInt16 = 1
    /// Slots from here on are numbers of lists.
    static let firstList: UInt16 = 2
  }

  /// The handlers of one type, in order of declaration.
  struct List {
    var type: Int
    var handlers: UnsafeMutableBufferPointer<Handler>
    /// Records of the type tell of tasks.
    var tellsOfTasks: Bool
  }

  let wish: RecordWish
  private let slots: UnsafeMutablePointer<UInt16>
  private let lists: UnsafeMutableBufferPointer<List>
  /// By slot, the handler of records that only one block wants, and that tell of no task. For all other
  /// slots no record is long enough.
  let alone: UnsafeMutableBufferPointer<Handler>
  /// For records that were just found.
  let prefetch: RowPrefetch

  /// Types are those that the source describes. At most one list a type, so slots suffice. `seesAll`:
  /// what no block wants is looked at, too. `keys`: those of maps in `tables` that handlers take from records of a
  /// type. `limit`, `settled` and the tables are the owner's, who lives longer.
  init(
    types: [Int], handlers: [Int: [Handler]], taskTypes: Set<Int>, seesAll: Bool = false,
    until limit: UnsafePointer<UInt64>, settled: UnsafePointer<UInt64>? = nil,
    keys: [Int: [RecordKey]] = [:], of tables: UnsafeMutablePointer<Table>? = nil
  ) {
    slots = RecordWish.makeSlots()
    wish = RecordWish(slots: slots, limit: limit, settled: settled)
    for type in types where (0..<RecordWish.typeCount).contains(type) {
      slots[type] = seesAll ? Slot.seen : Slot.unwanted
    }
    let wanted = Set(handlers.keys).union(taskTypes).sorted()
    lists = .allocate(capacity: wanted.count)
    alone = .allocate(capacity: Int(Slot.firstList) + wanted.count)
    alone.initialize(repeating: Handler(entry: 0, minimumSize: .max, probe: 0))
    for (index, type) in wanted.enumerated() {
      let found = handlers[type] ?? []
      let copy = UnsafeMutableBufferPointer<Handler>.allocate(capacity: found.count)
      _ = copy.initialize(from: found)
      lists.initializeElement(
        at: index,
        to: List(type: type, handlers: copy, tellsOfTasks: taskTypes.contains(type)))
      slots[type] = Slot.firstList + UInt16(index)
      if found.count == 1, !taskTypes.contains(type) {
        alone[Int(Slot.firstList) + index] = found[0]
      }
    }
    prefetch = RowPrefetch(
      wanted.map { type in
        RowPrefetch.Plan(
          minimumSize: handlers[type]?.map(\.minimumSize).max() ?? 0, keys: keys[type] ?? [])
      }, firstSlot: Int(Slot.firstList), tables)
  }

  /// For a pass that only wants what tells of tasks.
  static func ofTasks(_ types: Set<Int>) -> Dispatch {
    Dispatch(
      types: Array(0..<RecordWish.typeCount), handlers: [:], taskTypes: types,
      until: RecordWish.all.limit)
  }

  deinit {
    for list in lists { list.handlers.deallocate() }
    lists.deallocate()
    alone.deallocate()
    free(slots)
  }

  /// What is to be done for a slot; nil where that is nothing.
  @inline(__always)
  func list(of slot: UInt16) -> List? {
    let index = Int(slot) &- Int(Slot.firstList)
    return index >= 0 && index < lists.count ? lists[index] : nil
  }
}
