// Programs that answer the same question, in turns.

/// A program with its arguments, and how many events it gets.
struct Contestant {
  let name: String
  let command: [String]
  let events: UInt64
}

/// One question.
struct Race {
  let row: String
  let contestants: [Contestant]
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
        for contestant in race.contestants {
          let run = try stopwatch.measure(contestant.command)
          series.add(race.row, contestant.name, run)
        }
      }
    }
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
