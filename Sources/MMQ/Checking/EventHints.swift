// What may have been meant by the name of an event that is not there.

internal import MMQLanguage
internal import MMQTrace

struct EventHints {
  private let schemas: [EventSchema]
  private let list: String

  init(_ target: Target) {
    schemas = target.schemas
    list = target.host.input == .recording ? "mmq list -i FILE" : "mmq list"
  }

  /// For a system and a name, either of which may be a pattern.
  func text(_ system: String, _ name: String) -> String {
    guess(system, name).map { "did you mean \($0)?" }
      ?? (systems.contains(system)
        ? "\(list) '\(system):*' shows those of \(system)" : "\(list) shows those there are")
  }

  /// For a word without a colon: nil where it is neither a system nor the name of an event.
  func text(ofSystem word: String) -> String? {
    if systems.contains(word) {
      return "\(word) is a system of tracepoints: \(word):* names them all"
    }
    if let event = event(named: word) {
      return "did you mean \(event.fullName)?"
    }
    return nil
  }

  /// Of any system: the name is remembered better than the system.
  func event(named name: String) -> EventSchema? { schemas.first { $0.name == name } }

  private var systems: Set<String> { Set(schemas.map(\.system)) }

  private func guess(_ system: String, _ name: String) -> String? {
    if let event = event(named: name) { return event.fullName }
    let names = schemas.map(\.fullName)
    if let nearest = Nearest.name(to: "\(system):\(name)", among: names) { return nearest }
    guard !systems.contains(system),
      let near = Nearest.name(to: system, among: systems.sorted())
    else { return nil }
    let glob = Glob(name)
    let isThere = schemas.contains { $0.system == near && glob.matches($0.name) }
    return isThere ? "\(near):\(name)" : nil
  }
}
