// The threads that run now, from /proc.

/// What proc_pid_status(5) and proc_pid_comm(5) tell of all threads.
enum ProcTasks {
  /// Calls with each thread and its process. Threads may come and go meanwhile.
  private static func each(_ body: (_ process: Int32, _ thread: Int32) -> Void) {
    for entry in KernelFile.entries(of: "/proc") {
      guard let process = Int32(entry) else { continue }
      for task in KernelFile.entries(of: "/proc/\(entry)/task") {
        if let thread = Int32(task) { body(process, thread) }
      }
    }
  }

  static func comms() -> [(tid: Int32, comm: String)] {
    var all: [(Int32, String)] = []
    each { process, thread in
      let path = "/proc/\(process)/task/\(thread)/comm"
      guard var bytes = try? KernelFile.text(of: path) else { return }
      if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
      all.append((thread, String(decoding: bytes, as: UTF8.self)))
    }
    return all
  }

  static func groups() -> [(thread: Int32, process: Int32)] {
    var all: [(Int32, Int32)] = []
    each { process, thread in all.append((thread, process)) }
    return all
  }

  /// The calling process's own threads.
  static var own: [String] { KernelFile.entries(of: "/proc/self/task") }
}
