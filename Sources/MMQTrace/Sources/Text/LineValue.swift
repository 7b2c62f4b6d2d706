// Values of `name=value`, whose types only the lines tell.

/// What the values of one name were.
struct LineValueKind: OptionSet {
  let rawValue: UInt8
  static let number = LineValueKind(rawValue: 1)
  static let negative = LineValueKind(rawValue: 2)
  /// Beyond what a signed number holds.
  static let large = LineValueKind(rawValue: 4)
  static let hexadecimal = LineValueKind(rawValue: 8)
  static let string = LineValueKind(rawValue: 16)
  /// `true` or `false`.
  static let truth = LineValueKind(rawValue: 32)

  init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Text, or kinds that no type holds together.
  var isString: Bool {
    contains(.string) || isSuperset(of: [.negative, .large]) || contains(.truth) && self != .truth
  }

  /// `0x…` only, or numbers that a signed type does not hold.
  var isUnsigned: Bool {
    contains(.large) || contains(.hexadecimal) && isDisjoint(with: [.number, .negative])
  }
}

/// A number in the text.
struct LineValue {
  var bits: UInt64
  var kind: LineValueKind

  /// `32`, `-1`, `0x20`; also with a remark behind it, `32 (foo)` or `32 [ns]`. Option `fields` of the
  /// kernel remarks the decimal number, with its sign: `0xffffffff (-1)`. `true` is 1. nil for anything else: digits
  /// behind a 0 are no decimal number.
  static func number(_ text: TextSpan) -> LineValue? {
    if text.count == 4, text.starts(with: "true") { return LineValue(bits: 1, kind: .truth) }
    if text.count == 5, text.starts(with: "false") { return LineValue(bits: 0, kind: .truth) }
    var cursor = TextCursor(text)
    guard let value = plain(&cursor) else { return nil }
    if cursor.isAtEnd { return value }
    guard cursor.take(0x20) else { return nil }
    if cursor.take(UInt8(ascii: "[")) { return value }
    guard cursor.take(UInt8(ascii: "(")) else { return nil }
    if value.kind.contains(.hexadecimal), let decimal = plain(&cursor),
      decimal.kind.isDisjoint(with: .hexadecimal), cursor.take(UInt8(ascii: ")"))
    {
      return LineValue(
        bits: decimal.bits, kind: decimal.kind.union(.hexadecimal).subtracting(.number))
    }
    return value
  }

  private static func plain(_ cursor: inout TextCursor) -> LineValue? {
    if cursor.rest.starts(with: "0x") {
      cursor.at += 2
      return cursor.digits(shift: 4).map {
        LineValue(bits: $0, kind: $0 >> 63 == 0 ? .hexadecimal : [.hexadecimal, .large])
      }
    }
    let isNegative = cursor.take(UInt8(ascii: "-"))
    let start = cursor.at
    guard let value = cursor.number() else { return nil }
    if start.pointee == 0x30, cursor.at - start > 1 { return nil }
    if isNegative {
      return value <= 1 << 63 ? LineValue(bits: 0 &- value, kind: [.number, .negative]) : nil
    }
    return LineValue(bits: value, kind: value >> 63 == 0 ? .number : [.number, .large])
  }
}
