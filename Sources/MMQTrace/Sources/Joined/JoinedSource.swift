// Several recordings of one machine and one clock, read as if they were one.

/// What its inputs hold, in order of time. They are recordings of one boot, so that numbers of events,
/// threads and symbols mean the same in all of them: `InputSet` sees to that.
public class JoinedSource: TraceSource {
  public let inputs: [any TraceSource]
  public let machine: TracedMachine
  public let schemas: [EventSchema]
  public let taskSchemas: [EventSchema]
  public let printkFormats: String
  /// Of itself there is nothing to say: what is wrong with an input is in that one's.
  public let damage = DamageLog()

  init(_ inputs: [any TraceSource]) {
    self.inputs = inputs
    var machine = inputs[0].machine
    machine.cpuCount = inputs.compactMap(\.machine.cpuCount).max()
    self.machine = machine
    schemas = JoinedSource.union(inputs.map(\.schemas))
    taskSchemas = JoinedSource.union(inputs.map(\.taskSchemas))
    var texts: [String] = []
    for input in inputs where !texts.contains(input.printkFormats) {
      texts.append(input.printkFormats)
    }
    printkFormats = texts.joined(separator: "\n")
  }

  /// Each number once.
  static func union(_ lists: [[EventSchema]]) -> [EventSchema] {
    var known: Set<Int> = []
    return lists.joined().filter { known.insert($0.id).inserted }
  }

  public var name: String { inputs.map(\.name).joined(separator: ", ") }

  public var formatDescription: String {
    var kinds: [String] = []
    for input in inputs where !kinds.contains(input.formatDescription) {
      kinds.append(input.formatDescription)
    }
    return "\(inputs.count) recordings of one clock: \(kinds.joined(separator: "; "))"
  }

  public var clock: TraceClock { inputs[0].clock }

  public var savedComms: [(tid: Int32, comm: String)] { inputs.flatMap(\.savedComms) }

  public var savedGroups: [(thread: Int32, process: Int32)] { inputs.flatMap(\.savedGroups) }

  public func kernelSymbols() -> KernelSymbols {
    inputs.lazy.map { $0.kernelSymbols() }.first { !$0.isEmpty } ?? .none
  }

  /// Nearly always the first one has them.
  public var keptSymbols: KeptSymbols? { inputs[0].keptSymbols }

  public var canReadAgain: Bool { inputs.allSatisfy(\.canReadAgain) }

  public var stackSchema: EventSchema? { inputs.lazy.compactMap(\.stackSchema).first }

  public var withStacks: any TraceSource { JoinedSource.of(inputs.map(\.withStacks)) }

  /// One of these classes, or the input itself where there is only one.
  static func of(_ inputs: [any TraceSource]) -> any TraceSource {
    if inputs.count == 1 { return inputs[0] }
    let divisible = inputs.compactMap { $0 as? any DivisibleSource }
    return divisible.count == inputs.count
      ? JoinedParts(divisible: divisible) : JoinedSource(inputs)
  }

  public var bytesRead: (soFar: UInt64, inOnePass: UInt64)? {
    var sum: (soFar: UInt64, inOnePass: UInt64) = (0, 0)
    for input in inputs {
      guard let read = input.bytesRead else { return nil }
      sum = (sum.soFar + read.soFar, sum.inOnePass + read.inOnePass)
    }
    return sum
  }

  public func openStreams() throws -> [any PageStream] {
    try streams { try $0.openStreams() }
  }

  public func openTaskStreams() throws -> [any PageStream] {
    try streams { try $0.openTaskStreams() }
  }

  final func streams(
    _ open: (any TraceSource) throws -> [any PageStream]
  ) rethrows -> [any PageStream] {
    try inputs.enumerated().flatMap { index, input in
      try open(input).map { JoinedStream.of(input: index, $0) }
    }
  }
}

/// Inputs that can all be read in parts can be so together.
final class JoinedParts: JoinedSource, DivisibleSource {
  private let parts: [any DivisibleSource]

  init(divisible inputs: [any DivisibleSource]) {
    parts = inputs
    super.init(inputs)
  }

  func openParts(of size: Int?) throws -> RecordingParts {
    RecordingParts(joining: try parts.map { try $0.openParts(of: size) })
  }

  var partsAreInOrder: Bool { parts.allSatisfy(\.partsAreInOrder) }

  /// nil where some input does not know.
  var firstStamp: UInt64? {
    let first = parts.compactMap(\.firstStamp)
    return first.count == parts.count ? first.min() : nil
  }

  var lastStamp: UInt64? { parts.compactMap(\.lastStamp).max() }

  func openStreams(_ ahead: WorkQueue) throws -> [any PageStream] {
    try parts.enumerated().flatMap { index, input in
      try input.openStreams(ahead).map { JoinedStream.of(input: index, $0) }
    }
  }
}
