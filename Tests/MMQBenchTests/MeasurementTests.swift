// What was measured, its medians, and how it is printed.

import Testing

@testable import mmq_bench

@Suite struct MeasurementTests {
  private static func run(_ wall: Double, memory: Int = 0) throws -> Measurement {
    try #require(Measurement(line: "\(Int(wall * 1e9)) 0 0 \(memory) 0"))
  }

  @Test func lineOfMeasure() throws {
    let run = try #require(Measurement(line: "1661480 1568 250 1468 3\n"))
    #expect(run.wall == 0.00166148)
    #expect(run.user == 0.001568)
    #expect(run.system == 0.00025)
    #expect(run.memory == 1468)
    #expect(run.exitCode == 3)
    #expect(Measurement(line: "") == nil)
    #expect(Measurement(line: "1 2 3 four 5") == nil)
  }

  @Test func mediansAndPeaks() throws {
    #expect(Series.median(of: []) == nil)
    #expect(Series.median(of: [3, 1, 2]) == 2)
    #expect(Series.median(of: [4, 1, 2, 3]) == 2.5)
    var series = Series()
    for (wall, memory) in [(3.0, 10), (1.0, 30), (2.0, 20)] {
      series.add("Q1", "mmq", try Self.run(wall, memory: memory))
    }
    #expect(series.time("Q1", "mmq") == 2)
    #expect(series.memory("Q1", "mmq") == 30)
    #expect(series.time("Q1", "floor") == nil)
  }

  private static func contestant(_ name: String, _ events: UInt64) -> Contestant {
    Contestant(
      name: name, command: [], input: BenchInput(path: "", events: events, description: ""))
  }

  @Test func timesAreScaledByEvents() throws {
    var races = Races()
    let contestants = [Self.contestant(Races.floor, 20), Self.contestant(Races.report, 1)]
    races.add(Race(row: "Q1", contestants: contestants))
    #expect(races.events("Q1", Races.floor) == 20)
    #expect(races.time("Q1", Races.report, scaledTo: Races.floor) == nil)
    races.note("Q1", Races.report, try Self.run(0.5))
    #expect(races.time("Q1", Races.report) == 0.5)
    #expect(races.time("Q1", Races.report, scaledTo: Races.floor) == 10)
  }

  @Test func mapsAreFilledInLoopsThatMayRun() {
    #expect(
      MapCost.fill(1_000_000)
        == "begin { for ($j : 0..2) { for ($i : 0..500000) { @[$j * 500000 + $i] = count(); } }  exit(); }"
    )
  }

  @Test func ratiosThatMissTheirTargetAreBold() {
    #expect(Text.ratio(1.2, 1, atMost: 1.3) == "1.20")
    #expect(Text.ratio(1.4, 1, atMost: 1.3) == "**1.40**")
    #expect(Text.ratio(nil, 1, atMost: 1.3) == "—")
    #expect(Text.times(100, 1, atLeast: 50) == "100")
    #expect(Text.times(40, 1, atLeast: 50) == "**40**")
  }

  @Test func tables() {
    #expect(Text.table(["a", "b"], [["1", "2"]]) == "| a | b |\n|---|---|\n| 1 | 2 |")
  }

  @Test func memoryOfAProcess() {
    let text = "Name:\tmmq\nVmHWM:\t  123456 kB\nVmRSS:\t   12345 kB\n"
    #expect(MapCost.memory(inStatus: text) == MapCost.Memory(now: 12345, peak: 123456))
    #expect(MapCost.memory(inStatus: "Name:\tmmq\n") == nil)
  }
}
