// The lines that start with `#` at the head of the kernel's `trace` file.

internal import MMQ
internal import MMQTrace

enum TraceFileHead {
  /// How much a buffer holds.
  struct Entries {
    var count: UInt64
    var cpus: Int
  }

  /// Of several recordings all together.
  static func entries(of inputs: [any TraceSource]) throws -> Entries? {
    var sum = Entries(count: 0, cpus: 0)
    for input in inputs {
      guard let entries = try entries(of: input) else { return nil }
      sum.count += entries.count
      sum.cpus = max(sum.cpus, entries.cpus)
    }
    return sum
  }

  /// nil where events were lost: lines among the events say where, and would count twice.
  private static func entries(of source: any TraceSource) throws -> Entries? {
    let survey = try Survey(source, saysCorruptPages: false)
    guard survey.losses.isEmpty else { return nil }
    return Entries(
      count: survey.streams.reduce(0) { $0 + $1.records },
      cpus: source.machine.cpuCount ?? Set(survey.streams.map(\.cpu)).count)
  }

  /// As print_func_help_header_irq in kernel/trace/trace.c has it. Without entries, the line that
  /// says how many there are is left out.
  static func text(_ entries: Entries?) -> String {
    var lines = ["# tracer: nop", "#"]
    if let entries {
      let numbers = "\(entries.count)/\(entries.count)   #P:\(entries.cpus)"
      lines += ["# entries-in-buffer/entries-written: \(numbers)", "#"]
    }
    return (lines + columns).map { $0 + "\n" }.joined()
  }

  private static let columns = [
    "#                                _-----=> irqs-off/BH-disabled",
    "#                               / _----=> need-resched",
    "#                              | / _---=> hardirq/softirq",
    "#                              || / _--=> preempt-depth",
    "#                              ||| / _-=> migrate-disable",
    "#                              |||| /     delay",
    "#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION",
    "#              | |         |   |||||     |         |",
  ]
}
