// Lost events among printed ones, as the kernel's trace_pipe has them.

internal import MMQTrace

/// Losses that are still to be printed: each stands before the next event of its CPU.
struct ListedLosses {
  /// In order of time. Where nothing is printed for long, they are many.
  private var waiting: [(time: UInt64, lost: LostEvents, cpu: UInt32)] = []
  /// So many of them are printed.
  private var done = 0

  /// `time`: of the first record behind the gap.
  mutating func add(_ lost: LostEvents, cpu: UInt32, before time: UInt64) {
    let place = waiting[done...].lastIndex { $0.time <= time }.map { $0 + 1 } ?? done
    waiting.insert((time, lost, cpu), at: place)
  }

  /// The lines of those that stand before an event of this time.
  mutating func take(before time: UInt64) -> String {
    let due = waiting[done...].prefix { $0.time <= time }
    if due.isEmpty { return "" }
    done = due.endIndex
    if done * 2 > waiting.count {
      waiting.removeFirst(done)
      done = 0
    }
    return due.map { ListedLosses.line($0.lost, $0.cpu) }.joined()
  }

  /// As print_trace_line in kernel/trace/trace.c has it. What a text says of all CPUs together is of none.
  private static func line(_ lost: LostEvents, _ cpu: UInt32) -> String {
    let count = if case .counted(let events) = lost { "\(events) " } else { "" }
    return "CPU:\(cpu == .max ? "?" : "\(cpu)") [LOST \(count)EVENTS]\n"
  }
}

extension Run {
  /// Prints them, where somebody lists them at all.
  func listLosses(before time: UInt64) {
    guard let lines = listedLosses?.take(before: time), !lines.isEmpty else { return }
    Array(lines.utf8).withUnsafeBytes { sink.text(.printf, $0) }
  }
}
