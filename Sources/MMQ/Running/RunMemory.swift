// The budget of a run, and where it comes from.

internal import MMQTrace

/// Owns the budget that a run's maps and strings share. Tables only point to it: who owns them holds this.
final class RunMemory {
  /// nil where there is no limit.
  let budget: UnsafeMutablePointer<MemoryBudget>?
  /// What is refused ends the run; else it is dropped and counted.
  let endsRun: Bool
  /// Bytes that all threads may have together, for messages.
  let limitOfRun: Int

  /// `share`: among so many threads.
  init(_ options: RunOptions, _ source: any TraceSource, share: Int = 1) {
    let dropping = options.mapMemory(for: source)
    let ending = options.limits.memory
    endsRun = ending.map { $0 <= dropping ?? .max } ?? false
    let limit = min(dropping ?? .max, ending ?? .max)
    limitOfRun = limit
    guard dropping != nil || ending != nil else {
      budget = nil
      return
    }
    budget = .allocate(capacity: 1)
    budget?.initialize(to: MemoryBudget(limit: max(0, limit) / max(1, share)))
  }

  /// Bytes that names of tasks take, of which the budget knows.
  private var names = 0

  /// Names of tasks take so many bytes now.
  func charge(names bytes: Int) {
    budget?.pointee.charge(bytes - names)
    names = bytes
  }

  deinit { budget?.deallocate() }

  /// Bytes.
  var limit: Int? { budget?.pointee.limit }
  /// Updates may be dropped: which ones depends on the order of records.
  var drops: Bool { budget != nil && !endsRun }
}
