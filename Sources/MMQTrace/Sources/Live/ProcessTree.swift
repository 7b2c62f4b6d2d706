// A process and what it started, from /proc.

internal import Glibc

/// Processes that were there when somebody looked. A number and a start together are of one process only, so
/// that no other one is ever meant.
public struct ProcessTree {
  /// When each started, by its number.
  private var starts: [Int32: Substring] = [:]

  /// What proc_pid_stat(5) tells of a process: fields 3, 4 and 22.
  private struct Status {
    var parent: Int32
    var start: Substring
    /// It has ended, though its parent may not have asked for it yet.
    var isOver: Bool

    init?(_ process: Int32) {
      guard let text = KernelFile.line(of: "/proc/\(process)/stat"),
        let end = text.lastIndex(of: ")")
      else { return nil }
      let fields = text[end...].split(separator: " ")
      guard fields.count > 20, let parent = Int32(fields[2]) else { return nil }
      self.parent = parent
      start = fields[20]
      isOver = ["Z", "X"].contains(fields[1])
    }
  }

  /// A process and its descendants. One whose parent has ended is the child of another process, and is not
  /// found.
  public init(of root: Int32) {
    var all: [Int32: Status] = [:]
    for name in KernelFile.entries(of: "/proc") {
      if let process = Int32(name) { all[process] = Status(process) }
    }
    let children = Dictionary(grouping: all.keys) { all[$0]?.parent ?? 0 }
    var found = [root]
    while let process = found.popLast() {
      guard let status = all[process], starts[process] == nil else { continue }
      starts[process] = status.start
      found += children[process] ?? []
    }
  }

  /// Sends a signal to those that still run.
  public func send(_ signal: Int32) {
    for process in running { kill(process, signal) }
  }

  /// Neither the process nor anything that it started is there any more. Asks /proc anew.
  public var hasEnded: Bool { running.isEmpty }

  private var running: [Int32] {
    starts.keys.filter { process in
      guard let status = Status(process) else { return false }
      return status.start == starts[process] && !status.isOver
    }
  }
}
