// Events that perf did not record one by one: samples that stand for many, and counters without samples.

/// What is told of them.
struct PerfSampling: Sendable {
  /// By the number of the event.
  private let sampled: [UInt16: Event]
  private let onlyCounted: [String]

  private struct Event: Sendable {
    var name: String
    var option: String
    /// nil where each sample says it.
    var eventsOfEach: UInt64?
  }

  init(_ attributes: [PerfAttribute], _ schemas: [EventSchema]) {
    let names = Dictionary(schemas.map { ($0.id, $0.fullName) }, uniquingKeysWith: { a, _ in a })
    func name(_ attribute: PerfAttribute) -> String {
      names[Int(clamping: attribute.config)] ?? "event \(attribute.config)"
    }
    var sampled: [UInt16: Event] = [:]
    for attribute in attributes where attribute.isSampled {
      sampled[UInt16(truncatingIfNeeded: attribute.config)] = Event(
        name: name(attribute), option: attribute.samplingOption,
        eventsOfEach: attribute.eventsOfEach)
    }
    self.sampled = sampled
    onlyCounted = attributes.filter(\.isOnlyCounted).map(name)
  }

  var isNeeded: Bool { !sampled.isEmpty }

  /// Of what one pass has met.
  struct Tally {
    fileprivate var found: [UInt16: (samples: UInt64, events: UInt64?)] = [:]
  }

  func add(_ event: PerfEvent, _ period: UInt64?, _ order: ByteOrder, to tally: inout Tally) {
    guard let type = event.raw.baseAddress?.load(UInt16.self, at: 0, order),
      let known = sampled[type]
    else { return }
    let events = known.eventsOfEach ?? period
    let sum = tally.found[type] ?? (0, 0)
    tally.found[type] = (
      sum.samples + 1, sum.events.flatMap { sum in events.map { sum &+ $0 } }
    )
  }

  /// After a whole pass; each is said once.
  func report(_ tally: Tally, to damage: DamageLog) {
    for (type, sums) in tally.found.sorted(by: { $0.key < $1.key }) {
      guard let event = sampled[type] else { continue }
      let events = sums.events.map { "\($0)" } ?? "an unknown number of"
      damage.noteOnce(
        .note, "samples of \(event.name)",
        "\(event.name): samples, not all events (perf record \(event.option)): "
          + "\(sums.samples) of them stand for \(events) events")
    }
  }

  /// Of what has no samples, when the file is opened.
  func reportCounters(to damage: DamageLog) {
    for name in Set(onlyCounted).sorted() {
      damage.note(
        "counter \(name)",
        "\(name): perf only counted its events, with those of a leader (:S): none of them is recorded"
      )
    }
  }
}
