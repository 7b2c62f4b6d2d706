// An event without a format: its fields and their types from the lines themselves.

/// Learns from the lines of one event. Lines of one form make one pattern; values only add to what their
/// types must hold.
final class TextInference {
  let system: String
  let name: String
  private var slots: [[UInt8]] = []
  private var slotOf: [[UInt8]: Int] = [:]
  private var forms: [(drafts: [TextDraft], slots: [Int])] = []
  private var matchers: [TextMatcher] = []
  private var last = 0
  /// Of slots: what lines say that are of no form, and how many.
  private var kinds: [LineValueKind] = []
  private var found: [UInt64] = []
  private(set) var lines: UInt64 = 0

  /// A text that is only `x=` in ever new ways has no more fields, and no more forms.
  private static let mostFields = 64
  private static let mostForms = 16

  init(_ system: String, _ name: String) { (self.system, self.name) = (system, name) }

  func learn(_ text: TextSpan, _ record: inout TextRecord) {
    lines += 1
    let matchers = matchers
    for index in matchers.indices {
      let place = index + last < matchers.count ? index + last : index + last - matchers.count
      if matchers[place].match(text, &record) {
        matchers[place].matched += 1
        if index > 0 { last = place }
        return
      }
    }
    addForm(of: text)
  }

  private func addForm(of text: TextSpan) {
    var drafts: [TextDraft] = []
    var used: [Int] = []
    var end = text.start
    TextKeys.each(text) { key, value in
      guard let slot = slot(key.bytes) else { return }
      kinds[slot].formUnion(LineValue.number(value)?.kind ?? .string)
      if !used.contains(slot) { found[slot] += 1 }
      // What stands before the first name may differ from line to line.
      if drafts.isEmpty, key.start > text.start { drafts.append(TextDraft(TextPart(kind: .skip))) }
      let from = used.isEmpty ? key.start : end
      drafts.append(TextDraft(literal: TextSpan(start: from, end: key.end + 1).bytes))
      drafts.append(TextDraft(TextPart(kind: .value), used.contains(slot) ? nil : .slot(slot)))
      used.append(slot)
      end = value.end
    }
    guard forms.count < TextInference.mostForms else { return }
    if drafts.isEmpty { drafts.append(TextDraft(TextPart(kind: .skip))) }
    drafts.append(TextDraft(literal: TextSpan(start: end, end: text.end).trimmed.bytes))
    drafts = TextDraft.joined(used.isEmpty ? [drafts[0]] : drafts)
    forms.append((drafts, used))
    matchers.append(
      TextMatcher(
        TextPattern(drafts, isInferred: true) {
          if case .slot(let slot) = $0 { TextDestination.slot(slot) } else { nil }
        },
        learning: TextInference.mostFields))
    last = matchers.count - 1
  }

  private func slot(_ key: [UInt8]) -> Int? {
    if let slot = slotOf[key] { return slot }
    guard slots.count < TextInference.mostFields else { return nil }
    slotOf[key] = slots.count
    slots.append(key)
    kinds.append([])
    found.append(0)
    return slots.count - 1
  }

  /// What was learned. `format` tells types and names of values where the text is of its fields: as
  /// the kernel's option `fields` prints them.
  func event(_ id: Int, _ common: TextCommon, _ format: EventSchema?, _ damage: DamageLog)
    -> TextEvent
  {
    for (form, matcher) in zip(forms, matchers) {
      for slot in Set(form.slots) {
        kinds[slot].formUnion(matcher.kinds[slot])
        found[slot] += matcher.matched
      }
    }
    var layout = TextFieldLayout()
    for (slot, key) in slots.enumerated() {
      add(slot, String(decoding: key, as: UTF8.self), format, &layout)
    }
    var schema = TextEvent.textSchema(system, name, id, common, layout)
    if let format {
      let numbers = Set(
        layout.fields.filter { $0.shape == .integer || $0.shape == .bool }.map(\.name))
      schema.symbols = format.symbols.filter { numbers.contains($0.key) }
      let known = Set(layout.fields.map(\.name))
      schema.absentFields = format.ownFields.map(\.name).filter { !known.contains($0) }
    }
    noteGaps(damage)
    let patterns = forms.map { form in
      TextPattern(form.drafts, isInferred: true) {
        if case .slot(let slot) = $0 { self.destination(slot, layout) } else { nil }
      }
    }
    return TextEvent(
      schema, size: layout.size, patterns, TextNamedFields(layout.fields, of: name),
      isInferred: true)
  }

  private func add(
    _ slot: Int, _ name: String, _ format: EventSchema?, _ layout: inout TextFieldLayout
  ) {
    let kind = kinds[slot]
    if let field = format?.field(named: name), !field.isCommon {
      if FieldBits(field) != nil, !kind.isString { return layout.add(field) }
      if case .dynamicString = field.shape { return layout.add(field) }
    }
    // A task may be called true.
    let isName = name.hasSuffix("comm") || name.hasSuffix("name")
    if kind.isString || kind == .truth && isName {
      layout.addString(name)
    } else {
      layout.addNumber(name, isSigned: !kind.isUnsigned)
    }
  }

  private func destination(_ slot: Int, _ layout: TextFieldLayout) -> TextDestination? {
    TextNamedFields.destination(layout.fields[slot], of: name)
  }

  /// A record has a place for each field: where a line lacks one, it is 0 or "".
  private func noteGaps(_ damage: DamageLog) {
    let rare = slots.indices.filter { found[$0] < lines }
    guard let first = rare.first else { return }
    let others = rare.count > 1 ? " and \(rare.count - 1) other fields" : ""
    damage.note(
      "gaps of \(system):\(name)",
      "\(system):\(name): \(lines - found[first]) of \(lines) lines have no "
        + "\(String(decoding: slots[first], as: UTF8.self))\(others): 0 or \"\" there")
  }
}
