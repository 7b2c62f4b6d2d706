// From an event's `print fmt` to the pattern of its text.

/// Undoes a print format. What cannot be undone becomes text that tells nothing.
struct TextInverter {
  private let fields: [String: Field]
  private let ownFields: [Field]
  private var drafts: [TextDraft] = []

  /// The parts of the text of an event.
  static func drafts(of format: PrintFormat, _ schema: EventSchema, longSize: Int) -> [TextDraft] {
    var inverter = TextInverter(schema)
    var next = 0
    for segment in PrintfSegment.split(format.format, longSize: longSize) {
      switch segment {
      case .text(let text): inverter.drafts.append(TextDraft(literal: text))
      case .conversion(let conversion): inverter.add(conversion, format.arguments, &next)
      }
    }
    inverter.trimEnd()
    return TextDraft.joined(inverter.drafts)
  }

  private init(_ schema: EventSchema) {
    ownFields = schema.fields
    fields = Dictionary(
      schema.ownFields.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// A line has no line break at its end.
  private mutating func trimEnd() {
    guard let last = drafts.last, last.part.kind == .literal else { return }
    let end = last.literal.lastIndex { $0 > 0x20 }.map { $0 + 1 } ?? 0
    drafts[drafts.count - 1].literal.removeSubrange(end...)
  }

  private mutating func add(
    _ conversion: PrintfConversion, _ arguments: [PrintExpression], _ next: inout Int
  ) {
    for extent in [conversion.width, conversion.precision] where extent == .argument { next += 1 }
    guard next < arguments.count else { return skip() }
    let argument = arguments[next]
    next += 1
    var draft: TextDraft?
    switch conversion.letter {
    case UInt8(ascii: "s"): return addText(argument, conversion)
    case UInt8(ascii: "p"): draft = pointer(argument, conversion)
    case UInt8(ascii: "c"):
      draft = bits(argument, 1).map { TextDraft(TextPart(kind: .character), .bits($0)) }
    default: draft = number(argument, conversion)
    }
    guard var draft else { return skipNumber(conversion) }
    draft.part.pad(conversion)
    drafts.append(draft)
  }

  private mutating func skip() { drafts.append(TextDraft(TextPart(kind: .skip))) }

  /// A number that nothing can be made of still ends where its digits do.
  private mutating func skipNumber(_ conversion: PrintfConversion) {
    let isPlain = "duxXo".utf8.contains(conversion.letter)
    guard isPlain, conversion.precision == .none else { return skip() }
    var part = TextPart(kind: .number, base: TextInverter.base(conversion.letter))
    part.pad(conversion)
    drafts.append(TextDraft(part))
  }

  private static func base(_ letter: UInt8) -> UInt8 {
    switch letter {
    case UInt8(ascii: "x"), UInt8(ascii: "X"): 16
    case UInt8(ascii: "o"): 8
    default: 10
    }
  }

  // MARK: Numbers

  /// The bits that a conversion of so many bytes shows.
  private func bits(_ expression: PrintExpression, _ size: Int) -> FieldBits? {
    guard var found = FieldBits.find(expression, fields) else { return nil }
    found.mask &= DecodedField.ones(size)
    return found
  }

  private func number(_ argument: PrintExpression, _ conversion: PrintfConversion) -> TextDraft? {
    let part = TextPart(kind: .number, base: TextInverter.base(conversion.letter))
    if let found = bits(argument, conversion.size) { return TextDraft(part, .bits(found)) }
    // `x != -1 ? x : 0` shows 0 for -1. A 0 of its own is then taken for -1, as pages have no number 0.
    guard
      case .conditional(.binary(.notEqual, let tested, let special), let shown, let other) =
        argument,
      tested == shown, let value = special.constant, let instead = other.constant,
      let found = bits(tested, conversion.size)
    else { return nil }
    let names = TextNames()
    names.add(Array(String(instead.bits, radix: Int(part.base)).utf8), value.bits)
    return TextDraft(part, .bits(found), names)
  }

  private func pointer(_ argument: PrintExpression, _ conversion: PrintfConversion) -> TextDraft? {
    let found = bits(argument, 8)
    switch String(decoding: conversion.pointer, as: UTF8.self) {
    case "", "x", "K":
      return found.map { TextDraft(TextPart(kind: .pointer, base: 16), .bits($0)) }
    case "S", "s", "B", "F", "f", "SR", "Sb", "Bb":
      guard let found, found.shift == 0, found.field.shape != .bool, found.element == 0 else {
        return nil
      }
      return TextDraft(TextPart(kind: .string), .symbol(found.field))
    default: return nil
    }
  }

  // MARK: Texts

  private mutating func addText(_ argument: PrintExpression, _ conversion: PrintfConversion) {
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

extension TextPart {
  /// The blanks that a conversion's width makes.
  fileprivate mutating func pad(_ conversion: PrintfConversion) {
    isPadded = conversion.width != .none && !conversion.isLeft
    if case .fixed(let width) = conversion.width, conversion.isLeft { leftWidth = width }
  }
}
