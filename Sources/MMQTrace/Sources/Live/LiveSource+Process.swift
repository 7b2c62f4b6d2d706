// Only events of some process are recorded, and of what it starts.

extension LiveSource {
  /// How often new threads are looked for: each time only those are missing that came meanwhile from
  /// threads that were missing, too.
  private static let mostListings = 1000

  /// All threads of a process, and those that they start: `set_event_pid` takes threads, and without
  /// `event-fork` would only have those that are there now. A child of a task that is not traced would
  /// inherit that, so a process was there before mmq's own threads were left out.
  ///
  /// The kernel also records a switch to one of these threads, and what wakes it, which happen in others
  /// (event_filter_pid_sched_*() of kernel/trace/trace_events.c).
  static func follow(_ process: Int32, _ instance: LiveInstance) throws(TraceError) {
    try instance.write("1", to: "options/event-fork")
    var known: Set<String> = []
    for _ in 0..<mostListings {
      let threads = ProcTasks.threads(of: process)
      guard !threads.isEmpty else { throw TraceError("process \(process) has ended") }
      let missing = threads.filter { !known.contains($0) }
      if missing.isEmpty { return }
      try instance.write(
        missing.joined(separator: " "), to: "set_event_pid", appends: !known.isEmpty)
      known.formUnion(missing)
      // Others are there already, by event-fork.
      known.formUnion(instance.words(in: "set_event_pid"))
    }
    throw TraceError("process \(process) starts threads faster than they can be listed")
  }

  /// Its own page faults would feed the ring. The file takes threads, not processes.
  func leaveOutOwnThreads(_ instance: LiveInstance) throws(TraceError) {
    if ProcessNamespace.isShownByProc {
      return try instance.write(ProcTasks.own.joined(separator: " "), to: "set_event_notrace_pid")
    }
    damage.note(
      "pid namespace",
      "mmq cannot know its own threads by the kernel's numbers, nor the tasks that were there before: "
        + "its own events are recorded, and names and processes are unknown until an event tells "
        + "them; \(ProcessNamespace.problem ?? "")")
  }
}
