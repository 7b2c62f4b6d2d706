// The event that tells of a new thread, and of the process that it is of.

/// `task:task_newtask`: `common_pid` makes the thread `pid` (include/trace/events/task.h).
struct NewTask {
  private let maker: Field
  private let thread: Field
  private let flags: Field

  /// clone(2): the new thread joins the maker's group.
  private static let cloneThread: Int64 = 0x10000

  /// nil of any other event.
  init?(_ schema: EventSchema) {
    guard schema.fullName == "task:task_newtask", let maker = schema.field(named: "common_pid"),
      let thread = schema.field(named: "pid"), let flags = schema.field(named: "clone_flags")
    else { return nil }
    (self.maker, self.thread, self.flags) = (maker, thread, flags)
  }

  /// nil where the record is too short.
  func read(_ record: EventRef) -> (thread: Int32, maker: Int32, joinsGroup: Bool)? {
    guard let maker = record.integer(maker), let thread = record.integer(thread),
      let flags = record.integer(flags)
    else { return nil }
    return (
      Int32(truncatingIfNeeded: thread), Int32(truncatingIfNeeded: maker),
      flags & NewTask.cloneThread != 0
    )
  }
}
