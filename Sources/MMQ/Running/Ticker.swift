// interval probes on the time of the events.

/// Decides when each interval fires. Boundaries are origin + n × period, those after the start of the run.
/// Empty periods fire too, up to a limit in a row; a longer gap (a suspended machine, a damaged time stamp)
/// fires once, at its end.
struct Ticker {
  struct Timer {
    /// Index into the program's bindings.
    var binding: Int
    var period: UInt64
    var next: UInt64
  }

  /// How many empty periods in a row fire.
  static let gapLimit: UInt64 = 1000

  private(set) var timers: [Timer] = []
  /// The next boundary of any timer; `UInt64.max` if there is none.
  private(set) var next = UInt64.max
  /// Boundaries left out in gaps, and how many gaps there were.
  private(set) var skipped: UInt64 = 0
  private(set) var gaps: UInt64 = 0

  /// `start`: where the run begins, at the origin or behind it.
  init(_ periods: [(binding: Int, period: UInt64)], origin: UInt64, start: UInt64? = nil) {
    let start = start ?? origin
    timers = periods.map { binding, period in
      let passed = (start - origin) / period * period
      return Timer(binding: binding, period: period, next: Ticker.after(origin + passed, period))
    }
    next = timers.map(\.next).min() ?? .max
  }

  /// The next timer to fire before a record of this time: in order of boundaries, then of
  /// declaration. nil if none is due.
  mutating func due(at time: UInt64) -> (binding: Int, boundary: UInt64)? {
    guard time >= next, next != .max else { return nil }
    skipGaps(before: time)
    guard let index = timers.indices.first(where: { timers[$0].next == next }) else { return nil }
    let boundary = timers[index].next
    timers[index].next = Ticker.after(boundary, timers[index].period)
    next = timers.map(\.next).min() ?? .max
    return (timers[index].binding, boundary)
  }

  /// Moves timers that are too far behind to their last boundary at or before `time`.
  private mutating func skipGaps(before time: UInt64) {
    for index in timers.indices where timers[index].next <= time {
      let timer = timers[index]
      let missed = (time - timer.next) / timer.period
      guard missed >= Ticker.gapLimit else { continue }
      timers[index].next = timer.next + missed * timer.period
      skipped += missed
      gaps += 1
    }
    next = timers.map(\.next).min() ?? .max
  }

  private static func after(_ time: UInt64, _ period: UInt64) -> UInt64 {
    let sum = time.addingReportingOverflow(period)
    return sum.overflow ? .max : sum.partialValue
  }
}
