// The first look at a text: which events and columns there are, and what the events consist of.

/// Takes lines, and makes the catalog of their events.
final class TextSurvey {
  private let formats: EventFormats?
  private let damage: DamageLog
  private var columns: TextLine.Columns?
  private(set) var cpus: Set<UInt32> = []
  private(set) var events: UInt64 = 0
  /// A header that only ftrace writes.
  private(set) var hasHeader = false
  private var found: [FoundTextEvent] = []
  private var places = TextNameTable()
  private var types: [Int: Int] = [:]
  private let record: UnsafeMutablePointer<TextRecord>
  private var lastCPU = UInt32.max
  private var isOfTraceCmd = false
  private var isOfPerf = false

  init(_ formats: EventFormats?, _ damage: DamageLog) {
    (self.formats, self.damage) = (formats, damage)
    record = .allocate(capacity: 1)
    record.initialize(to: TextRecord())
  }

  deinit { record.deinitialize(count: 1).deallocate() }

  /// One line; true if it is an event's.
  func take(_ text: TextSpan) -> Bool {
    guard let line = TextLine.parse(text), let name = TextName(line) else {
      if text.starts(with: "cpus=") { isOfTraceCmd = true }
      if text.starts(with: "# tracer:") || isOfTraceCmd { hasHeader = true }
      return false
    }
    columns = columns?.union(line.columns) ?? line.columns
    if line.cpu != lastCPU {
      cpus.insert(line.cpu)
      lastCPU = line.cpu
    }
    if name.kind == .stack { return true }
    if !name.system.isEmpty { isOfPerf = true }
    events += 1
    place(of: name, line.type)?.take(name.text, &record.pointee)
    return true
  }

  /// What is known of the event so far; nil beyond the most that there can be.
  private func place(of name: TextName, _ type: Int) -> FoundTextEvent? {
    let known = name.kind == .type ? types[type] : places.find(name.whole, name.kind)
    if let known { return found[known] }
    guard found.count < 10_000 else { return nil }
    let schema = name.kind == .type ? formats?.schema(type: type) : formats?.schema(name)
    found.append(FoundTextEvent(name, type, schema))
    if name.kind == .type {
      types[type] = found.count - 1
    } else {
      places.add(name.whole.text, name.kind, found.count - 1)
    }
    return found.last
  }

  /// Who wrote it.
  var description: String {
    if isOfPerf { return "text of perf script" }
    if isOfTraceCmd { return "text of trace-cmd report" }
    if columns?.contains(.raw) == true { return "ftrace text, raw" }
    return columns?.contains(.relative) == true ? "ftrace text, latency format" : "ftrace text"
  }

  /// All events of the formats, and those of lines that have none.
  func catalog() -> TextCatalog {
    let columns = columns ?? []
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

/// An event that lines name.
final class FoundTextEvent {
  let schema: EventSchema?
  let type: Int?
  let inference: TextInference
  private let kind: TextName.Kind
  /// Of the kernel's own form of a system call: made from its first line.
  private var callFields: [Field]?
  private let name: String
  /// Of each form, until a line has one.
  private var matchers: [TextMatcher] = []
  private(set) var form: Int?
  private var hasMatched = false
  private var failures = 0

  /// Lines without a match, after which none is expected.
  private static let enough = 1000

  init(_ name: TextName, _ type: Int, _ schema: EventSchema?) {
    self.schema = schema
    self.type = name.kind == .type ? type : nil
    kind = name.kind
    self.name = name.name.text
    let (system, event) = FoundTextEvent.fullName(name, type)
    inference = TextInference(schema?.system ?? system, schema?.name ?? event)
    guard let schema else { return }
    matchers = TextForms.drafts(of: schema, longSize: 8).map {
      TextMatcher(TextPattern($0) { _ in nil })
    }
    hasMatched = matchers.isEmpty || name.kind == .type
  }

  /// The system is that of the event's name where the line doesn't say it.
  private static func fullName(_ name: TextName, _ type: Int) -> (system: String, name: String) {
    let text = name.name.text
    switch name.kind {
    case .call: return ("syscalls", "sys_enter_" + text.withoutSys)
    case .callEnd: return ("syscalls", "sys_exit_" + text.withoutSys)
    case .function: return ("ftrace", "function")
    case .type: return (EventSystems.unknown, "type_\(type)")
    default:
      if text == "tracing_mark_write" { return ("ftrace", "print") }
      return (name.system.isEmpty ? EventSystems.system(of: text) : name.system.text, text)
    }
  }

  /// No line has the form that the format says, and there were some.
  var isUnlikeFormat: Bool { schema != nil && !hasMatched && failures > 0 }

  func take(_ text: TextSpan, _ record: inout TextRecord) {
    if schema == nil {
      if kind == .call, callFields == nil { callFields = FoundTextEvent.arguments(text) }
      return inference.learn(text, &record)
    }
    if hasMatched || failures > FoundTextEvent.enough { return }
    record.begin(TextCommon.size)
    form = matchers.firstIndex { $0.match(text, &record) }
    if form != nil {
      hasMatched = true
      matchers = []
      return
    }
    failures += 1
    inference.learn(text, &record)
  }

  /// Without a format.
  func made(_ id: Int, _ common: TextCommon, _ damage: DamageLog) -> TextEvent {
    var fields: [Field]?
    switch kind {
    case .call: fields = callFields
    case .callEnd: fields = [FoundTextEvent.long("ret", isSigned: true)]
    default:
      if name == "tracing_mark_write" {
        fields = [
          Field(
            name: "buf", typeText: "char[]", offset: 0, size: 0, isSigned: false, shape: .string)
        ]
      }
    }
    guard let fields else { return inference.event(id, common, nil, damage) }
    let schema = EventSchema(id: id, system: inference.system, name: inference.name, fields: fields)
    return TextEvent.of(schema, id: id, common, longSize: 8)
  }

  /// `fd: 3, buf: 7ffe91085ec0)`
  private static func arguments(_ text: TextSpan) -> [Field] {
    text.text.dropLast().split(separator: ", ").compactMap { part in
      part.firstIndex(of: ":").map { long(String(part[..<$0]), isSigned: false) }
    }
  }

  private static func long(_ name: String, isSigned: Bool) -> Field {
    Field(
      name: name, typeText: isSigned ? "long" : "unsigned long", offset: 0, size: 8,
      isSigned: isSigned,
      shape: .integer)
  }
}

extension String {
  fileprivate var withoutSys: Substring { hasPrefix("sys_") ? dropFirst(4) : self[...] }
}
