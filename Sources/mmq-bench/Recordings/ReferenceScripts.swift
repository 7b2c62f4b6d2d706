// Q7: the fifteen reference scripts, each over a recording that has its events.

import ArgumentParser
import Foundation

struct ReferenceScripts {
  struct Row {
    let name: String
    let capture: String
    /// A script that calls exit() may end before the recording does.
    let hasExit: Bool
  }

  let rows: [Row]
  let races: [Race]
  /// By the name of the capture.
  let inputs: [String: BenchInput]

  static let directory = "Tests/Fixtures/reference"

  private static let captures = [
    ("reclaim", ["s01", "s02", "s03", "s04", "s11"]), ("oom", ["s05", "s14"]),
    ("compaction", ["s06", "s15"]), ("thp", ["s07", "s13"]),
    ("slab", ["s08", "s09", "s10", "s12"]),
  ]

  init(_ workplace: Workplace, _ programs: Programs, events: UInt64) throws {
    var (rows, inputs): ([Row], [String: BenchInput]) = ([], [:])
    var races: [Race] = []
    for (capture, scripts) in Self.captures {
      let input = try Self.input(workplace, capture, events)
      inputs[capture] = input
      if Workplace.find("trace-cmd") != nil { races.append(Self.report(capture, input)) }
      for name in scripts {
        let path = "\(workplace.package)/\(Self.directory)/\(name).mmq"
        let hasExit = try String(contentsOfFile: path, encoding: .utf8).contains("exit()")
        rows.append(Row(name: name, capture: capture, hasExit: hasExit))
        let command = [programs.mmq, "-q", path, "-i", input.path]
        races.append(
          Race(
            row: name,
            contestants: [
              Contestant(name: Races.allCores, command: command, input: input)
            ]))
      }
    }
    self.rows = rows.sorted { $0.name < $1.name }
    (self.races, self.inputs) = (races, inputs)
  }

  private static func report(_ capture: String, _ input: BenchInput) -> Race {
    Race(
      row: capture,
      contestants: [
        Contestant(
          name: Races.report,
          command: ["sh", "-c", "exec trace-cmd report -i \"$0\" 2>/dev/null", input.path],
          input: input)
      ])
  }

  private static func input(
    _ workplace: Workplace, _ capture: String, _ events: UInt64
  ) throws -> BenchInput {
    let places = ["Tests/Fixtures/captures", "Examples/traces", "shared/captures"]
    guard let path = workplace.first(of: places.map { "\($0)/\(capture).dat" }) else {
      throw ValidationError("there is no \(capture).dat")
    }
    return try BenchInputs(workplace: workplace).make(path, .version7, events: events)
  }
}
