// What a script will do, for `-d plan`.

internal import MMQLanguage
internal import MMQTrace

/// The probes that a script binds, the events that are decoded for it, and in which order the records
/// must be read.
public struct Plan: Sendable {
  /// A block of the script at one attach point.
  public struct Probe: Sendable {
    /// `script.mmq:3`
    public var place: String
    /// As the script writes it, with parameters filled in.
    public var attachPoint: String
    /// Full names of its events; empty for timers.
    public var events: [String]
    /// Names of the fields that it reads.
    public var fields: [String]
    /// Nanoseconds of an interval.
    public var period: UInt64?
    /// Why its records must come in order of time: places and reasons. Where there are none, parts of
    /// the input could be read at once.
    public var orderReasons: [String]
    var maps: Set<Int> = []
  }

  /// In order of declaration.
  public var probes: [Probe]
  /// How many events the source describes.
  public var knownEvents: Int
  /// Types of maps, as `-d types` shows them.
  public var maps: [String]
  /// What is learned of tasks before the run, in words.
  public var tasks: [String]
  /// The result depends on the order of records, be it only on which ones come before a tick.
  public var needsTimeOrder: Bool

  /// Full names of the events that some probe wants.
  public var events: [String] { Set(probes.flatMap(\.events)).sorted() }
}

extension Script {
  /// What a run would do. Of a script with errors, nothing.
  public func plan() -> Plan {
    Plan(
      probes: program.bindings.map { probe($0) }, knownEvents: target.byName.count,
      maps: program.maps.map { "@\($0.name): \($0.description)" },
      tasks: (program.usesComm ? ["comm: names over time"] : [])
        + (program.usesPid ? ["pid: thread groups over time"] : []),
      needsTimeOrder: program.needsTimeOrder)
  }

  private func probe(_ binding: BoundBlock) -> Plan.Probe {
    let block = program.blocks[binding.block]
    var probe = Plan.Probe(
      place: place(of: block.span), attachPoint: binding.name, events: [], fields: [], period: nil,
      orderReasons: [])
    switch binding.trigger {
    case .begin, .end, .signal: break
    case .interval(let period):
      probe.period = period
      probe.orderReasons = ["it runs between records"]
    case .events(let events):
      var seen: Set<String> = []
      probe.events = events.map(\.fullName).filter { seen.insert($0).inserted }
      probe.fields = block.use.fields.sorted()
      probe.maps = block.use.maps
      probe.orderReasons = OrderAnalysis.obstacles(in: block, of: program).map {
        "\(place(of: $0.span)): \($0.why)"
      }
    }
    return probe
  }

  private func place(of span: Span) -> String {
    let (line, column) = text.position(of: span.start)
    return "\(text.name(at: span.start)):\(line):\(column)"
  }
}

extension Plan {
  /// For people: a paragraph for each matter.
  public func text() -> String {
    var text = "probes\n"
    for probe in probes { text += line(of: probe) }
    text += "\nevents decoded: \(events.count) of \(knownEvents)\n"
    for name in events.prefix(Plan.shownEvents) { text += "  \(name)\n" }
    if events.count > Plan.shownEvents { text += "  … \(events.count - Plan.shownEvents) more\n" }
    text += tasks.isEmpty ? "" : "\ntasks, learned in a pass before the run\n" + lines(tasks)
    text += "\norder: " + order() + "\nin parallel: " + parallel()
    return text + (maps.isEmpty ? "" : "\nmaps\n" + lines(maps))
  }

  private static let shownEvents = 20

  private func lines(_ items: [String]) -> String { items.map { "  \($0)\n" }.joined() }

  private func line(of probe: Probe) -> String {
    var line = "  \(probe.place)  \(probe.attachPoint)"
    if let period = probe.period { line += ", every \(Plan.duration(period))" }
    if probe.events.count > 1 { line += ", \(probe.events.count) events" }
    if !probe.fields.isEmpty { line += ", reads " + probe.fields.joined(separator: ", ") }
    return line + "\n"
  }

  private func order() -> String {
    if events.isEmpty { return "there are no records to read\n" }
    if !needsTimeOrder { return "does not matter: a recording is read in parts, on all cores\n" }
    if probes.allSatisfy({ $0.events.isEmpty || $0.orderReasons.isEmpty }) {
      return "matters only at ticks: up to each, a recording is read in parts, on all cores\n"
    }
    let reasons = probes.flatMap { probe in
      probe.period == nil ? probe.orderReasons : ["\(probe.place): \(probe.orderReasons[0])"]
    }
    var seen: Set<String> = []
    return "records of all CPUs are merged by time\n"
      + lines(reasons.filter { seen.insert($0).inserted })
  }

  /// What order does not matter to. Only programs of nothing else are read on several cores.
  private func parallel() -> String {
    let blocks = probes.filter { !$0.events.isEmpty }
    // What an ordered block reads must be as of its time.
    let ordered = blocks.filter { !$0.orderReasons.isEmpty }.reduce(into: Set<Int>()) {
      $0.formUnion($1.maps)
    }
    let free = blocks.filter { $0.orderReasons.isEmpty && $0.maps.isDisjoint(with: ordered) }
    if blocks.isEmpty { return "nothing\n" }
    if free.count == blocks.count {
      return needsTimeOrder
        ? "the blocks of all events, between two ticks: they only add up\n"
        : "the blocks of all events: they only add up\n"
    }
    if free.isEmpty { return "nothing\n" }
    return "these blocks only add up, in maps of their own\n"
      + lines(free.map { "\($0.place)  \($0.attachPoint)" })
  }

  /// `1 s`, `100 ms`, `1500 us`: in the largest unit that leaves a whole number.
  private static func duration(_ nanoseconds: UInt64) -> String {
    let units: [(String, UInt64)] = [("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1000)]
    let unit = units.first { nanoseconds % $0.1 == 0 } ?? ("ns", 1)
    return "\(nanoseconds / unit.1) \(unit.0)"
  }
}
