// The values of C literals in a `print fmt`: numbers, characters and strings.

enum PrintFormatLiterals {
  /// The value and type of `0x1fUL` and the like; nil where it is no integer.
  static func integer(_ text: ArraySlice<UInt8>, longSize: Int) -> CInteger? {
    var digits = text
    var longs = 0
    var isUnsigned = false
    while let last = digits.last, [0x75, 0x6c].contains(last | 0x20) {
      if last | 0x20 == 0x6c { longs += 1 } else { isUnsigned = true }
      digits.removeLast()
    }
    guard let (value, isDecimal) = magnitude(digits), longs <= 2 else { return nil }
    // C takes the first type that holds the value; decimal constants stay signed.
    let narrowest = longs == 0 ? 4 : longs == 1 ? longSize : 8
    for size in [4, 8] where size >= narrowest {
      let top: UInt64 = size == 4 ? 0x7fff_ffff : 0x7fff_ffff_ffff_ffff
      if !isUnsigned, value <= top { return CInteger(value, size: size) }
      if isUnsigned || !isDecimal, value <= top * 2 + 1 {
        return CInteger(value, size: size, isSigned: false)
      }
    }
    return CInteger(value, size: 8, isSigned: false)
  }

  private static func magnitude(_ text: ArraySlice<UInt8>) -> (value: UInt64, isDecimal: Bool)? {
    var digits = text
    var base: UInt64 = 10
    if digits.count > 1, digits.first == 0x30 {
      digits = digits.dropFirst()
      base = 8
      if let marker = digits.first, marker | 0x20 == 0x78 || marker | 0x20 == 0x62 {
        base = marker | 0x20 == 0x78 ? 16 : 2
        digits = digits.dropFirst()
      }
    }
    guard !digits.isEmpty else { return nil }
    var value: UInt64 = 0
    for byte in digits {
      guard let digit = byte.hexDigit, digit < base else { return nil }
      let (high, low) = value.multipliedFullWidth(by: base)
      let (sum, overflow) = low.addingReportingOverflow(UInt64(digit))
      guard high == 0, !overflow else { return nil }
      value = sum
    }
    return (value, base == 10)
  }

  /// The bytes between the quotes of a literal, its escapes decoded.
  static func unquoted(_ literal: ArraySlice<UInt8>) -> [UInt8] {
    let body = literal.dropFirst().dropLast()
    var bytes: [UInt8] = []
    bytes.reserveCapacity(body.count)
    var i = body.startIndex
    while i < body.endIndex {
      let byte = body[i]
      i += 1
      if byte == UInt8(ascii: "\\"), i < body.endIndex {
        if let decoded = escape(body, &i) { bytes.append(decoded) }
      } else {
        bytes.append(byte)
      }
    }
    return bytes
  }

  private static let simple: [UInt8: UInt8] = [
    UInt8(ascii: "n"): 10, UInt8(ascii: "t"): 9, UInt8(ascii: "r"): 13, UInt8(ascii: "a"): 7,
    UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "v"): 11, UInt8(ascii: "e"): 27,
  ]

  /// Decodes the escape after a backslash; nil for a line continuation.
  private static func escape(_ body: ArraySlice<UInt8>, _ i: inout Int) -> UInt8? {
    let letter = body[i]
    if let value = simple[letter] {
      i += 1
      return value
    }
    if letter == UInt8(ascii: "x") {
      i += 1
      return number(body, &i, base: 16, digits: .max)
    }
    if letter.isDigit, letter < UInt8(ascii: "8") { return number(body, &i, base: 8, digits: 3) }
    i += 1
    return letter == 10 ? nil : letter
  }

  private static func number(
    _ body: ArraySlice<UInt8>, _ i: inout Int, base: UInt8, digits: Int
  ) -> UInt8 {
    var value: UInt8 = 0
    var left = digits
    while left > 0, i < body.endIndex, let digit = body[i].hexDigit, digit < base {
      value = value &* base &+ digit
      left -= 1
      i += 1
    }
    return value
  }
}
