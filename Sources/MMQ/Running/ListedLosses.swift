// Lost events among printed ones, as the kernel's trace_pipe has them.

internal import MMQTrace

/// Losses that are still to be printed: each stands before the next event of its CPU.
struct ListedLosses {
  private var waiting: [(time: UInt64, line: String)] = []

  /// `time`: of the first record behind the gap.
  mutating func add(_ lost: LostEvents, cpu: UInt32, before time: UInt64) {
    let place = waiting.firstIndex { $0.time > time } ?? waiting.count
    waiting.insert((time, ListedLosses.line(lost, cpu)), at: place)
  }

  /// The lines of those that stand before an event of this time.
  mutating func take(before time: UInt64) -> String {
    let count = waiting.firstIndex { $0.time > time } ?? waiting.count
    defer { waiting.removeFirst(count) }
    return waiting.prefix(count).map(\.line).joined()
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
