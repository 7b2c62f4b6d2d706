// An event of a text: its fields, and the patterns that find them.

/// How the text of one kind of event is read. Immutable once made.
final class TextEvent {
  let schema: EventSchema
  /// Bytes of a record's fields.
  let size: Int
  /// Tried in order.
  let patterns: [TextPattern]
  /// Finds fields by their names where no pattern fits.
  let names: TextNamedFields
  /// Its fields are those of its lines, not those of a format.
  let isInferred: Bool

  init(
    _ schema: EventSchema, size: Int, _ patterns: [TextPattern], _ names: TextNamedFields,
    isInferred: Bool = false
  ) {
    (self.schema, self.size, self.patterns, self.names) = (schema, size, patterns, names)
    self.isInferred = isInferred
  }

  var hasFields: Bool { size > TextCommon.size }

  /// An event whose text is undone by its format. `form`: which of the forms that it may have tells its
  /// fields.
  static func of(
    _ schema: EventSchema, form: Int = 0, id: Int, _ common: TextCommon, longSize: Int
  ) -> TextEvent {
    let forms = TextForms.drafts(of: schema, longSize: longSize)
    let told = Told(forms.indices.contains(form) ? forms[form] : [])
    var layout = TextFieldLayout()
    var symbols = schema.symbols
    for field in schema.ownFields {
      if told.isWhole(field) || TextForms.isWhole(field, of: schema) && told.knows(field) {
        layout.add(field)
      } else if told.symbols.contains(field.name) {
        layout.addString(field.name)
        symbols[field.name] = nil
      }
    }
    let known = Set(layout.fields.map(\.name))
    var made = textSchema(schema.system, schema.name, id, common, layout)
    made.symbols = symbols.filter { known.contains($0.key) }
    made.absentFields = schema.ownFields.map(\.name).filter { !known.contains($0) }
    // A form that tells less would leave fields at 0.
    let patterns = forms.filter { form in
      let told = Told(form)
      return layout.fields.allSatisfy(told.knows)
    }.map { form in TextPattern(form) { layout.destination($0) } }
    return TextEvent(
      made, size: layout.size, patterns, TextNamedFields(layout.fields, of: made.system, made.name))
  }

  /// A schema of records that were text. It prints the text as it was.
  static func textSchema(
    _ system: String, _ name: String, _ id: Int, _ common: TextCommon, _ layout: TextFieldLayout
  ) -> EventSchema {
    EventSchema(
      id: id, system: system, name: name, fields: common.fields + layout.fields,
      printFormat: PrintFormat(
        format: Array("%s".utf8), arguments: [.dynamic(.string, field: Field.commonText)]))
  }

  /// What the parts of a text tell of fields.
  private struct Told {
    private var bits: [String: [Int: UInt64]] = [:]
    private var strings: Set<String> = []
    private(set) var symbols: Set<String> = []

    init(_ form: [TextDraft]) {
      for draft in form {
        take(draft.subject)
        take(draft.suffix?.subject)
      }
    }

    private mutating func take(_ subject: TextDraft.Subject?) {
      switch subject {
      case .bits(let found)?:
        bits[found.field.name, default: [:]][found.element, default: 0] |= found.mask << found.shift
        if found.field.shape == .bool { bits[found.field.name]?[0] = 0xff }
      case .string(let field)?: strings.insert(field.name)
      case .symbol(let field)?: symbols.insert(field.name)
      case .slot?, nil: break
      }
    }

    /// Anything of it.
    func knows(_ field: Field) -> Bool {
      bits[field.name] != nil || strings.contains(field.name) || symbols.contains(field.name)
    }

    /// All bits of all elements, or the string.
    func isWhole(_ field: Field) -> Bool {
      if strings.contains(field.name) { return true }
      guard let known = bits[field.name] else { return false }
      if case .array(let size, let count?, _) = field.shape {
        return (0..<count).allSatisfy { known[$0] == DecodedField.ones(size) }
      }
      return known[0] == DecodedField.ones(field.size)
    }
  }
}

extension TextFieldLayout {
  /// Where what a part tells goes; nil where the field isn't in the record.
  fileprivate func destination(_ subject: TextDraft.Subject) -> TextDestination? {
    switch subject {
    case .bits(let bits):
      guard let offset = offset(of: bits.field.name),
        fields.first(where: { $0.name == bits.field.name })?.shape == bits.field.shape
      else { return nil }
      return .number(
        TextTarget(
          offset: offset + bits.element * bits.size, size: bits.size, shift: bits.shift,
          mask: bits.mask))
    case .string(let field):
      guard let offset = offset(of: field.name) else { return nil }
      // A string as long as its array has no NUL.
      return field.shape == .string
        ? .fixed(offset: offset, size: field.size) : .dynamic(offset: offset)
    case .symbol(let field):
      let isString = fields.contains { $0.name == field.name && $0.typeText == "char[]" }
      return isString ? offset(of: field.name).map { .dynamic(offset: $0) } : nil
    case .slot: return nil
    }
  }
}
