// The budget of a run, and where it comes from.

internal import MMQTrace

/// Owns the budget that a run's maps and strings share. Tables only point to it: who owns them holds this.
final class RunMemory {
  /// nil where there is no limit.
  let budget: UnsafeMutablePointer<MemoryBudget>?

  init(_ options: RunOptions, _ source: any TraceSource) {
    guard let limit = options.mapMemory(for: source) else {
      budget = nil
      return
    }
    budget = .allocate(capacity: 1)
    budget?.initialize(to: MemoryBudget(limit: max(0, limit)))
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
}
