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
      while start > from, start[-1].isKeyByte { start -= 1 }
      // `==` and `=>` are no values, and digits no name.
      let isName =
        start < sign && start.pointee.beginsName && (at == text.end || !at.pointee.isOperator)
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
  /// The name of a field: `total-vm` is `total_vm`, as it is in the event's record.
  var fieldName: [UInt8] { bytes.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 } }

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

  fileprivate var isKeyByte: Bool { isWordByte || self == UInt8(ascii: "-") }

  fileprivate var beginsName: Bool { isWordByte && !isDigit }

  fileprivate var isArrow: Bool { isOperator || self == UInt8(ascii: "-") }

  fileprivate var isOperator: Bool { self == UInt8(ascii: "=") || self == UInt8(ascii: ">") }
}
