// Which of several recordings one run can merge by time, and which it reads one after the other.

/// The inputs of one run. Those whose times and numbers mean the same are one source; the sources are read
/// one after the other.
public struct InputSet {
  /// In the order of their first inputs.
  public let sources: [any TraceSource]
  /// Why some inputs are not merged with others: sentences without `NOTE: `.
  public let notes: [String]

  /// Throws a `TraceError` where no run can read them all, or where some events would count twice.
  public init(_ inputs: [any TraceSource]) throws(TraceError) {
    if let (a, b) = RecordingIdentity.twins(among: inputs) {
      throw TraceError("\(a.name) and \(b.name) are one recording: its events would count twice")
    }
    var groups: [InputGroup] = []
    var notes: [String] = []
    for input in inputs {
      if let first = groups.first?.inputs[0], let problem = InputSet.obstacle(input, first) {
        throw TraceError(problem)
      }
      var reasons: [String] = []
      for index in groups.indices where reasons.count == index {
        if let reason = groups[index].reason(against: input) {
          reasons.append(reason)
        } else {
          groups[index].add(input)
        }
      }
      guard reasons.count == groups.count else { continue }
      if let last = groups.last, let reason = reasons.last {
        notes.append(
          "\(input.name) is read after \(last.inputs[0].name), not merged by time: \(reason)")
      }
      groups.append(InputGroup(input))
    }
    sources = groups.map(\.source)
    self.notes = notes
  }

  /// What one program cannot be compiled for.
  private static func obstacle(_ a: any TraceSource, _ b: any TraceSource) -> String? {
    guard a.machine.byteOrder != b.machine.byteOrder else { return nil }
    return
      "\(a.name) is \(a.machine.byteOrder)-endian and \(b.name) \(b.machine.byteOrder)-endian: "
      + "ask one at a time"
  }
}

/// Recordings of one boot and one clock.
private struct InputGroup {
  private(set) var inputs: [any TraceSource]
  private var events: [Int: EventSchema] = [:]

  init(_ first: any TraceSource) {
    inputs = []
    add(first)
  }

  mutating func add(_ input: any TraceSource) {
    inputs.append(input)
    for event in input.schemas + input.taskSchemas where events[event.id] == nil {
      events[event.id] = event
    }
  }

  var source: any TraceSource { JoinedSource.of(inputs) }

  /// Why a recording is not one of them; nil where it is.
  func reason(against input: any TraceSource) -> String? {
    let first = inputs[0]
    if let reason = InputGroup.clocksDiffer(first.clock, input.clock) { return reason }
    if let reason = InputGroup.machinesDiffer(first.machine, input.machine) { return reason }
    if let other = (input.schemas + input.taskSchemas).first(where: { !agrees($0) }) {
      return
        "their kernels number events differently (\(other.id) is \(other.fullName) in one of them)"
    }
    if let a = first.stackSchema, let b = input.stackSchema, a.id != b.id || a.fields != b.fields {
      return "they hold stacks in different ways"
    }
    switch (first.kernelStart, input.kernelStart) {
    case (nil, _), (_, nil): return "nothing tells whether the machine was started in between"
    case (let a, let b): return a == b ? nil : "the machine was started in between"
    }
  }

  private func agrees(_ event: EventSchema) -> Bool {
    guard let known = events[event.id] else { return true }
    return known.fullName == event.fullName && known.fields == event.fields
  }

  private static func clocksDiffer(_ a: TraceClock, _ b: TraceClock) -> String? {
    guard let first = a.name, let second = b.name else {
      return "nothing tells which clocks they are of"
    }
    if first != second { return "one has the clock '\(first)', the other '\(second)'" }
    // Of two dates that recorders found for one clock, each is as good as the other.
    let isSame = a.cycles == b.cycles && a.isWallClock == b.isWallClock
    return isSame && (a.isWallClock || a.offset == b.offset)
      ? nil : "their clocks are set differently"
  }

  /// Recorders tell more or less of a machine: what one does not say is no difference.
  private static func machinesDiffer(_ a: TracedMachine, _ b: TracedMachine) -> String? {
    guard let first = a.uname, let second = b.uname else {
      return "nothing tells whether they are of one machine"
    }
    let (few, many) = first.count < second.count ? (first, second) : (second, first)
    let words = Set(many.split(separator: " "))
    let isSame = few.split(separator: " ").allSatisfy(words.contains) && a.longSize == b.longSize
    return isSame ? nil : "they are of different machines or kernels ('\(first)', '\(second)')"
  }
}
