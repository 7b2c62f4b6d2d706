// The first look at a text: which events and columns there are, and what the events consist of.

/// Takes lines, and makes the catalog of their events.
final class TextSurvey {
  private let formats: EventFormats?
  private let damage: DamageLog
  private var columns: TextLine.Columns = []
  private(set) var events: UInt64 = 0
  /// As ftrace's header names it.
  private var tracer: String?
  /// The start of the first line that nobody knows.
  private var firstStranger: String?
  /// The first line of an event.
  private(set) var firstLine: [UInt8]?
  private var found: [FoundTextEvent] = []
  /// Behind a pointer, as matchers say.
  private let places: UnsafeMutablePointer<TextNameTable>
  private var types: [Int: Int] = [:]
  /// The event of all functions.
  private var function: Int?
  private let record: UnsafeMutablePointer<TextRecord>
  private var mail = TextMail()
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

  /// All lines of a block.
  func take(_ block: inout TextSpan) {
    var joined: UInt64 = 0
    let mayHaveZeros = block.hasZeros
    // A copy of its own costs less for each line than the one that others may see.
    var copy = mail
    while let line = block.takeLine(&joined) {
      copy.lineNumber += 1 + joined
      copy.isJoined = joined > 0
      if joined > 0 { copy.hasFolds = true }
      // What has zero bytes tells nothing.
      if mayHaveZeros, line.hasZeros { continue }
      take(line, &copy)
    }
    mail = copy
  }

  @inline(__always)
  private func take(_ text: TextSpan, _ mail: inout TextMail) {
    guard let line = TextLine.parse(text), let name = TextName(line) else {
      return takeOther(text, &mail)
    }
    mail.folds.takeEvent(text, isJoined: mail.isJoined)
    columns.formUnion(line.columns)
    if name.kind == .stack { return }
    if !name.system.isEmpty { isOfPerf = true }
    events += 1
    if firstLine == nil { firstLine = text.trimmed.bytes }
    if mail.code.take(name.text) { return }
    place(of: name, line.type)?.take(name.text, &record.pointee)
  }

  private func takeOther(_ text: TextSpan, _ mail: inout TextMail) {
    if TextFurniture(text) == .unknown {
      mail.folds.takeStranger(text, mail.lineNumber)
    } else {
      mail.folds.takeOther()
    }
    if events == 0 { takeStranger(text) }
  }

  /// Lines were folded, and joined again.
  var hasFolds: Bool { mail.hasFolds }

  /// What follows events and is none, before anything else is said.
  func reportFolds() { mail.folds.report(to: damage) }

  /// A line before all events that is none's.
  private func takeStranger(_ line: TextSpan) {
    let text = line.unquoted
    if text.starts(with: "cpus=") { isOfTraceCmd = true }
    if text.starts(with: "# tracer:") {
      tracer = TextSpan(start: text.start + 9, end: text.end).trimmed.text
    }
    if firstStranger == nil, TextFurniture(text) == .unknown {
      firstStranger = TextSpan(start: text.start, end: min(text.end, text.start + 40)).trimmed.text
    }
  }

  /// Why there is nothing to ask; nil where there are events, or where a tool says that it has none.
  var problem: TraceError? {
    if let problem = mail.code.problem { return problem }
    if events > 0 || firstStranger == nil && (tracer != nil || isOfTraceCmd) { return nil }
    if let tracer, tracer != "nop" {
      return TraceError("is text of the tracer '\(tracer)', whose lines are no events")
    }
    return TraceError(
      "is text, but no line is one of ftrace's trace, of trace-cmd report or of perf script, "
        + "as NAME-PID [CPU] TIME: EVENT: …; one is `\(firstStranger ?? "")`")
  }

  /// What is known of the event so far; nil beyond the most that there can be.
  private func place(of name: TextName, _ type: Int) -> FoundTextEvent? {
    if let known = known(name, type) { return found[known] }
    guard found.count < 10_000 else { return nil }
    let schema = name.kind == .type ? formats?.schema(type: type) : formats?.schema(name)
    found.append(FoundTextEvent(name, type, schema))
    switch name.kind {
    case .type: types[type] = found.count - 1
    case .function: function = found.count - 1
    default: places.pointee.add(name.whole.text, name.kind, found.count - 1)
    }
    return found.last
  }

  @inline(__always)
  private func known(_ name: TextName, _ type: Int) -> Int? {
    switch name.kind {
    case .type: types[type]
    case .function: function
    default: places.pointee.find(name.whole, name.kind)
    }
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
      // The kernel's own text has flags.
      if !isOfPerf, !columns.contains(.flags) { event.inference.noteUnsureBases(damage) }
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

/// What a mail did to the lines so far.
private struct TextMail {
  var lineNumber: UInt64 = 0
  var folds = TextFold()
  var code = TextMailCode()
  /// The line at hand was several.
  var isJoined = false
  /// Some line was.
  var hasFolds = false
}
