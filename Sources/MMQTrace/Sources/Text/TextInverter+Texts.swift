// Strings, flags and symbols of a print format, undone.

extension TextInverter {
  mutating func addText(_ argument: PrintExpression, _ conversion: PrintfConversion) {
    if case .string(let text) = argument, conversion.isPlain {
      return drafts.append(TextDraft(literal: Array(text.utf8)))
    }
    guard conversion.precision == .none, var draft = text(argument) else { return skip() }
    draft.part.isPadded = conversion.width != .none
    drafts.append(draft)
  }

  private func text(_ argument: PrintExpression) -> TextDraft? {
    switch argument {
    case .cast(_, let operand): return text(operand)
    case .field(let name): return string(name)
    case .dynamic(let kind, let name) where kind == .string || kind == .relString:
      return string(name)
    case .flags(let value, let delimiter, let symbols, _):
      guard !delimiter.isEmpty, let found = bits(value, 8) else { return nil }
      return names(symbols, found, delimiter).map {
        TextDraft(TextPart(kind: .flags), .bits(found), $0)
      }
    case .symbolic(let value, let symbols, _):
      guard let found = bits(value, 8) else { return nil }
      return names(symbols, found, "").map { TextDraft(TextPart(kind: .symbols), .bits(found), $0) }
    case .conditional(let condition, let then, let otherwise):
      return choice(condition, then, otherwise)
    default: return nil
    }
  }

  private func string(_ name: String) -> TextDraft? {
    guard let field = fields[name] else { return nil }
    switch field.shape {
    case .string where field.size > 0, .dynamicString: break
    default: return nil
    }
    return TextDraft(TextPart(kind: .string), .string(field))
  }

  /// nil where a value isn't known, or two values have one name: the text then doesn't tell the number.
  private func names(
    _ symbols: [PrintExpression.Symbol], _ found: FieldBits, _ delimiter: String
  ) -> TextNames? {
    var known: [[UInt8]: UInt64] = [:]
    var entries: [(name: [UInt8], value: UInt64)] = []
    for symbol in symbols {
      guard let value = symbol.value.constant?.bits else { return nil }
      let name = Array(symbol.name.utf8)
      let cut = value & found.mask
      if let other = known[name], other != cut { return nil }
      // A name with the delimiter inside would be taken for two.
      if !delimiter.isEmpty, symbol.name.contains(delimiter) { return nil }
      known[name] = cut
      entries.append((name, cut))
    }
    return TextNames(entries, delimiter: Array(delimiter.utf8))
  }

  /// A condition on a field with a text for each answer, or for one of them.
  private func choice(
    _ condition: PrintExpression, _ then: PrintExpression, _ otherwise: PrintExpression
  ) -> TextDraft? {
    if let test = ZeroTest.find(condition, ownFields) {
      let (zero, other) = test.isTrueForZero ? (then, otherwise) : (otherwise, then)
      guard let subject = subject(of: condition) else { return nil }
      return choice(subject, value: 0, zero, other)
    }
    guard case .binary(.equal, let tested, let constant) = condition, let value = constant.constant,
      let subject = FieldBits.find(tested, fields)
    else { return nil }
    return choice(subject, value: value.bits & subject.mask, then, otherwise)
  }

  /// What a condition asks.
  private func subject(of condition: PrintExpression) -> FieldBits? {
    switch condition {
    case .unary(.not, let operand): subject(of: operand)
    case .binary(.equal, let left, _), .binary(.notEqual, let left, _),
      .binary(.greater, let left, _):
      FieldBits.find(left, fields)
    default: FieldBits.find(condition, fields)
    }
  }

  /// `known` is the text for a value. The other text may be that of the one other value there is.
  private func choice(
    _ subject: FieldBits, value: UInt64, _ known: PrintExpression, _ other: PrintExpression
  ) -> TextDraft? {
    guard case .string(let text) = known else { return nil }
    let bytes = Array(text.utf8)
    if case .string(let otherText) = other {
      guard otherText != text, let otherValue = otherValue(of: subject, than: value) else {
        return nil
      }
      let names = TextNames()
      names.add(bytes, value)
      names.add(Array(otherText.utf8), otherValue)
      return TextDraft(TextPart(kind: .oneOf), .bits(subject), names)
    }
    guard let draft = self.text(other), let names = draft.names,
      case .bits(let bits)? = draft.subject,
      bits.field.name == subject.field.name, bits.shift == subject.shift,
      bits.element == subject.element,
      bits.mask & ~subject.mask == 0 || value == 0 && bits.mask == subject.mask
    else { return nil }
    names.add(bytes, value)
    return draft
  }

  /// Of one bit, or of a bool.
  private func otherValue(of subject: FieldBits, than value: UInt64) -> UInt64? {
    let mask = subject.field.shape == .bool ? 1 : subject.mask
    guard mask.nonzeroBitCount == 1, value == 0 || value == mask else { return nil }
    return value == 0 ? mask : 0
  }
}
