// Programs that answer the same question, in turns.

import Foundation

/// A program with its arguments.
struct Contestant {
  let name: String
  let command: [String]
  /// The recording that it reads.
  let input: BenchInput

  var events: UInt64 { input.events }
}

/// One question.
struct Race {
  let row: String
  let contestants: [Contestant]

  /// Reads what they read. Between two rounds minutes go by, and a kernel may take back pages of files
  /// that nobody uses (DAMON does).
  func bringIntoCache() throws {
    for path in Set(contestants.map(\.input.path)) {
      let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      while let data = try file.read(upToCount: 1 << 20), !data.isEmpty {}
    }
  }
}

/// What is measured in one run of the benchmark.
struct Races {
  static let floor = "floor"
  static let oneCore = "mmq -j 1"
  static let allCores = "mmq"
  static let report = "trace-cmd"
  static let perf = "perf"

  private(set) var races: [Race] = []
  private var events: [Series.Key: UInt64] = [:]
  private(set) var series = Series()

  mutating func add(_ race: Race) {
    races.append(race)
    for contestant in race.contestants {
      events[Series.Key(row: race.row, program: contestant.name)] = contestant.events
    }
  }

  /// Every program once on every question, then all of them again.
  mutating func run(_ rounds: Int, _ stopwatch: Stopwatch) throws {
    for round in 1...rounds {
      Workplace.say("round \(round) of \(rounds)")
      for race in races {
        try race.bringIntoCache()
        for contestant in race.contestants {
          let run = try stopwatch.measure(contestant.command)
          note(race.row, contestant.name, run)
        }
      }
    }
  }

  mutating func note(_ row: String, _ program: String, _ run: Measurement) {
    series.add(row, program, run)
  }

  /// Seconds; nil if that program wasn't there.
  func time(_ row: String, _ program: String) -> Double? { series.time(row, program) }

  /// Seconds that a program would take for as many events as the other one got.
  func time(_ row: String, _ program: String, scaledTo other: String) -> Double? {
    guard let own = events[Series.Key(row: row, program: program)], own > 0,
      let wanted = events[Series.Key(row: row, program: other)]
    else { return nil }
    return series.time(row, program).map { $0 * Double(wanted) / Double(own) }
  }

  func events(_ row: String, _ program: String) -> UInt64 {
    events[Series.Key(row: row, program: program)] ?? 0
  }
}
