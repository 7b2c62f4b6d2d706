// Writes numbers and padded text as the kernel's printf does.

/// Width, precision and flags of one conversion, its `*` replaced by numbers.
struct TextFormat {
  var isLeft = false
  var hasPlus = false
  var hasSpace = false
  var isAlternate = false
  var isZeroPadded = false
  /// 0 for none.
  var width = 0
  /// Below 0 for none.
  var precision = -1

  static let plain = TextFormat()
}

extension [UInt8] {
  mutating func append(_ text: StaticString) {
    text.withUTF8Buffer { append(contentsOf: $0) }
  }

  mutating func appendFill(_ byte: UInt8, _ count: Int) {
    if count > 0 { append(contentsOf: repeatElement(byte, count: count)) }
  }

  mutating func appendDecimal(_ value: UInt64) { appendDigits(value, base: 10, letters: 0x61) }

  mutating func appendHex(_ value: UInt64) { appendDigits(value, base: 16, letters: 0x61) }

  /// Hexadecimal with zeros in front up to `digits`.
  mutating func appendHex(_ value: UInt64, digits: Int) {
    let used = (64 - (value | 1).leadingZeroBitCount + 3) / 4
    appendFill(UInt8(ascii: "0"), digits - used)
    appendHex(value)
  }

  /// The digits without sign; `letters` is the digit for 10.
  mutating func appendDigits(_ value: UInt64, base: UInt64, letters: UInt8) {
    if value < base {
      append(value < 10 ? 0x30 + UInt8(value) : letters + UInt8(value - 10))
      return
    }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 22) { room in
      var start = room.count
      var left = value
      // Constant divisors, which the compiler turns into multiplications.
      while left != 0 {
        start -= 1
        switch base {
        case 16:
          let digit = UInt8(truncatingIfNeeded: left & 15)
          room[start] = digit < 10 ? 0x30 &+ digit : letters &+ digit &- 10
          left >>= 4
        case 8:
          room[start] = 0x30 &+ UInt8(truncatingIfNeeded: left & 7)
          left >>= 3
        default:
          room[start] = 0x30 &+ UInt8(truncatingIfNeeded: left % 10)
          left /= 10
        }
      }
      append(contentsOf: UnsafeBufferPointer(rebasing: room[start...]))
    }
  }

  /// How many digits `appendDigits` writes.
  private static func digitCount(_ value: UInt64, base: UInt64) -> Int {
    let bits = 64 - (value | 1).leadingZeroBitCount
    if base == 16 { return (bits + 3) / 4 }
    if base == 8 { return (bits + 2) / 3 }
    var (digits, limit) = (1, UInt64(10))
    while value >= limit, digits < 19 {
      digits += 1
      limit *= 10
    }
    return value >= limit ? 20 : digits
  }

  /// An integer. Follows number() in lib/vsprintf.c, which differs from C: zero with `#` is `0x0`,
  /// a precision of 0 still prints a 0, and `0` counts beside a precision.
  mutating func appendNumber(
    _ bits: UInt64, isSigned: Bool, base: UInt64, letters: UInt8 = 0x61, _ format: TextFormat
  ) {
    var magnitude = bits
    var sign: UInt8?
    if isSigned, Int64(bitPattern: bits) < 0 {
      sign = UInt8(ascii: "-")
      magnitude = 0 &- bits
    } else if isSigned, format.hasPlus || format.hasSpace {
      sign = UInt8(ascii: format.hasPlus ? "+" : " ")
    }
    let prefix = !format.isAlternate ? 0 : base == 16 ? 2 : base == 8 && magnitude != 0 ? 1 : 0
    let digits = [UInt8].digitCount(magnitude, base: base)
    var zeros = Swift.max(0, format.precision - digits)
    let padding = format.width - (digits + zeros + prefix + (sign == nil ? 0 : 1))
    if padding > 0, !format.isLeft {
      if format.isZeroPadded { zeros += padding } else { appendFill(UInt8(ascii: " "), padding) }
    }
    if let sign { append(sign) }
    if prefix > 0 { append(UInt8(ascii: "0")) }
    if prefix > 1 { append(letters &+ 23) }
    appendFill(UInt8(ascii: "0"), zeros)
    appendDigits(magnitude, base: base, letters: letters)
    if padding > 0, format.isLeft { appendFill(UInt8(ascii: " "), padding) }
  }

  /// Applies precision and width to the text that starts at `start`.
  mutating func pad(from start: Int, _ format: TextFormat) {
    if format.precision >= 0, count - start > format.precision {
      removeLast(count - start - format.precision)
    }
    let padding = format.width - (count - start)
    guard padding > 0 else { return }
    if format.isLeft {
      appendFill(UInt8(ascii: " "), padding)
    } else {
      insertFill(UInt8(ascii: " "), padding, at: start)
    }
  }

  private mutating func insertFill(_ byte: UInt8, _ fill: Int, at position: Int) {
    insert(contentsOf: repeatElement(byte, count: fill), at: position)
  }
}
