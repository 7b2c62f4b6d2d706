// Which recording a source is, whatever file it is read from.

/// Copies of a recording have the same, compressed ones and those in another version of a format, too.
enum RecordingIdentity: Hashable {
  /// By the earliest record: its time on the machine's clock.
  case records(machine: Origin, first: UInt64)
  /// A text names no machine: its first event stands for it, as it is written.
  case text(firstLine: [UInt8])

  struct Origin: Hashable {
    var uname: String?
    var clock: String?

    init(_ source: any TraceSource) {
      (uname, clock) = (source.machine.uname, source.clock.name)
    }
  }

  /// Their first records often have the same time as those of others: they count jiffies, records, or from 0 on.
  private static let commonClocks = ["uptime", "counter", "relative"]

  /// nil where nothing tells: of a source that goes on, of one without records, and of some clocks.
  init?(_ source: any TraceSource) {
    if RecordingIdentity.commonClocks.contains(source.clock.name ?? "") { return nil }
    if let text = source as? TextSource {
      guard let line = text.firstLine else { return nil }
      self = .text(firstLine: line)
    } else {
      guard let stamp = (source as? any DivisibleSource)?.firstStamp else { return nil }
      self = .records(machine: Origin(source), first: StampConversion(source.clock)(stamp))
    }
  }

  /// Two sources of one recording, in their order; nil where each is another one. Only those of one machine are
  /// read.
  static func twins(among inputs: [any TraceSource]) -> (any TraceSource, any TraceSource)? {
    var known: [RecordingIdentity: any TraceSource] = [:]
    let groups = Dictionary(grouping: inputs.indices) { Origin(inputs[$0]) }
    for index in inputs.indices where groups[Origin(inputs[index])]?.count ?? 0 > 1 {
      guard let identity = RecordingIdentity(inputs[index]) else { continue }
      if let other = known.updateValue(inputs[index], forKey: identity),
        !areOfTwoBoots(other, inputs[index])
      {
        return (other, inputs[index])
      }
    }
    return nil
  }

  /// Clocks start at 0, and so two boots may have the same times.
  private static func areOfTwoBoots(_ a: any TraceSource, _ b: any TraceSource) -> Bool {
    guard let first = a.kernelStart, let second = b.kernelStart else { return false }
    return first != second
  }
}
