// Which fields of which events tell a thread's name.

/// One statement of an event about a thread's name. Follows include/trace/events/task.h and sched.h.
struct TaskObservation {
  let thread: Field
  let name: Field
  /// It names the thread at the record's own time; else from the next record on.
  let isOwnTime: Bool
  /// It tells of the time before it, too. An exec does not: it is what changes the name.
  var speaksOfPast: Bool { isOwnTime && !isPath }
  /// The name is a path, of which a task takes the last part.
  let isPath: Bool

  /// Rows of: event, field of the thread, field of the name, at its own time, path.
  private static let table: [(String, thread: String, name: String, own: Bool, path: Bool)] = [
    ("task:task_rename", "pid", "oldcomm", true, false),
    ("task:task_rename", "pid", "newcomm", false, false),
    ("task:task_newtask", "pid", "comm", false, false),
    ("sched:sched_switch", "prev_pid", "prev_comm", true, false),
    ("sched:sched_switch", "next_pid", "next_comm", false, false),
    ("sched:sched_process_fork", "parent_pid", "parent_comm", true, false),
    ("sched:sched_process_fork", "child_pid", "child_comm", false, false),
    ("sched:sched_process_exec", "pid", "filename", true, true),
    ("perf:comm", "tid", "comm", false, false),
  ]

  /// By record type, in the order of the table.
  static func all(in schemas: [EventSchema]) -> [Int: [TaskObservation]] {
    var all: [Int: [TaskObservation]] = [:]
    for schema in schemas {
      for row in table where row.0 == schema.fullName {
        guard let thread = schema.field(named: row.thread), let name = schema.field(named: row.name)
        else { continue }
        all[schema.id, default: []].append(
          TaskObservation(thread: thread, name: name, isOwnTime: row.own, isPath: row.path))
      }
    }
    return all
  }

  private static let descriptors = Array("/dev/fd/".utf8)

  /// Bytes of a task's name, without its NUL.
  private static let nameLimit = 15

  /// Thread and name, in the record; nil if the record is too short for them, and for thread 0, whose name is the
  /// CPU's.
  func read(_ record: EventRef) -> (tid: Int32, name: UnsafeRawBufferPointer)? {
    guard let tid = record.integer(thread), tid != 0, let text = record.string(name) else {
      return nil
    }
    // Of a program that was given by a descriptor: kernels from 6.14 on take its own name.
    if isPath, text.starts(with: TaskObservation.descriptors) { return nil }
    let start = isPath ? (text.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1 : 0
    let bytes = UnsafeRawBufferPointer(rebasing: text[start...].prefix(TaskObservation.nameLimit))
    return (Int32(truncatingIfNeeded: tid), bytes)
  }

  /// The field of the thread in the events that tell of its end, by record type: the kernel frees the
  /// task, of which no event comes any more. (It still has many after sched_process_exit.)
  static func ends(in schemas: [EventSchema]) -> [Int: Field] {
    var all: [Int: Field] = [:]
    for schema in schemas where schema.fullName == "sched:sched_process_free" {
      if let thread = schema.field(named: "pid") { all[schema.id] = thread }
    }
    return all
  }
}
