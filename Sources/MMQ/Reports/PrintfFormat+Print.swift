// Printing one value by its conversion.

extension PrintfFormat.Conversion {
  func print(
    _ type: Type, _ words: UnsafePointer<UInt64>, _ strings: StringPool, _ escapes: Bool,
    _ buffer: inout ByteBuffer
  ) {
    let start = buffer.count
    if case .buffer(let form) = kind {
      buffer.append(contentsOf: BufferText.text(Array(strings.bytes(of: words[0])), form))
      return pad(from: start, &buffer)
    }
    if kind == .pageFlags { return text(type, words, strings, escapes, &buffer) }
    switch letter {
    case UInt8(ascii: "s"): text(type, words, strings, escapes, &buffer)
    case UInt8(ascii: "c"):
      buffer.append(UInt8(truncatingIfNeeded: words[0]))
      pad(from: start, &buffer)
    case UInt8(ascii: "d"), UInt8(ascii: "i"): signed(words[0], &buffer)
    case _ where isFloat: float(words[0], &buffer)
    default: unsigned(type, words[0], &buffer)
    }
  }

  private func text(
    _ type: Type, _ words: UnsafePointer<UInt64>, _ strings: StringPool, _ escapes: Bool,
    _ buffer: inout ByteBuffer
  ) {
    let start = buffer.count
    if type == .string {
      buffer.append(strings.bytes(of: words[0]))
      if escapes { buffer.escapeControlBytes(from: start) }
    } else {
      buffer.escapesStrings = escapes
      buffer.append(Value(type, words, strings))
    }
    if let precision, buffer.count - start > precision { buffer.removeAll(from: start + precision) }
    pad(from: start, &buffer)
  }

  private func float(_ word: UInt64, _ buffer: inout ByteBuffer) {
    let flags = String(decoding: self.flags.sorted(), as: UTF8.self)
    buffer.append(
      CFormat.float(
        Double(bitPattern: word), flags: flags, width: width, precision: precision,
        letter: String(UnicodeScalar(letter))))
  }

  private func signed(_ word: UInt64, _ buffer: inout ByteBuffer) {
    let value: Int64 =
      switch length {
      case "hh": Int64(Int8(truncatingIfNeeded: word))
      case "h": Int64(Int16(truncatingIfNeeded: word))
      default: Int64(bitPattern: word)
      }
    let sign: StaticString = value < 0 ? "-" : has("+") ? "+" : has(" ") ? " " : ""
    number(sign, value.magnitude, radix: 10, &buffer)
  }

  /// `%u %o %x %X %p`: the bits that the argument's type has, so that a negative int32 is 32 bits.
  private func unsigned(_ type: Type, _ word: UInt64, _ buffer: inout ByteBuffer) {
    let value = word & mask(type)
    let isMarked = has("#") && value != 0
    switch letter {
    // As in C the 0 of %#o is one of the digits that the precision asks for.
    case UInt8(ascii: "o"):
      number(isMarked ? "0" : "", value, radix: 8, isDigit: true, &buffer)
    case UInt8(ascii: "x"), UInt8(ascii: "X"):
      let prefix: StaticString = letter == UInt8(ascii: "X") ? "0X" : "0x"
      number(isMarked ? prefix : "", value, radix: 16, &buffer)
    case UInt8(ascii: "p"): number("0x", value, radix: 16, &buffer)
    default: number("", value, radix: 10, &buffer)
    }
  }

  /// The bits of an argument that an unsigned conversion shows.
  func mask(_ type: Type) -> UInt64 {
    switch length {
    case "hh": return 0xff
    case "h": return 0xffff
    default: break
    }
    if case .integer(let integer) = type, integer.bits < 64 { return (1 << integer.bits) - 1 }
    return .max
  }

  /// Sign or prefix, zeros, digits: as C pads numbers.
  private func number(
    _ sign: StaticString, _ value: UInt64, radix: UInt64, isDigit: Bool = false,
    _ buffer: inout ByteBuffer
  ) {
    let start = buffer.count
    buffer.append(UnsafeBufferPointer(start: sign.utf8Start, count: sign.utf8CodeUnitCount))
    let first = buffer.count
    // No digits are asked for, and zero needs none.
    let isNothing = precision == 0 && value == 0 && !(isDigit && has("#"))
    if radix == 10, !isNothing {
      buffer.append(decimal: value)
    } else if !isNothing {
      buffer.append(value, radix: radix, isUppercase: letter == UInt8(ascii: "X"))
    }
    let digits = buffer.count - first
    var zeros = (precision ?? 0) - digits - (isDigit ? sign.utf8CodeUnitCount : 0)
    if has("0"), !has("-"), precision == nil, let width { zeros = width - (buffer.count - start) }
    buffer.insert(repeating: UInt8(ascii: "0"), count: zeros, at: first)
    pad(from: start, &buffer)
  }

  /// What was written from `start` on gets its width.
  private func pad(from start: Int, _ buffer: inout ByteBuffer) {
    let blanks = (width ?? 0) - (buffer.count - start)
    if has("-") {
      buffer.append(repeating: UInt8(ascii: " "), count: blanks)
    } else {
      buffer.insert(repeating: UInt8(ascii: " "), count: blanks, at: start)
    }
  }
}

extension ByteBuffer {
  /// Control bytes from a place on are shown, but for those that only lay out text: strings of a script have them.
  fileprivate mutating func escapeControlBytes(from start: Int) {
    guard bytes[start...].contains(where: ControlBytes.obeyed) else { return }
    let escaped = ControlBytes.escapedInLines(Array(bytes[start...]))
    removeAll(from: start)
    append(contentsOf: escaped)
  }
}
