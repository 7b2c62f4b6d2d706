// The events that a recording describes, each number once.

/// Collects schemas from `format` texts. What cannot be read is noted, and left out.
struct SchemaList {
  private(set) var all: [EventSchema] = []
  private var ids: Set<Int> = []
  private var known = KnownFields()
  private let damage: DamageLog

  init(_ damage: DamageLog) { self.damage = damage }

  /// `place`: what the text is in messages.
  mutating func take(
    _ format: ArraySlice<UInt8>, system: String, longSize: Int, _ place: @autoclosure () -> String
  ) {
    switch FormatParser.parse(format, system: system, longSize: longSize, &known) {
    case .success(let schema):
      if !(0..<RecordWish.typeCount).contains(schema.id) {
        damage.note("event ID", "\(schema.fullName): the ID \(schema.id) is out of range; skipped")
      } else if ids.insert(schema.id).inserted {
        all.append(schema)
      } else {
        damage.note(
          "doubled event",
          "\(schema.fullName): the ID \(schema.id) belongs to another event; skipped")
      }
    case .failure(let problem):
      damage.note(
        "event format", "\(system):\(name(format)): \(place()) cannot be read: \(problem)")
    }
  }

  private func name(_ format: ArraySlice<UInt8>) -> Substring {
    let start = String(decoding: format.prefix(200), as: UTF8.self)
    let line = start.split(separator: "\n").first { $0.hasPrefix("name: ") }
    return line?.dropFirst(6) ?? "?"
  }
}
