// Recordings that are made for script tests, by the name that stands behind `// input:`.

public import MMQTrace

public enum MadeInput: String, CaseIterable, Sendable {
  /// `OddTrace`.
  case odd
  /// `MadeTrace` with a date: its first record is of 2026-01-02 03:04:05 UTC.
  case dated
  /// `MadeTrace` with a clock that counts cycles, and nothing that says how long they are.
  case cycles

  public func open() throws -> any TraceSource {
    switch self {
    case .odd: try OddTrace.open()
    case .dated: try MadeTrace.open(date: 1_767_323_044_000_000)
    case .cycles: try MadeTrace.open(clock: "x86-tsc")
    }
  }
}
