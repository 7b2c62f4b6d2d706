// What a program is bound to: the events of one source.

public import MMQTrace

/// The events, and what messages and the meaning of builtins need to know of their source.
public struct Target {
  /// The events that scripts may name.
  public var schemas: [EventSchema]
  /// The machine that the events come from.
  public var machine: TracedMachine
  /// `system:name` to index in `schemas`, made once: wildcards ask often.
  let byName: [String: Int]
  /// Where `common_pid` lies in each record.
  let threadField: Field
  /// The builtins that scripts may use. A value, so that an embedding program can add its own.
  public var builtins: [Builtin]
  /// What scripts may do to, and know of, the machine that mmq runs on.
  public var host = HostOptions()
  /// Maps of earlier runs. A script may read those that it does not assign; the session must be given
  /// them.
  public var keptMaps: [MapShape] = []
  /// Maps of a saved state: a script finds them filled, and may change them.
  var savedMaps: [MapShape] = []
  /// Addresses and names of the kernel's functions, for kaddr().
  var symbols: () -> KernelSymbols = { .none }

  /// Records of stacks belong to the event before them: no probe matches them, but in a listing of all records.
  public init(
    schemas: [EventSchema], machine: TracedMachine, builtins: [Builtin] = Builtin.all,
    listsStacks: Bool = false
  ) {
    let events = schemas.filter { listsStacks || !StackLayout.events.contains($0.fullName) }
    self.schemas = events
    self.machine = machine
    self.builtins = builtins
    byName = Dictionary(
      events.indices.map { (events[$0].fullName, $0) }, uniquingKeysWith: { a, _ in a })
    threadField =
      schemas.lazy.compactMap { $0.field(named: "common_pid") }.first { $0.size == 4 }
      ?? Field(
        name: "common_pid", typeText: "int", offset: 4, size: 4, isSigned: true, shape: .integer,
        isCommon: true)
  }

  public init(
    _ source: any TraceSource, builtins: [Builtin] = Builtin.all, listsStacks: Bool = false
  ) {
    self.init(
      schemas: source.schemas, machine: source.machine, builtins: builtins,
      listsStacks: listsStacks)
    symbols = source.kernelSymbols
  }

  /// The kernel as messages name it: `6.1`, from `6.1.0-53-amd64`.
  var kernelVersion: String? {
    guard let release = machine.kernelRelease else { return nil }
    let parts = release.split(separator: ".", maxSplits: 2).prefix(2)
    return parts.map { String($0.prefix { $0.isNumber }) }.joined(separator: ".")
  }
}
