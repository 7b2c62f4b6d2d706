// The threads that run now, from /proc.

/// What proc_pid_status(5) and proc_pid_comm(5) tell of all threads.
enum ProcTasks {
  /// Calls with each thread and its process. Threads may come and go meanwhile. None where their numbers
  /// mean others to the kernel.
  private static func each(_ body: (_ process: Int32, _ thread: Int32) -> Void) {
    guard ProcessNamespace.isShownByProc else { return }
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
      guard let name = comm(in: "/proc/\(process)/task/\(thread)") else { return }
      all.append((thread, String(decoding: name, as: UTF8.self)))
    }
    return all
  }

  /// A thread's name; nil where it is gone.
  static func comm(of thread: Int32) -> [UInt8]? {
    ProcessNamespace.isShownByProc ? comm(in: "/proc/\(thread)") : nil
  }

  /// Of its own threads the kernel shows more than their names: names that were too long as they were
  /// meant, and what a worker works at behind its name (proc_task_name() of fs/proc/array.c).
  private static func comm(in directory: String) -> [UInt8]? {
    guard var bytes = try? KernelFile.text(of: directory + "/comm") else { return nil }
    if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    return Array(workerName(bytes, directory).prefix(nameLimit))
  }

  /// Bytes of a task's name, without its NUL.
  private static let nameLimit = 15

  /// `kworker/1:2` of `kworker/1:2-events`; that of a rescuer, `kworker/R-name`, is whole.
  private static func workerName(_ name: [UInt8], _ directory: String) -> ArraySlice<UInt8> {
    let prefix = Array("kworker/".utf8)
    guard name.starts(with: prefix), !name.starts(with: prefix + [UInt8(ascii: "R")]),
      let end = name.firstIndex(where: { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }),
      isWorker(directory)
    else { return name[...] }
    return name[..<end]
  }

  /// PF_WQ_WORKER of include/linux/sched.h among the flags, field 9 of proc_pid_stat(5).
  private static func isWorker(_ directory: String) -> Bool {
    let text = KernelFile.line(of: directory + "/stat") ?? ""
    let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
    return fields.count > 7 && (UInt32(fields[7]) ?? 0) & 0x20 != 0
  }

  static func groups() -> [(thread: Int32, process: Int32)] {
    var all: [(Int32, Int32)] = []
    each { process, thread in all.append((thread, process)) }
    return all
  }

  /// The threads of a process; none where it is gone.
  static func threads(of process: Int32) -> [String] {
    KernelFile.entries(of: "/proc/\(process)/task")
  }

  /// The calling process's own threads.
  static var own: [String] { KernelFile.entries(of: "/proc/self/task") }
}
