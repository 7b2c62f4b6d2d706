// What a run has found, as a value that is kept, merged with others, and shown later.

internal import MMQTrace

/// The maps of one run before its `end`, or of several runs of one script, with all that must be said of
/// them: which recordings they are of, what was lost, damaged or skipped.
///
/// A run with `RunOptions.keepsState` leaves it in `Session.state`. `bytes` and `init(_:)` are the state
/// file; `merged(_:)` makes one of several; `report(to:)` runs the script's blocks of `end` over it
/// and prints the maps, as the run itself did.
public struct SavedState: Sendable {
  var script: SavedScript
  /// The recordings and live runs that it tells of, by name.
  public internal(set) var recordings: [StateRecording]
  /// What `end` may ask of it.
  var machine: TracedMachine
  /// In order of name.
  var maps: [SavedMap]
  var strings: SavedStrings
  /// Why parts of one recording do not add up to it; nil where they do.
  var partProblem: String?
  /// Blocks of `end` ask what time it is.
  var endAsksForTime: Bool

  /// The name of the script's file.
  public var scriptName: String { script.name }

  /// The key columns of a `CSVRenderer` for it.
  public var keyColumns: Int { maps.map(\.shape.keyColumns).max() ?? 0 }
}

extension SavedState {
  /// What merging makes doubtful, as sentences.
  var notes: [String] {
    var notes: [String] = []
    let mixesTimes = !hasOneClock
    let different = maps.filter { $0.hasConflicts && !($0.holdsTimes && mixesTimes) }
      .map { "@\($0.shape.name)" }
    if !different.isEmpty {
      notes.append(
        "NOTE: \(different.joined(separator: ", ")): states have different values of one key; "
          + "the greatest is shown")
    }
    var timed = maps.filter { $0.holdsTimes && $0.rows > 0 }.map { "@\($0.shape.name)" }
    if endAsksForTime { timed.append("nsecs in 'end'") }
    if !timed.isEmpty, mixesTimes {
      notes.append(
        "NOTE: the clocks of the recordings do not compare: times of several are mixed in "
          + timed.joined(separator: ", "))
    }
    return notes
  }

  /// One recording, or times that count from 1970.
  private var hasOneClock: Bool {
    recordings.count < 2 || recordings.allSatisfy { $0.clock.dateOffset == 0 }
  }

  /// How long the runs went on, all together.
  var observed: UInt64 { recordings.reduce(0) { $0 &+ $1.spans.length } }

  /// The clock of all recordings together: from the earliest to the latest time of any.
  var clock: StateClock {
    guard var all = recordings.first?.clock else {
      return StateClock(isNanoseconds: true, first: 0, last: 0)
    }
    for other in recordings.dropFirst().map(\.clock) {
      if all.name != other.name { all.name = nil }
      if all.dateOffset != other.dateOffset { all.dateOffset = nil }
      all.isNanoseconds = all.isNanoseconds && other.isNanoseconds
      all.first = min(all.first, other.first)
      all.last = max(all.last, other.last)
    }
    return all
  }
}
