// Everything that a reader had to skip or to doubt: counted, and said once.

internal import Synchronization

/// Collects what is wrong with an input. Repeated findings of one kind are one line with a count,
/// so that a shredded file doesn't flood the terminal. For any thread.
public final class DamageLog: Sendable {
  /// A note loses no data; after an error the result is partial.
  public enum Severity: Sendable { case note, error }

  /// What is wrong, and how often it was found.
  public struct Finding: Sendable {
    /// The same for all findings of one kind.
    public var severity: Severity
    /// What kind of finding this is: findings with equal kinds are counted together.
    public var kind: String
    /// The first of its kind, in words, with the place in the file.
    public var first: String
    /// How often it was found, from 1 on.
    public var count: Int
    /// Where in the file the first one is, if that is known.
    var place: UInt64?

    public init(severity: Severity, kind: String, first: String, count: Int) {
      self.init(severity: severity, kind: kind, first: first, count: count, place: nil)
    }

    init(severity: Severity, kind: String, first: String, count: Int, place: UInt64?) {
      (self.severity, self.kind, self.first) = (severity, kind, first)
      (self.count, self.place) = (count, place)
    }
  }

  private struct State {
    var findings: [Finding] = []
    var index: [String: Int] = [:]
  }

  private let state = Mutex(State())

  /// One for each kind, in the order in which they were found, or in which they lie in the file.
  public var findings: [Finding] { state.withLock { $0.findings } }

  public init() {}

  /// Data that should be there is missing or unreadable: the result is partial (exit code 1).
  /// `place`: where in the file; threads find things in any order.
  public func error(
    _ kind: String, at place: UInt64? = nil, _ message: @autoclosure () -> String
  ) {
    add(.error, kind, place, message)
  }

  /// Something odd that loses no data.
  public func note(_ kind: String, _ message: @autoclosure () -> String) {
    add(.note, kind, nil, message)
  }

  /// The same, if nothing of the kind is known: every pass over a source may find it again.
  func noteOnce(_ severity: Severity, _ kind: String, _ message: @autoclosure () -> String) {
    let isKnown = state.withLock { $0.index[kind] != nil }
    if !isKnown { add(severity, kind, nil, message) }
  }

  /// Some data is missing or unreadable.
  public var hasErrors: Bool { findings.contains { $0.severity == .error } }

  private func add(
    _ severity: Severity, _ kind: String, _ place: UInt64?, _ message: () -> String
  ) {
    state.withLock { state in
      guard let i = state.index[kind] else {
        state.index[kind] = state.findings.count
        state.findings.append(
          Finding(severity: severity, kind: kind, first: message(), count: 1, place: place))
        return
      }
      state.findings[i].count += 1
      if let place, let first = state.findings[i].place, place < first {
        state.findings[i].first = message()
        state.findings[i].place = place
      }
    }
  }

  /// Puts what has a place in the file in the order of places, after threads found it in any order.
  public func sortByPlace() {
    state.withLock { state in
      let slots = state.findings.indices.filter { state.findings[$0].place != nil }
      let sorted = slots.map { state.findings[$0] }.sorted { $0.place! < $1.place! }
      for (slot, finding) in zip(slots, sorted) {
        state.findings[slot] = finding
        state.index[finding.kind] = slot
      }
    }
  }
}
