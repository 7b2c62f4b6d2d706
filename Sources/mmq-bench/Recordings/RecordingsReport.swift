// The result of the benchmark as Markdown.

import Foundation

struct RecordingsReport {
  let races: Races
  let field: BenchField
  let scripts: ReferenceScripts
  let rounds: Int
  let findings: ResultCheck.Findings

  /// How many times as fast as `trace-cmd report | awk` every query has to be.
  private static let timesReport = 50.0

  var text: String {
    [
      head, "### Version 6", plainTable, linesPerSecond, "### Version 7, zstd", packedTable,
      "### Reference scripts (Q7)", scriptTable, scriptRemark, results,
    ].joined(separator: "\n\n")
  }

  private var head: String {
    let inputs =
      [
        ("version 6", field.longSlab), ("version 7, zstd", field.longReclaim),
        ("for trace-cmd", field.shortSlab), ("for trace-cmd, zstd", field.shortReclaim),
      ] + (field.perf.map { [("for perf", $0)] } ?? [])
    let lines = inputs.map { "* \($0): \($1.description)" }
    let method =
      "Ratios of wall time of whole processes; medians of \(rounds) interleaved rounds; files in the "
      + "page cache; output to /dev/null. "
      + "Bold is what misses its target. Times of trace-cmd and perf are scaled by events."
    let programs = [
      "* machine: \(ProcessInfo.processInfo.activeProcessorCount) CPUs, \(Self.processor)",
      "* mmq: \(field.programs.place)", "* floors: \(field.programs.floorsSource)",
    ]
    return ([method, ""] + programs + lines + field.remarks.map { "* \($0)" })
      .joined(separator: "\n")
  }

  /// The name in proc_cpuinfo(5).
  private static var processor: String {
    let handle = FileHandle(forReadingAtPath: "/proc/cpuinfo")
    let text = String(decoding: (try? handle?.readToEnd()) ?? Data(), as: UTF8.self)
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    return line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
      ?? "unknown"
  }

  private var plainTable: String {
    Text.table(
      [
        "query", "floor, s", "M events/s", "`mmq -j 1` : floor", "at most", "`mmq` : floor",
        "at most", "`trace-cmd report \\| awk` : `mmq -j 1`", ": `mmq`",
        "`perf script \\| awk` : `mmq`",
      ], BenchQuery.all.map(plainRow))
  }

  private func plainRow(_ query: BenchQuery) -> [String] {
    let row = query.name
    let floor = races.time(row, Races.floor)
    let rate = floor.map { Double(races.events(row, Races.floor)) / $0 / 1e6 }
    let (one, all) = (races.time(row, Races.oneCore), races.time(row, Races.allCores))
    return [
      row, Text.number(floor, 3), Text.number(rate, 0),
      Text.ratio(one, floor, atMost: query.oneCore), Text.number(query.oneCore, 2),
      Text.ratio(all, floor, atMost: query.allCores), Text.number(query.allCores, 2),
      tool(Races.report, row, one), tool(Races.report, row, all), tool(Races.perf, row, all),
    ]
  }

  private var packedTable: String {
    Text.table(
      [
        "query", "libzstd alone, s", "`mmq -j 1` : libzstd", "at most", "`mmq` : libzstd",
        "at most", "`trace-cmd report \\| awk` : `mmq -j 1`", ": `mmq`",
      ], BenchField.packed.map(packedRow))
  }

  private func packedRow(_ query: BenchQuery) -> [String] {
    let row = BenchField.packedRow(query)
    let floor = races.time(row, Races.floor)
    let (one, all) = (races.time(row, Races.oneCore), races.time(row, Races.allCores))
    let limits: (one: Double?, all: Double?) = query.number == 1 ? (1.3, 0.8) : (nil, nil)
    return [
      query.name, Text.number(floor, 3),
      Text.ratio(one, floor, atMost: limits.one), Text.number(limits.one, 2),
      Text.ratio(all, floor, atMost: limits.all), Text.number(limits.all, 2),
      tool(Races.report, row, one), tool(Races.report, row, all),
    ]
  }

  private func tool(_ name: String, _ row: String, _ own: Double?) -> String {
    let time = races.time(row, name, scaledTo: Races.floor)
    return Text.times(time, own, atLeast: name == Races.report ? Self.timesReport : 0)
  }

  /// Q6 prints one line for each allocation of pages.
  private var linesPerSecond: String {
    let rates = [Races.oneCore, Races.allCores].map { program -> String in
      let rate = races.time("Q6", program).map { Double(findings.linesOfQ6) / $0 / 1e6 }
      return "`\(program)` \(Text.number(rate, 2))"
    }
    return "Q6, million lines a second (one core: at least 2): \(rates.joined(separator: ", "))"
  }

  private var scriptTable: String {
    Text.table(
      ["script", "recording", "M events", "`mmq`, ms", "`trace-cmd report`, s", "ratio"],
      scripts.rows.map { row in
        let own = races.time(row.name, Races.allCores)
        let report = races.time(row.capture, Races.report)
        return [
          row.name + (row.hasExit ? " †" : ""), row.capture,
          Text.millions(races.events(row.name, Races.allCores)),
          Text.number(own.map { $0 * 1e3 }, 1), Text.number(report, 2),
          Text.times(report, own, atLeast: Self.timesReport),
        ]
      })
  }

  private var scriptRemark: String {
    "`trace-cmd report` alone, the same file for both. † calls exit() after 60 seconds of events, "
      + "which may be before the recording's end."
  }

  private var results: String {
    if findings.differences.isEmpty { return "All results are those of the floors." }
    return "RESULTS DIFFER:\n" + findings.differences.map { "* \($0)" }.joined(separator: "\n")
  }
}
