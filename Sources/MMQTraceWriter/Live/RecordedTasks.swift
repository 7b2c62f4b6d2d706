// Names and processes of the threads that are recorded.

internal import Glibc
internal import MMQTrace

/// What the file will say of threads, from all CPUs.
final class RecordedTasks {
  private var comms: LastComms
  private var groups: LastGroups

  init(schemas: [EventSchema]) {
    comms = LastComms(schemas: schemas)
    groups = LastGroups(schemas: schemas)
  }

  /// Asks /proc, once the events that tell of changes are recorded.
  func look(at source: LiveSource) {
    comms.take(source.savedComms)
    groups.take(source.savedGroups)
  }

  /// Types of the records to take.
  var types: Set<Int> { Set(comms.types + groups.types) }

  func take(_ type: Int, _ record: EventRef, at stamp: UInt64) {
    comms.take(type, record, at: stamp)
    groups.take(type, record, at: stamp)
  }

  /// Lines of `tid comm`, the last names.
  var names: [UInt8] { comms.text }

  /// Lines of `tid pid`, as of now.
  var processes: [UInt8] { groups.text }
}

/// What is asked of each record on its way: only those that tell of tasks are looked at.
struct TaskReader: ~Copyable {
  /// By record type: the type's own number, where somebody wants it.
  private let slots: UnsafeMutablePointer<UInt16>
  private let found: UnsafeMutablePointer<WantedRecord>
  private let tasks: RecordedTasks
  private let byteOrder: ByteOrder
  private static let room = 64

  init(_ tasks: RecordedTasks, _ byteOrder: ByteOrder) {
    self.tasks = tasks
    self.byteOrder = byteOrder
    found = .allocate(capacity: TaskReader.room)
    slots = RecordWish.makeSlots(RecordWish.unwanted)
    for type in tasks.types { if let type = UInt16(exactly: type) { slots[Int(type)] = type } }
  }

  deinit {
    free(slots)
    found.deallocate()
  }

  /// Passes all records of a sub-buffer.
  func read(_ cursor: inout RingCursor) {
    let wish = RecordWish(slots: slots, limit: RecordWish.all.limit)
    while true {
      let count = cursor.gather(wish, into: found, room: TaskReader.room)
      if count == 0 { return }
      for record in UnsafeBufferPointer(start: found, count: count)
      where record.slot != RecordWish.withoutType {
        tasks.take(Int(record.slot), record.record(byteOrder), at: record.stamp)
      }
    }
  }
}
