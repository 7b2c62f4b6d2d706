// Who runs over which recordings.

/// The queries Q1 to Q6 over version 6, Q1 and Q3 over version 7.
struct BenchField {
  let programs: Programs
  let longSlab: BenchInput
  let shortSlab: BenchInput
  let longReclaim: BenchInput
  let shortReclaim: BenchInput
  /// The events of `longReclaim` in version 6: the floors read nothing else.
  let plainReclaim: BenchInput
  /// nil where perf or its capture is missing.
  let perf: BenchInput?
  let hasTraceCmd: Bool
  /// What is missing.
  let remarks: [String]

  /// The queries that are asked of version 7.
  static let packed = BenchQuery.all.filter { $0.number == 1 || $0.number == 3 }

  init(_ workplace: Workplace, _ programs: Programs, long: UInt64, short: UInt64) throws {
    let inputs = BenchInputs(workplace: workplace)
    self.programs = programs
    longSlab = try inputs.make(try inputs.slab(), .version6, events: long)
    shortSlab = try inputs.make(try inputs.slab(), .version6, events: short)
    longReclaim = try inputs.make(try inputs.reclaim(events: long), .version7, events: long)
    shortReclaim = try inputs.make(try inputs.reclaim(events: short), .version7, events: short)
    plainReclaim = try inputs.make(try inputs.reclaim(events: long), .version6, events: long)
    hasTraceCmd = Workplace.find("trace-cmd") != nil
    let capture = workplace.first(of: ["shared/captures/kmem.perf.data"])
    let hasPerf = Workplace.find("perf") != nil
    perf = hasPerf ? try capture.map { try inputs.makePerf($0, events: short) } : nil
    var remarks: [String] = []
    if !hasTraceCmd { remarks.append("SKIP trace-cmd: it is not installed") }
    if !hasPerf { remarks.append("SKIP perf: it is not installed") }
    if hasPerf && capture == nil { remarks.append("SKIP perf: ../shared has no kmem.perf.data") }
    self.remarks = remarks
  }

  var races: [Race] {
    BenchQuery.all.map { Race(row: $0.name, contestants: contestants($0)) }
      + Self.packed.map { Race(row: Self.packedRow($0), contestants: packedContestants($0)) }
  }

  static func packedRow(_ query: BenchQuery) -> String { "\(query.name), v7 zstd" }

  private func contestants(_ query: BenchQuery) -> [Contestant] {
    let path = longSlab.path
    let own = [
      Contestant(
        name: Races.floor, command: [programs.floors, query.name, path], input: longSlab),
      Contestant(name: Races.oneCore, command: mmq(query, path, ["-j", "1"]), input: longSlab),
      Contestant(name: Races.allCores, command: mmq(query, path), input: longSlab),
    ]
    let perf = perf.map {
      [Contestant(name: Races.perf, command: perfScript(query, $0.path), input: $0)]
    }
    return own + report(query, shortSlab) + (perf ?? [])
  }

  private func packedContestants(_ query: BenchQuery) -> [Contestant] {
    let path = longReclaim.path
    return [
      Contestant(
        name: Races.floor, command: [programs.ownFloors, "zstd", path], input: longReclaim),
      Contestant(name: Races.oneCore, command: mmq(query, path, ["-j", "1"]), input: longReclaim),
      Contestant(name: Races.allCores, command: mmq(query, path), input: longReclaim),
    ] + report(query, shortReclaim)
  }

  private func report(_ query: BenchQuery, _ input: BenchInput) -> [Contestant] {
    guard hasTraceCmd else { return [] }
    return [
      Contestant(name: Races.report, command: traceCmdReport(query, input.path), input: input)
    ]
  }

  func mmq(_ query: BenchQuery, _ path: String, _ options: [String] = []) -> [String] {
    [programs.mmq, "-q"] + options + ["-e", query.script, "-i", path]
  }

  func traceCmdReport(_ query: BenchQuery, _ path: String) -> [String] {
    ["sh", "-c", "trace-cmd report -i \"$0\" 2>/dev/null | awk '\(query.awk)'", path]
  }

  func perfScript(_ query: BenchQuery, _ path: String) -> [String] {
    ["sh", "-c", "perf script -i \"$0\" 2>/dev/null | awk '\(query.awk)'", path]
  }
}
