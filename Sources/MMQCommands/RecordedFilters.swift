// What the kernel decides of the predicates of `mmq record`, and what it does not.

internal import MMQ
internal import MMQTrace

/// Nobody looks at a record between the kernel and the file: so where the kernel cannot decide all of a
/// predicate, more is recorded than was asked for, and that is said.
struct RecordedFilters {
  /// Of these events more is recorded, by name.
  private let loose: [EventFilter]
  /// Of these all is recorded, because it tells of tasks.
  private let tasks: [String]

  /// Throws a Stop where a predicate makes no sense in a recording.
  init(_ script: Script, _ events: LiveEvents) throws {
    let filters = script.filters()
    if script.predicatesAct {
      throw Stop(
        status: Stop.usageError,
        message:
          "mmq: a predicate of record only looks at the event: it cannot count, assign or divide")
    }
    if let never = filters.first(where: \.passesNothing) {
      throw Stop(
        status: Stop.usageError, message: "mmq: no record of \(never.event) can pass its predicate")
    }
    loose = filters.filter { !$0.isExact && !events.tasks.contains($0.event) }
    tasks = filters.filter { events.tasks.contains($0.event) && !($0.isExact && $0.text == nil) }
      .map(\.event)
  }

  /// The kernel decides all predicates.
  var areExact: Bool { loose.isEmpty && tasks.isEmpty }

  /// Sentences for those who read recordings; `refused` are events whose filters the kernel did not take.
  func notes(refused: [String]) -> [String] {
    let whole = loose.filter { $0.text == nil }.map(\.event) + refused
    var notes = loose.filter { $0.text != nil && !refused.contains($0.event) }.prefix(
      Self.mostNotes
    )
    .map { "\($0.event): the kernel decides only a part of the predicate, '\($0.text ?? "")'" }
    if !whole.isEmpty { notes.append("\(list(whole)): the kernel cannot decide the predicate") }
    if !tasks.isEmpty { notes.append("\(list(tasks)): all of it is recorded: it tells of tasks") }
    return notes.map { "WARNING: \($0)" }
      + (areExact && refused.isEmpty
        ? [] : ["HINT: more is recorded than was asked for: give the predicate again with mmq -i"])
  }

  /// A wildcard may stand for hundreds.
  private static let mostNotes = 3

  private func list(_ events: [String]) -> String {
    let more = events.count - Self.mostNotes
    return events.prefix(Self.mostNotes).joined(separator: ", ")
      + (more > 0 ? " and \(more) more" : "")
  }
}
