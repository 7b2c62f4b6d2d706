// From an event's `print fmt` to the pattern of its text.

/// Undoes a print format. What cannot be undone becomes text that tells nothing.
struct TextInverter {
  let fields: [String: Field]
  let ownFields: [Field]
  var drafts: [TextDraft] = []

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

  mutating func skip() { drafts.append(TextDraft(TextPart(kind: .skip))) }

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
  func bits(_ expression: PrintExpression, _ size: Int) -> FieldBits? {
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
}

extension TextPart {
  /// The blanks that a conversion's width makes.
  fileprivate mutating func pad(_ conversion: PrintfConversion) {
    isPadded = conversion.width != .none && !conversion.isLeft
    if case .fixed(let width) = conversion.width, conversion.isLeft { leftWidth = width }
  }
}
