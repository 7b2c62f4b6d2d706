// `name=value` in a text without a format.

internal import Glibc

/// Finds names and values. A name begins the text or follows a blank or an opening bracket; its value goes
/// up to the next name.
enum TextKeys {
  /// Calls for each: the name, where what joins it to the value before begins, and the value.
  static func each(_ text: TextSpan, _ body: (_ key: TextSpan, _ value: TextSpan) -> Void) {
    var key = next(text, from: text.start, mayBegin: true)
    while let found = key {
      let start = found.end + 1
      key = next(text, from: start, mayBegin: false)
      var value = TextSpan(start: start, end: key?.start ?? text.end)
      if key != nil { value = value.withoutJoint }
      if value.closes(opener: found.start > text.start ? found.start[-1] : 0) { value.end -= 1 }
      body(found, value.trimmed)
    }
  }

  /// The first name from a place on; there itself only where a text begins.
  private static func next(_ text: TextSpan, from: TextPointer, mayBegin: Bool) -> TextSpan? {
    var at = from
    while at < text.end, let sign = TextSpan(start: at, end: text.end).find(UInt8(ascii: "=")) {
      at = sign + 1
      var start = sign
      while start > from, start[-1].isWordByte { start -= 1 }
      // `==` and `=>` are no values, and digits no name.
      let isName =
        start < sign && !start.pointee.isDigit && (at == text.end || !at.pointee.isOperator)
      if isName, start == from ? mayBegin : start[-1].joins {
        return TextSpan(start: start, end: sign)
      }
    }
    return nil
  }

  /// Whether a value would hold a name; `mayBegin`: or a text one that it begins with.
  @inline(__always)
  static func hasKey(_ text: TextSpan, mayBegin: Bool = false) -> Bool {
    guard text.find(UInt8(ascii: "=")) != nil else { return false }
    return next(text, from: text.start, mayBegin: mayBegin) != nil
  }
}

extension TextSpan {
  /// Without what joins it to the next name: blanks, brackets, a comma, the arrow of `x=R ==> y=1`.
  fileprivate var withoutJoint: TextSpan {
    var value = self
    while value.start < value.end, value.end[-1].joins { value.end -= 1 }
    var arrow = value.end
    while arrow > value.start, arrow[-1].isArrow { arrow -= 1 }
    guard arrow < value.end, arrow > value.start, arrow[-1].isBlank else { return value }
    value.end = arrow
    return value.trimmed
  }

  /// The bracket that was opened before the name.
  fileprivate func closes(opener: UInt8) -> Bool {
    guard let last = isEmpty ? nil : end[-1] else { return false }
    return switch opener {
    case UInt8(ascii: "["): last == UInt8(ascii: "]")
    case UInt8(ascii: "("): last == UInt8(ascii: ")")
    case UInt8(ascii: "{"): last == UInt8(ascii: "}")
    default: false
    }
  }
}

extension UInt8 {
  /// Stands between a value and the next name.
  var joins: Bool {
    switch self {
    case 0x20, 9, UInt8(ascii: ","), UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"),
      UInt8(ascii: ";"):
      true
    default: false
    }
  }

  fileprivate var isArrow: Bool { isOperator || self == UInt8(ascii: "-") }

  fileprivate var isOperator: Bool { self == UInt8(ascii: "=") || self == UInt8(ascii: ">") }
}

/// Finds fields by name: slower than a pattern, and for any order.
final class TextNamedFields {
  private let destinations: [[UInt8]: TextDestination]
  private let isWanted: Int

  init(_ fields: [Field]) {
    destinations = Dictionary(
      fields.map { (Array($0.name.utf8), TextNamedFields.destination($0)) },
      uniquingKeysWith: { a, _ in a })
    isWanted = fields.count
  }

  private static func destination(_ field: Field) -> TextDestination {
    switch field.shape {
    case .string: .fixed(offset: field.offset, size: field.size)
    case .dynamicString: .dynamic(offset: field.offset)
    default:
      .number(
        TextTarget(
          offset: field.offset, size: min(field.size, 8),
          refused: field.typeText == "s64" ? .large : field.typeText == "u64" ? .negative : []))
    }
  }

  enum Result { case all, some, none }

  /// `some`: a field is missing; `none`: a value is none of its field's type. `unknown` is told of names
  /// that no field has.
  func match(
    _ text: TextSpan, _ record: inout TextRecord, unknown: (TextSpan) -> Void
  ) -> Result {
    var found: Set<[UInt8]> = []
    var isWrong = false
    // Strings are appended: a record cannot be borrowed by the closure.
    var values: [(TextDestination, TextSpan)] = []
    TextKeys.each(text) { key, value in
      guard let place = destinations[key.bytes] else { return unknown(key) }
      if found.insert(key.bytes).inserted { values.append((place, value)) }
    }
    for (place, value) in values where !TextNamedFields.store(value, place, &record) {
      isWrong = true
    }
    return isWrong ? .none : found.count == isWanted ? .all : .some
  }

  private static func store(
    _ value: TextSpan, _ place: TextDestination, _ record: inout TextRecord
  ) -> Bool {
    switch place {
    case .number(let target):
      guard let number = LineValue.number(value), number.kind.isDisjoint(with: target.refused)
      else {
        return false
      }
      record.store(number.bits, target)
    case .fixed(let offset, let size): return record.store(value, at: offset, room: size)
    case .dynamic(let offset): record.append(value, at: offset)
    case .slot: return false
    }
    return true
  }
}
