// How fast recordings are read: mmq beside hand-written loops, libzstd, and other tools.

import ArgumentParser
import Foundation

struct RecordingsBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recordings",
    abstract: "Recordings: mmq beside hand-written loops and other tools (the default).",
    discussion: """
      Makes its inputs in .build/bench and uses them again; captures come from $MMQ_SHARED, \
      ../shared, or the package. Needs a C compiler for ../shared/bench/floors.c; trace-cmd, perf, \
      strip and readelf have columns of their own where they are installed.
      """)

  @Option(help: "Millions of events of the long recordings, at least.")
  var events = 20.0

  @Option(help: "Millions of events for trace-cmd and perf, whose times are scaled up by events.")
  var toolEvents = 1.0

  @Option(help: "Rounds; medians are printed.")
  var rounds = 5

  @Option(help: "Millions of keys of the map whose memory is measured.")
  var keys: UInt64 = 10

  @Flag(help: "End with 1 if a result differs from that of the floor.")
  var check = false

  @Flag(help: "Build nothing; the programs beside this one are taken as they are.")
  var noBuild = false

  @Option(help: "The mmq to measure, instead of building it.")
  var mmq: String?

  func validate() throws {
    guard (0.001...10_000).contains(events), (0.001...10_000).contains(toolEvents) else {
      throw ValidationError("--events and --tool-events are from 0.001 to 10000 millions")
    }
    guard rounds > 0, (1...1000).contains(keys) else {
      throw ValidationError("--rounds is at least 1, --keys from 1 to 1000 millions")
    }
  }

  func run() throws {
    let workplace = try Workplace()
    let programs = try Programs(workplace, mmq: mmq, builds: !noBuild)
    let stopwatch = Stopwatch(programs: programs, workplace: workplace)
    let sizes = (long: UInt64(events * 1e6), short: UInt64(toolEvents * 1e6))
    let field = try BenchField(workplace, programs, long: sizes.long, short: sizes.short)
    let scripts = try ReferenceScripts(workplace, programs, events: sizes.short)
    // First, because it brings all files into the page cache.
    Workplace.say("comparing results")
    let findings = try ResultCheck(field: field, stopwatch: stopwatch).findings()
    var races = Races()
    for race in field.races + scripts.races { races.add(race) }
    try races.run(rounds, stopwatch)
    let footprint = Footprint(workplace: workplace, programs: programs, stopwatch: stopwatch)
    let report = RecordingsReport(
      races: races, field: field, scripts: scripts, rounds: rounds, findings: findings)
    print(report.text + "\n")
    print(try footprint.text(races, keys: keys * 1_000_000, input: field.shortSlab.path))
    if check && !findings.differences.isEmpty { throw ExitCode(1) }
  }
}
