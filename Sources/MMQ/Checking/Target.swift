// What a program is bound to: the events of one source.

public import MMQTrace

/// The events, and what messages and the meaning of builtins need to know of their source.
public struct Target {
  /// The events that scripts may name.
  public var schemas: [EventSchema]
  /// The machine that the events come from.
  public var machine: TracedMachine
  /// What each source calls itself, and its machine, by `EventSchema.source`.
  let sources: [(name: String, machine: TracedMachine)]
  /// `system:name` to indices in `schemas`, made once: wildcards ask often. There is one for each source
  /// that has the event.
  let byName: [String: [Int]]
  /// Where `common_pid` lies in each record.
  let threadField: Field
  /// The builtins that scripts may use. A value, so that an embedding program can add its own.
  public var builtins: [Builtin]
  /// What scripts may do to, and know of, the machine that mmq runs on.
  public var host = HostOptions()
  /// Maps of earlier runs. A script may read those that it does not assign; the session must be given
  /// them.
  public var keptMaps: [MapShape] = []
  /// False for the report of a saved state, which has nothing of its recordings but maps.
  var knowsEvents = true
  /// Maps of a saved state: a script finds them filled, and may change them.
  var savedMaps: [MapShape] = []
  /// Addresses and names of the kernels' functions, for kaddr(): those of each source.
  var symbols: [() -> KernelSymbols] = []

  /// Records of stacks belong to the event before them: no probe matches them, but in a listing of all records.
  public init(
    schemas: [EventSchema], machine: TracedMachine, builtins: [Builtin] = Builtin.all,
    listsStacks: Bool = false
  ) {
    self.init(
      schemas: schemas, sources: [("", machine)], builtins: builtins, listsStacks: listsStacks)
  }

  private init(
    schemas: [EventSchema], sources: [(name: String, machine: TracedMachine)],
    builtins: [Builtin], listsStacks: Bool
  ) {
    let events = schemas.filter { listsStacks || !StackLayout.events.contains($0.fullName) }
    self.schemas = events
    machine = sources[0].machine
    self.sources = sources
    self.builtins = builtins
    byName = Dictionary(grouping: events.indices) { events[$0].fullName }
    threadField =
      schemas.lazy.compactMap { $0.field(named: "common_pid") }.first { $0.size == 4 }
      ?? Field(
        name: "common_pid", typeText: "int", offset: 4, size: 4, isSigned: true, shape: .integer,
        isCommon: true)
  }

  public init(
    _ source: any TraceSource, builtins: [Builtin] = Builtin.all, listsStacks: Bool = false
  ) {
    self.init([source], builtins: builtins, listsStacks: listsStacks)
  }

  /// For a run over these sources, one after the other. There is one at least.
  public init(
    _ sources: [any TraceSource], builtins: [Builtin] = Builtin.all, listsStacks: Bool = false
  ) {
    var schemas: [EventSchema] = []
    for (index, source) in sources.enumerated() {
      schemas += source.schemas.map { schema in
        var schema = schema
        schema.source = index
        return schema
      }
    }
    self.init(
      schemas: schemas, sources: sources.map { ($0.name, $0.machine) }, builtins: builtins,
      listsStacks: listsStacks)
    symbols = sources.map { $0.kernelSymbols }
  }

  /// Of events that several sources have, the first source's.
  public var distinctSchemas: [EventSchema] {
    sources.count == 1
      ? schemas : schemas.filter { schemas[byName[$0.fullName]![0]].source == $0.source }
  }

  /// The kernel as messages name it: `6.1`, from `6.1.0-53-amd64`.
  var kernelVersion: String? { Target.kernelVersion(of: machine) }

  /// That of the source of the first of some events.
  func kernelVersion(of events: [EventSchema]) -> String? {
    Target.kernelVersion(of: sources[events.first?.source ?? 0].machine)
  }

  private static func kernelVersion(of machine: TracedMachine) -> String? {
    guard let release = machine.kernelRelease else { return nil }
    let parts = release.split(separator: ".", maxSplits: 2).prefix(2)
    return parts.map { String($0.prefix { $0.isNumber }) }.joined(separator: ".")
  }
}
