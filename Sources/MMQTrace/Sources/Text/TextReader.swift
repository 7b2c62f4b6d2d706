// From lines to records.

/// Makes a record of each line of an event. Belongs to one pass.
final class TextReader {
  let catalog: TextCatalog
  private var matchers: [[TextMatcher]?]
  /// The pattern that fitted last, by event.
  private var last: [Int]
  private(set) var record = TextRecord()
  private(set) var stamp: UInt64 = 0
  private(set) var tally = TextTally()
  private var lineNumber: UInt64 = 0
  private var latest: UInt64 = 0
  /// Events that got lost before the next one.
  private(set) var losses: [UInt64?] = []

  init(_ catalog: TextCatalog) {
    self.catalog = catalog
    matchers = Array(repeating: nil, count: catalog.events.count)
    last = Array(repeating: 0, count: catalog.events.count)
  }

  func forgetLosses() { losses = [] }

  /// True where the line made a record.
  func read(_ text: TextSpan) -> Bool {
    lineNumber += 1
    guard let line = TextLine.parse(text), let name = TextName(line) else {
      takeFurniture(text)
      return false
    }
    if name.kind == .stack { return false }
    guard let index = catalog.find(name, type: line.type) else {
      tally.note(.newEvent, lineNumber, name.whole.text)
      return false
    }
    if line.stamp < latest { tally.note(.backInTime, lineNumber, "") }
    latest = line.stamp
    if line.columns != catalog.columns { tally.note(.otherColumns, lineNumber, "") }
    stamp = line.stamp
    make(index, line, name.text)
    return true
  }

  private func takeFurniture(_ text: TextSpan) {
    switch TextFurniture(text) {
    case .known: break
    case .lost(let events): losses.append(events)
    case .header(let lost): if lost > 0 { losses.append(lost) }
    case .unknown:
      tally.note(
        .unknownLine, lineNumber,
        TextSpan(start: text.start, end: min(text.end, text.start + 60)).text)
    }
  }

  @inline(__always)
  private func make(_ index: Int, _ line: TextLine, _ text: TextSpan) {
    if line.group < 0, catalog.columns.contains(.group) { tally.note(.noGroup, lineNumber, "") }
    let event = catalog.events[index]
    let type = index + 1
    TextCommon.begin(&record, line, type: type, size: event.size)
    if !event.hasFields || find(event, index, line, text) {
      return TextCommon.end(&record, line)
    }
    // Without fields it is too short for blocks that read some, and they say so.
    tally.note(.otherForm, lineNumber, event.schema.fullName)
    TextCommon.begin(&record, line, type: type, size: TextCommon.size)
  }

  private func find(_ event: TextEvent, _ index: Int, _ line: TextLine, _ text: TextSpan) -> Bool {
    if line.columns.contains(.raw) { return false }
    let matchers = matchers(index, event)
    let start = last[index]
    for step in matchers.indices {
      let place = start + step < matchers.count ? start + step : start + step - matchers.count
      if step > 0 { TextCommon.begin(&record, line, type: index + 1, size: event.size) }
      if matchers[place].match(text, &record) {
        if step > 0 { last[index] = place }
        return true
      }
    }
    return findByName(event, index, line, text)
  }

  private func matchers(_ index: Int, _ event: TextEvent) -> [TextMatcher] {
    if let known = matchers[index] { return known }
    let made = event.patterns.map { TextMatcher($0) }
    matchers[index] = made
    return made
  }

  private func findByName(_ event: TextEvent, _ index: Int, _ line: TextLine, _ text: TextSpan)
    -> Bool
  {
    TextCommon.begin(&record, line, type: index + 1, size: event.size)
    var isNew = false
    let result = event.names.match(text, &record) { _ in isNew = true }
    if isNew, event.isInferred, result != .none {
      tally.note(.newField, lineNumber, event.schema.fullName)
    }
    return result == .all || event.isInferred && result == .some
  }
}

/// What lines are that could not be used, or not as a whole: counted by kind, with the first one's number.
struct TextTally {
  enum Kind: CaseIterable {
    case unknownLine, newEvent, newField, otherForm, otherColumns, backInTime, noGroup
  }

  private(set) var found: [Kind: (count: UInt64, line: UInt64, what: String)] = [:]

  mutating func note(_ kind: Kind, _ line: UInt64, _ what: @autoclosure () -> String) {
    if found[kind] == nil { found[kind] = (0, line, what()) }
    found[kind]?.count += 1
  }

  /// Says all of it, once however many passes there are.
  func report(to damage: DamageLog) {
    for kind in Kind.allCases {
      guard let (count, line, what) = found[kind] else { continue }
      let lines = count == 1 ? "line \(line)" : "\(count) lines, the first of them line \(line),"
      let (are, have) = count == 1 ? ("is", "has") : ("are", "have")
      switch kind {
      case .unknownLine:
        damage.noteOnce(
          .error, "unknown lines", "\(lines) \(are) no event's, and skipped: `\(what)`")
      case .newEvent:
        damage.noteOnce(
          .error, "new events",
          "\(lines) \(are) skipped: of events that the first lines did not have, such as \(what); "
            + "--formats tells them from the start")
      case .newField:
        damage.noteOnce(
          .note, "new fields",
          "\(lines) \(have) fields that the first lines did not have (\(what)); --formats tells them"
        )
      case .otherForm:
        damage.noteOnce(
          .note, "other forms",
          "\(lines) \(have) not the form of the other ones or of the print fmt (\(what)): "
            + "fields of these events are unknown")
      case .otherColumns:
        damage.noteOnce(
          .note, "other columns",
          "\(lines) \(have) other columns than the rest: what is missing is 0 there")
      case .backInTime:
        damage.noteOnce(.note, "times", "\(lines) \(are) earlier than the line before")
      case .noGroup:
        damage.noteOnce(
          .note, "no group", "\(lines) \(have) no thread group: pid is the thread's id there")
      }
    }
  }
}
