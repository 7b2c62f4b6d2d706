// The processes that threads belong to, over time.

/// Knows the thread group of threads whose start or exec is recorded. As with names, `learn` sees
/// every record before the run, and `enter` and `leave` go around each record during it.
public final class ThreadGroups {
  /// The number of the group and 1, by thread.
  private let groups = ThreadTable()
  private let newTask: [Int: NewTask]
  private let exec: [Int: Exec]
  private let told: [Int: Told]

  /// `sched:sched_process_exec`: the thread was `old_pid` before, and leads its group as `pid` now.
  private struct Exec {
    var thread: Field
    var before: Field
  }

  /// `perf:group`, a record of mmq's own: perf says which process a thread belongs to.
  private struct Told {
    var thread: Field
    var group: Field
  }

  public init(schemas: [EventSchema]) {
    var newTask: [Int: NewTask] = [:]
    var exec: [Int: Exec] = [:]
    var told: [Int: Told] = [:]
    for schema in schemas {
      switch schema.fullName {
      case "task:task_newtask": newTask[schema.id] = NewTask(schema)
      case "sched:sched_process_exec":
        guard let thread = schema.field(named: "pid"), let before = schema.field(named: "old_pid")
        else { continue }
        exec[schema.id] = Exec(thread: thread, before: before)
      case "perf:group":
        guard let thread = schema.field(named: "tid"), let group = schema.field(named: "pid") else {
          continue
        }
        told[schema.id] = Told(thread: thread, group: group)
      default: continue
      }
    }
    self.told = told
    self.newTask = newTask
    self.exec = exec
    set(0, 0)
  }

  private func set(_ thread: Int32, _ group: Int32?) {
    groups[thread] = group.map { UInt32(bitPattern: $0) &+ 1 } ?? 0
  }

  /// The types of records that tell of groups.
  public var types: [Int] { newTask.keys.sorted() + exec.keys.sorted() + told.keys.sorted() }

  /// nil where the recording does not tell.
  public func group(of thread: Int32) -> Int32? {
    let group = groups[thread]
    return group == 0 ? nil : Int32(bitPattern: group &- 1)
  }

  /// Groups that threads are in at the start, from somebody who looked: mmq live, or a recorder.
  public func take(_ saved: [(thread: Int32, process: Int32)]) {
    for (thread, process) in saved { set(thread, process) }
  }

  /// What a record says of the time before it: a thread that calls exec is in the group that it
  /// leads afterwards. A thread that is made was another one before, if it was.
  public func learn(_ type: Int, _ record: EventRef) {
    if let exec = exec[type], let (thread, before) = read(exec, record) {
      if groups[before] == 0 { set(before, thread) }
    }
    if let told = told[type], let (thread, group) = read(told, record), groups[thread] == 0 {
      set(thread, group)
    }
  }

  /// Before a record's blocks run: an exec event comes when the exec is done.
  public func enter(_ type: Int, _ record: EventRef) {
    if let exec = exec[type], let (thread, _) = read(exec, record) { set(thread, thread) }
  }

  /// After a record's blocks ran: a new thread's own events come later.
  public func leave(_ type: Int, _ record: EventRef) {
    if let told = told[type], let (thread, group) = read(told, record) { set(thread, group) }
    guard let (thread, maker, joinsGroup) = newTask[type]?.read(record) else { return }
    if joinsGroup { groups[thread] = groups[maker] } else { set(thread, thread) }
  }

  /// A record of which no block hears.
  public func pass(_ type: Int, _ record: EventRef) {
    enter(type, record)
    leave(type, record)
  }

  private func read(_ exec: Exec, _ record: EventRef) -> (thread: Int32, before: Int32)? {
    guard let thread = record.integer(exec.thread), let before = record.integer(exec.before) else {
      return nil
    }
    return (Int32(truncatingIfNeeded: thread), Int32(truncatingIfNeeded: before))
  }
  private func read(_ told: Told, _ record: EventRef) -> (thread: Int32, group: Int32)? {
    guard let thread = record.integer(told.thread), let group = record.integer(told.group) else {
      return nil
    }
    return (Int32(truncatingIfNeeded: thread), Int32(truncatingIfNeeded: group))
  }
}
