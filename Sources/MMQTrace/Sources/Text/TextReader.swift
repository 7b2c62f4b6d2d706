// From lines to records.

/// Makes a record of each line of an event. Belongs to one pass.
final class TextReader {
  let catalog: TextCatalog
  /// By event; made when its first line comes.
  private let matchers: UnsafeMutableBufferPointer<TextEventMatchers?>
  /// Behind a pointer, as matchers say.
  private let made: UnsafeMutablePointer<TextRecord>
  private(set) var stamp: UInt64 = 0
  private(set) var tally = TextTally()
  private var lineNumber: UInt64 = 0
  private var latest: UInt64 = 0
  /// Of the lines at hand: those with zero bytes are no events, whatever they look like.
  var mayHaveZeros = false
  /// The line at hand was several.
  private var isJoined = false
  /// Events wait in it for their stacks, where somebody wants those.
  var stacks: TextStacks?
  /// Events that got lost before the next one.
  private(set) var losses: [TextLoss] = []

  /// Nobody has read the whole text yet, to see what follows events and is none.
  private let isFirst: Bool

  init(_ catalog: TextCatalog, isFirst: Bool) {
    (self.catalog, self.isFirst) = (catalog, isFirst)
    matchers = .allocate(capacity: catalog.events.count)
    matchers.initialize(repeating: nil)
    made = .allocate(capacity: 1)
    made.initialize(to: TextRecord())
  }

  deinit {
    matchers.deinitialize()
    matchers.deallocate()
    made.deinitialize(count: 1).deallocate()
  }

  /// The record of the line at hand.
  var record: UnsafeRawBufferPointer { made.pointee.bytes }

  /// The first of them is taken care of.
  func forgetLoss() { losses.removeFirst() }

  /// After the last line, which has no line break.
  func noteCut() { tally.note(.cut, lineNumber, "") }

  /// The next line was so many more.
  func noteFolds(_ count: UInt64) {
    isJoined = true
    tally.note(.folded, lineNumber + 2, count: count, "")
    lineNumber += count
  }

  private func takeEvent(_ text: TextSpan) {
    tally.folds.takeEvent(text, isJoined: isJoined)
    isJoined = false
  }

  /// True where the line made a record that is to be handed out now.
  func read(_ text: TextSpan) -> Bool {
    lineNumber += 1
    if mayHaveZeros, text.hasZeros {
      tally.note(.zeros, lineNumber, text.beginning)
      return false
    }
    guard let line = TextLine.parse(text), let name = TextName(line) else {
      takeFurniture(text)
      return false
    }
    if isFirst { takeEvent(text) }
    if name.kind == .stack {
      stacks?.begin(line, isUser: name.isOfUser)
      stacks?.take(name.text)
      return false
    }
    guard let index = catalog.find(name, type: line.type) else {
      tally.note(.newEvent, lineNumber, name.whole.text)
      return false
    }
    if line.stamp < latest { tally.note(.backInTime, lineNumber, "") }
    latest = line.stamp
    if line.columns != catalog.columns { tally.note(.otherColumns, lineNumber, "") }
    stamp = line.stamp
    make(index, line, name.text)
    guard let stacks else { return true }
    stacks.add(record, at: stamp, line)
    return false
  }

  private func takeFurniture(_ text: TextSpan) {
    stacks?.take(text)
    switch TextFurniture(text) {
    case .known: if isFirst { tally.folds.takeOther() }
    case .lost(let loss): losses.append(loss)
    case .unknown:
      if isFirst { tally.folds.takeStranger(text, lineNumber) }
      tally.note(
        text.mayBeBrokenEvent ? .brokenLine : .unknownLine, lineNumber, text.beginning)
    }
  }

  @inline(__always)
  private func make(_ index: Int, _ line: TextLine, _ text: TextSpan) {
    if line.group < 0, catalog.columns.contains(.group) { tally.note(.noGroup, lineNumber, "") }
    let type = index + 1
    let reading = reading(index)
    let event = reading.event
    TextCommon.begin(&made.pointee, line, type: type, size: event.size)
    if !event.hasFields || find(reading, type, line, text) {
      return TextCommon.end(&made.pointee, line)
    }
    // Without fields it is too short for blocks that read some, and they say so.
    let isNumbered = line.columns.contains(.raw)
    tally.note(isNumbered ? .numbered : .otherForm, lineNumber, event.schema.fullName)
    TextCommon.begin(&made.pointee, line, type: type, size: TextCommon.size)
  }

  private func find(
    _ reading: TextEventMatchers, _ type: Int, _ line: TextLine, _ text: TextSpan
  ) -> Bool {
    if line.columns.contains(.raw) { return false }
    let matchers = reading.matchers
    let start = reading.last
    for step in matchers.indices {
      let place = start + step < matchers.count ? start + step : start + step - matchers.count
      if step > 0 {
        TextCommon.begin(&made.pointee, line, type: type, size: reading.event.size)
      }
      if matchers[place].match(text, &made.pointee) {
        if step > 0 { reading.last = place }
        return true
      }
    }
    return findByName(reading.event, type, line, text)
  }

  @inline(__always)
  private func reading(_ index: Int) -> TextEventMatchers {
    if let known = matchers[index] { return known }
    let new = TextEventMatchers(catalog.events[index])
    matchers[index] = new
    return new
  }

  private func findByName(
    _ event: TextEvent, _ type: Int, _ line: TextLine, _ text: TextSpan
  ) -> Bool {
    TextCommon.begin(&made.pointee, line, type: type, size: event.size)
    var isNew = false
    let result = event.names.match(text, &made.pointee) { _ in isNew = true }
    if isNew, event.isInferred, result != .none {
      tally.note(.newField, lineNumber, event.schema.fullName)
    }
    return result == .all || event.isInferred && result == .some
  }
}

extension TextSpan {
  /// So much as a message shows, up to what cannot be shown.
  fileprivate var beginning: String {
    let short = TextSpan(start: start, end: min(end, start + 60))
    return TextSpan(start: start, end: short.find(UInt8(0)) ?? short.end).text
  }
}

/// What one pass has for an event.
private final class TextEventMatchers {
  let event: TextEvent
  let matchers: [TextMatcher]
  /// The one that fitted last.
  var last = 0

  init(_ event: TextEvent) {
    self.event = event
    matchers = event.patterns.map { TextMatcher($0) }
  }
}
