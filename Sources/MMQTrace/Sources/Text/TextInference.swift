// An event without a format: its fields and their types from the lines themselves.

/// Learns from the lines of one event. Lines of one form make one pattern; values only add to what their
/// types must hold.
final class TextInference {
  let system: String
  let name: String
  private(set) var slots: [[UInt8]] = []
  private var slotOf: [[UInt8]: Int] = [:]
  private(set) var forms: [Form] = []
  private let knownForms: [TextKnownForm]
  /// Of each form; behind a pointer, as matchers say.
  let matchers = UnsafeMutablePointer<TextMatcher>.allocate(capacity: mostForms)
  /// Lines of each form.
  let matched = UnsafeMutablePointer<UInt64>.allocate(capacity: mostForms)
  private let counts = UnsafeMutablePointer<Counts>.allocate(capacity: 1)
  /// Of slots: what lines say that are of no form, and how many.
  var kinds: [LineValueKind] = []
  var found: [UInt64] = []

  /// What lines consist of, and the fields that they tell.
  struct Form {
    var drafts: [TextDraft] = []
    var slots: [Int] = []
  }

  /// What every line changes.
  private struct Counts {
    var lines: UInt64 = 0
    var forms = 0
    /// The form that fitted last.
    var last = 0
  }

  var lines: UInt64 { counts.pointee.lines }

  /// A text that is only `x=` in ever new ways has no more fields, and no more forms.
  private static let mostFields = 64
  private static let mostForms = 16

  init(_ system: String, _ name: String) {
    (self.system, self.name) = (system, name)
    knownForms = TextKnownForm.forms(of: name)
    counts.initialize(to: Counts())
  }

  deinit {
    matchers.deinitialize(count: forms.count)
    matchers.deallocate()
    matched.deallocate()
    counts.deallocate()
  }

  @inline(__always)
  func learn(_ text: TextSpan, _ record: inout TextRecord) {
    counts.pointee.lines += 1
    let (forms, last) = (counts.pointee.forms, counts.pointee.last)
    for step in 0..<forms {
      let place = step + last < forms ? step + last : step + last - forms
      if matchers[place].match(text, &record) {
        matched[place] += 1
        if step > 0 { counts.pointee.last = place }
        return
      }
    }
    addForm(of: text, &record)
  }

  private func addForm(of text: TextSpan, _ record: inout TextRecord) {
    let form = knownForm(of: text, &record) ?? namedForm(of: text)
    for slot in Set(form.slots) { found[slot] += 1 }
    guard forms.count < TextInference.mostForms else { return }
    forms.append(form)
    let pattern = TextPattern(form.drafts, isInferred: true) {
      if case .slot(let slot) = $0 { TextDestination.slot(slot) } else { nil }
    }
    counts.pointee.last = forms.count - 1
    (matchers + counts.pointee.last).initialize(
      to: TextMatcher(pattern, learning: TextInference.mostFields))
    (matched + counts.pointee.last).initialize(to: 0)
    counts.pointee.forms = forms.count
  }

  /// From the text's own names.
  private func namedForm(of text: TextSpan) -> Form {
    var form = Form()
    var end = text.start
    TextKeys.each(text) { key, value in
      guard let slot = slot(key.fieldName) else { return }
      // What stands before the first name may differ from line to line.
      if form.drafts.isEmpty, key.start > text.start {
        form.drafts.append(TextDraft(TextPart(kind: .skip)))
      }
      let from = form.slots.isEmpty ? key.start : end
      form.drafts.append(TextDraft(literal: TextSpan(start: from, end: key.end + 1).bytes))
      let part = part(of: value, slot)
      form.drafts.append(TextDraft(part, form.slots.contains(slot) ? nil : .slot(slot)))
      form.slots.append(slot)
      end = value.end
    }
    if form.slots.isEmpty { form.drafts = [TextDraft(TextPart(kind: .skip))] }
    form.drafts.append(TextDraft(literal: TextSpan(start: end, end: text.end).trimmed.bytes))
    form.drafts = TextDraft.joined(form.slots.isEmpty ? [form.drafts[0]] : form.drafts)
    return form
  }

  /// How a value is read; it tells of the field's type.
  private func part(of value: TextSpan, _ slot: Int) -> TextPart {
    let name = String(decoding: slots[slot], as: UTF8.self)
    let base = TextBase.of(name, in: self.name, of: system)
    if base != 10, let number = LineValue.number(value, base: base) {
      kinds[slot].formUnion(number.kind)
      return TextPart(kind: .number, base: base)
    }
    // Digits that are not of the base that is known: what the others mean, nobody knows then.
    kinds[slot].formUnion(base == 8 ? .string : LineValue.number(value)?.kind ?? .string)
    return TextPart(kind: .value)
  }

  /// One that the kernel or a tool is known to print of this event; nil where the text has none of them.
  private func knownForm(of text: TextSpan, _ record: inout TextRecord) -> Form? {
    for known in knownForms {
      let drafts = TextDraft.joined(known.pieces.map { TextDraft($0) { _ in nil } })
      guard TextMatcher(TextPattern(drafts) { _ in nil }).match(text, &record) else { continue }
      var form = Form()
      form.drafts = TextDraft.joined(
        known.pieces.map { piece in
          TextDraft(piece) { name in
            slot(Array(name.utf8)).map { slot in
              form.slots.append(slot)
              return .slot(slot)
            }
          }
        })
      for draft in form.drafts {
        guard case .slot(let slot)? = draft.subject else { continue }
        kinds[slot].formUnion(
          draft.part.kind == .string ? .string : draft.part.base == 16 ? .hexadecimal : .number)
      }
      return form
    }
    return nil
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
}
