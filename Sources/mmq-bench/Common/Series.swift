// What was measured, by what was measured.

/// Runs of several programs on several questions.
struct Series {
  struct Key: Hashable {
    var row: String
    var program: String
  }

  private var runs: [Key: [Measurement]] = [:]

  mutating func add(_ row: String, _ program: String, _ run: Measurement) {
    runs[Key(row: row, program: program), default: []].append(run)
  }

  /// Seconds of wall time; nil if it was not run.
  func time(_ row: String, _ program: String) -> Double? {
    runs[Key(row: row, program: program)].flatMap { Self.median(of: $0.map(\.wall)) }
  }

  /// The most memory of all runs, in kilobytes.
  func memory(_ row: String, _ program: String) -> Int? {
    runs[Key(row: row, program: program)]?.map(\.memory).max()
  }

  /// The middle one, or between the two in the middle.
  static func median(of values: [Double]) -> Double? {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return nil }
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
}
