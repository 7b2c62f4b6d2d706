// The first look at a text: which events and columns there are, and what the events consist of.

/// Takes lines, and makes the catalog of their events.
final class TextSurvey {
  private let formats: EventFormats?
  private let damage: DamageLog
  private var columns: TextLine.Columns = []
  private(set) var events: UInt64 = 0
  /// A header that only ftrace writes.
  private(set) var hasHeader = false
  /// The start of the first line that is no event's.
  private(set) var firstLine = ""
  private var found: [FoundTextEvent] = []
  /// Behind a pointer, as matchers say.
  private let places: UnsafeMutablePointer<TextNameTable>
  private var types: [Int: Int] = [:]
  private let record: UnsafeMutablePointer<TextRecord>
  private var isOfTraceCmd = false
  private var isOfPerf = false

  init(_ formats: EventFormats?, _ damage: DamageLog) {
    (self.formats, self.damage) = (formats, damage)
    record = .allocate(capacity: 1)
    record.initialize(to: TextRecord())
    places = .allocate(capacity: 1)
    places.initialize(to: TextNameTable())
  }

  deinit {
    record.deinitialize(count: 1).deallocate()
    places.deinitialize(count: 1).deallocate()
  }

  /// One line; true if it is an event's.
  func take(_ text: TextSpan) -> Bool {
    guard let line = TextLine.parse(text), let name = TextName(line) else {
      let rest = text.unquoted
      if firstLine.isEmpty {
        firstLine = TextSpan(start: rest.start, end: min(rest.end, rest.start + 40)).trimmed.text
      }
      if rest.starts(with: "cpus=") { isOfTraceCmd = true }
      if rest.starts(with: "# tracer:") || isOfTraceCmd { hasHeader = true }
      return false
    }
    columns.formUnion(line.columns)
    if name.kind == .stack { return true }
    if !name.system.isEmpty { isOfPerf = true }
    events += 1
    place(of: name, line.type)?.take(name.text, &record.pointee)
    return true
  }

  /// What is known of the event so far; nil beyond the most that there can be.
  private func place(of name: TextName, _ type: Int) -> FoundTextEvent? {
    let known = name.kind == .type ? types[type] : places.pointee.find(name.whole, name.kind)
    if let known { return found[known] }
    guard found.count < 10_000 else { return nil }
    let schema = name.kind == .type ? formats?.schema(type: type) : formats?.schema(name)
    found.append(FoundTextEvent(name, type, schema))
    if name.kind == .type {
      types[type] = found.count - 1
    } else {
      places.pointee.add(name.whole.text, name.kind, found.count - 1)
    }
    return found.last
  }

  /// Who wrote it.
  var description: String {
    if isOfPerf { return "text of perf script" }
    if isOfTraceCmd { return "text of trace-cmd report" }
    if columns.contains(.raw) { return "ftrace text, raw" }
    return columns.contains(.relative) ? "ftrace text, latency format" : "ftrace text"
  }

  /// All events of the formats, and those of lines that have none.
  func catalog() -> TextCatalog {
    let common = TextCommon(columns)
    let catalog = TextCatalog(common, columns)
    let longSize = formats?.longSize ?? 8
    var inferred: [String: FoundTextEvent] = [:]
    var forms: [String: Int] = [:]
    for event in found {
      if let schema = event.schema { forms[schema.fullName] = event.form }
      if let schema = event.schema, event.isUnlikeFormat {
        inferred[schema.fullName] = event
        damage.note(
          "other form of \(schema.fullName)",
          "\(schema.fullName): no line has the form of its print fmt; fields are taken from name=value"
        )
      }
    }
    for schema in formats?.schemas ?? [] where catalog.nextID < TextCatalog.mostEvents {
      let event =
        inferred[schema.fullName]?.inference.event(catalog.nextID, common, schema, damage)
        ?? TextEvent.of(
          schema, form: forms[schema.fullName] ?? 0, id: catalog.nextID, common, longSize: longSize)
      catalog.add(event, type: schema.id)
    }
    for event in found where event.schema == nil && catalog.nextID < TextCatalog.mostEvents {
      catalog.add(event.made(catalog.nextID, common, damage), type: event.type)
    }
    return catalog
  }
}
