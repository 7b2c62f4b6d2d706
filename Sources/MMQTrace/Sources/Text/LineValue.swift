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

  init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Text, or both kinds of numbers that no type holds together.
  var isString: Bool { contains(.string) || isSuperset(of: [.negative, .large]) }

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
  /// kernel remarks the decimal number, with its sign: `0xffffffff (-1)`. nil for anything else: digits
  /// behind a 0 are no decimal number.
  static func number(_ text: TextSpan) -> LineValue? {
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

/// The texts of one list of names that were met lately, and what they mean.
final class TextMemory {
  private static let places = 64
  private static let longest = 120

  private struct Entry {
    var hash: UInt64
    var count: Int
    var value: UInt64
  }

  private let entries = UnsafeMutablePointer<Entry>.allocate(capacity: TextMemory.places)
  private let texts = UnsafeMutablePointer<UInt8>.allocate(
    capacity: TextMemory.places * TextMemory.longest)

  init() {
    entries.initialize(repeating: Entry(hash: 0, count: -1, value: 0), count: TextMemory.places)
  }

  deinit {
    entries.deallocate()
    texts.deallocate()
  }

  /// nil for a text that is not in the list.
  @inline(__always)
  func value(of text: TextSpan, _ names: TextNames, _ kind: TextPart.Kind) -> UInt64? {
    let hash = text.hash
    let place = Int(hash >> 58)
    let known = texts + place * TextMemory.longest
    if entries[place].hash == hash, text.equals(known, entries[place].count) {
      return entries[place].value
    }
    guard let value = TextMemory.find(text.bytes, names, kind) else { return nil }
    if text.count <= TextMemory.longest {
      known.update(from: text.start, count: text.count)
      entries[place] = Entry(hash: hash, count: text.count, value: value)
    }
    return value
  }

  private static func find(_ text: [UInt8], _ names: TextNames, _ kind: TextPart.Kind) -> UInt64? {
    if let whole = names.texts.first(where: { $0.text == text }) { return whole.value }
    if kind == .symbols || names.delimiter.isEmpty { return value(of: text[...], names) }
    // No flag is set.
    if text.isEmpty { return 0 }
    var all: UInt64 = 0
    for name in text.split(separator: names.delimiter, omittingEmptySubsequences: false) {
      guard let value = value(of: name, names) else { return nil }
      all |= value
    }
    return all
  }

  /// Of a name; what has none is printed as a number.
  private static func value(of name: ArraySlice<UInt8>, _ names: TextNames) -> UInt64? {
    if let value = names.byName[Array(name)] { return value }
    guard name.starts(with: [UInt8(ascii: "0"), UInt8(ascii: "x")]) else { return nil }
    return UInt64(String(decoding: name.dropFirst(2), as: UTF8.self), radix: 16)
  }
}
