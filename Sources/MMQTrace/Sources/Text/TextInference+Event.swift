// What was learned of an event, as its schema and its patterns.

extension TextInference {
  /// What was learned. `format` tells types and names of values where the text is of its fields: as
  /// the kernel's option `fields` prints them.
  func event(_ id: Int, _ common: TextCommon, _ format: EventSchema?, _ damage: DamageLog)
    -> TextEvent
  {
    for (index, form) in forms.enumerated() {
      for slot in Set(form.slots) {
        kinds[slot].formUnion(matchers[index].kinds[slot])
        found[slot] += matched[index]
      }
    }
    var layout = TextFieldLayout()
    for (slot, key) in slots.enumerated() {
      add(slot, String(decoding: key, as: UTF8.self), format, &layout)
    }
    var schema = TextEvent.textSchema(system, name, id, common, layout)
    schema.printedNames = TextPrintedNames.of(system, name)
    if let format {
      let numbers = Set(
        layout.fields.filter { $0.shape == .integer || $0.shape == .bool }.map(\.name))
      schema.symbols = format.symbols.filter { numbers.contains($0.key) }
      let known = Set(layout.fields.map(\.name))
      schema.absentFields = format.ownFields.map(\.name).filter { !known.contains($0) }
    }
    noteGaps(damage)
    let patterns = forms.map { form in
      TextPattern(form.drafts.map(settled), isInferred: true) {
        if case .slot(let slot) = $0 { self.destination(slot, layout) } else { nil }
      }
    }
    return TextEvent(
      schema, size: layout.size, patterns, TextNamedFields(layout.fields, of: system, name),
      isInferred: true)
  }

  /// A field that is text in some lines is text in all of them.
  private func settled(_ draft: TextDraft) -> TextDraft {
    guard case .slot(let slot)? = draft.subject, draft.part.kind == .number, kinds[slot].isString
    else { return draft }
    return TextDraft(TextPart(kind: .value), draft.subject)
  }

  private func add(
    _ slot: Int, _ name: String, _ format: EventSchema?, _ layout: inout TextFieldLayout
  ) {
    let kind = kinds[slot]
    if let field = format?.field(named: name), !field.isCommon {
      if FieldBits(field) != nil, !kind.isString { return layout.add(field) }
      if case .dynamicString = field.shape { return layout.add(field) }
    }
    let isName = name.hasSuffix("comm") || name.hasSuffix("name")
    if kind.isString || kind.mayBeName && isName {
      layout.addString(name)
    } else if kind.isPointer {
      layout.addPointer(name)
    } else {
      layout.addNumber(name, isSigned: !kind.isUnsigned)
    }
  }

  private func destination(_ slot: Int, _ layout: TextFieldLayout) -> TextDestination? {
    TextNamedFields.destination(layout.fields[slot], of: system, name)
  }

  /// Of trace-cmd report -R.
  func noteUnsureBases(_ damage: DamageLog) {
    let unsure = TextBase.unsure(name, of: system)
    let names = slots.map { String(decoding: $0, as: UTF8.self) }.filter(unsure.contains)
    guard !names.isEmpty else { return }
    damage.note(
      "bases of \(system):\(name)",
      "\(system):\(name): if this is text of trace-cmd report -R, nothing tells whether numbers of "
        + "\(names.joined(separator: ", ")) are of the base 8, 10 or 16: print it without -R")
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
