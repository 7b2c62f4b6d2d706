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
  /// An address as `%p` prints it: 16 digits that are no decimal number, or `(nil)`.
  static let pointer = LineValueKind(rawValue: 64)

  init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Text, or kinds that no type holds together.
  var isString: Bool {
    contains(.string) || isSuperset(of: [.negative, .large]) || contains(.truth) && self != .truth
      || isPointer && !isDisjoint(with: .number)
  }

  /// An address somewhere: then everywhere.
  var isPointer: Bool { contains(.pointer) }

  /// Nothing but what a name may be, too: a task may be called true.
  var mayBeName: Bool { self == .truth || self == .pointer }

  /// `0x…` only, or numbers that a signed type does not hold.
  var isUnsigned: Bool {
    contains(.large) || contains(.hexadecimal) && isDisjoint(with: [.number, .negative])
  }
}

/// A number in the text.
struct LineValue {
  var bits: UInt64
  var kind: LineValueKind

  /// `32`, `-1`, `0x20`; also with a unit or a remark behind it, `32kB`, `32 (foo)` or `32 [ns]`. Option `fields` of the
  /// kernel remarks the decimal number, with its sign: `0xffffffff (-1)`. `true` is 1. nil for anything else: digits
  /// behind a 0 are no decimal number. 16 digits of the base 16 are an address.
  @inline(__always)
  static func number(_ text: TextSpan) -> LineValue? {
    if let value = text.shortNumber { return LineValue(bits: value, kind: .number) }
    return other(text)
  }

  /// The same of a field that is printed in a base without a mark.
  @inline(__always)
  static func number(_ text: TextSpan, base: UInt8) -> LineValue? {
    switch base {
    case 10: number(text)
    case 16: hexadecimal(text)
    default: octal(text)
    }
  }

  private static func other(_ text: TextSpan) -> LineValue? {
    if text.count == 4, text.starts(with: "true") { return LineValue(bits: 1, kind: .truth) }
    if text.count == 5, text.starts(with: "false") { return LineValue(bits: 0, kind: .truth) }
    if let address = pointer(text) { return address }
    var cursor = TextCursor(text)
    guard let value = plain(&cursor) else { return nil }
    if cursor.isAtEnd { return value }
    if cursor.take("kB") || cursor.take(UInt8(ascii: "B")) { return cursor.isAtEnd ? value : nil }
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

  /// The kernel fills `%p` up with zeros, and libtraceevent has a word for null pointers.
  private static func pointer(_ text: TextSpan) -> LineValue? {
    if text.equals("(nil)") || text.equals("(null)") { return LineValue(bits: 0, kind: .pointer) }
    guard text.count == 16 else { return nil }
    var cursor = TextCursor(text)
    guard let value = cursor.digits(shift: 4), cursor.isAtEnd else { return nil }
    var decimal = TextCursor(text)
    let isDecimal = decimal.number() != nil && decimal.isAtEnd && text.start.pointee != 0x30
    return isDecimal ? nil : LineValue(bits: value, kind: .pointer)
  }

  private static func octal(_ text: TextSpan) -> LineValue? {
    var cursor = TextCursor(text)
    guard let value = cursor.digits(shift: 3), cursor.isAtEnd else { return nil }
    return LineValue(bits: value, kind: .number)
  }

  private static func hexadecimal(_ text: TextSpan) -> LineValue? {
    var cursor = TextCursor(text)
    _ = cursor.take("0x")
    guard let value = cursor.digits(shift: 4), cursor.isAtEnd else { return nil }
    return LineValue(bits: value, kind: value >> 63 == 0 ? .hexadecimal : [.hexadecimal, .large])
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

extension TextSpan {
  /// A decimal number of at most 8 digits, as most are: looked at all at once. Behind each line lies enough.
  @inline(__always)
  var isShortNumber: Bool { digits != nil }

  /// Its value.
  @inline(__always)
  fileprivate var shortNumber: UInt64? {
    guard var digits else { return nil }
    // The digits stand at the end, behind zeros; neighbours are added up, then pairs, then fours.
    digits &<<= 64 &- 8 &* UInt64(truncatingIfNeeded: count)
    digits = (digits &* 10 &+ digits >> 8) & 0x00ff_00ff_00ff_00ff
    digits = (digits &* 100 &+ digits >> 16) & 0x0000_ffff_0000_ffff
    return (digits &* 10_000 &+ digits >> 32) & 0xffff_ffff
  }

  /// The values of the digits, one a byte, the first one lowest; nil where something else stands there, or zeros
  /// before a number, or where there are more than 8.
  @inline(__always)
  private var digits: UInt64? {
    guard UInt(bitPattern: count &- 1) < 8 else { return nil }
    let word = UInt64(littleEndian: UnsafeRawPointer(start).loadUnaligned(as: UInt64.self))
    let mask = UInt64.max &>> (64 &- 8 &* UInt64(truncatingIfNeeded: count))
    let values = (word ^ 0x3030_3030_3030_3030) & mask
    // What is no digit is 10 or more now.
    let isOther = (values | (values &+ 0x0606_0606_0606_0606)) & 0xf0f0_f0f0_f0f0_f0f0
    return isOther != 0 || values & 0xff == 0 && count > 1 ? nil : values
  }
}
