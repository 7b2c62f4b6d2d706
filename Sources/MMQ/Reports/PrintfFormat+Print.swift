// Printing values by a format.

extension PrintfFormat {
  /// Appends the text. The words lie one after the other, as `types` says. Control bytes within
  /// strings of events are escaped if `escapes`: they must not reach a terminal.
  func print(
    _ types: [Type], _ words: UnsafePointer<UInt64>, _ strings: StringPool, escapes: Bool,
    to buffer: inout ByteBuffer
  ) {
    var next = words
    var index = 0
    for segment in segments {
      switch segment {
      case .literal(let text): buffer.append(contentsOf: text)
      case .conversion(let conversion):
        conversion.print(types[index], next, strings, escapes, &buffer)
        next += types[index].words
        index += 1
      }
    }
  }
}

extension PrintfFormat.Conversion {
  func print(
    _ type: Type, _ words: UnsafePointer<UInt64>, _ strings: StringPool, _ escapes: Bool,
    _ buffer: inout ByteBuffer
  ) {
    if case .buffer(let form) = kind {
      return pad(BufferText.text(Array(strings.bytes(of: words[0])), form), &buffer)
    }
    if kind == .pageFlags { return text(type, words, strings, escapes, &buffer) }
    switch letter {
    case UInt8(ascii: "s"):
      if case .string = type, width == nil, precision == nil, !escapes {
        return buffer.append(strings.bytes(of: words[0]))
      }
      text(type, words, strings, escapes, &buffer)
    case UInt8(ascii: "c"): pad([UInt8(truncatingIfNeeded: words[0])], &buffer)
    case UInt8(ascii: "d"), UInt8(ascii: "i"): signed(words[0], &buffer)
    case _ where isFloat: float(words[0], &buffer)
    default: unsigned(type, words[0], &buffer)
    }
  }

  private func text(
    _ type: Type, _ words: UnsafePointer<UInt64>, _ strings: StringPool, _ escapes: Bool,
    _ buffer: inout ByteBuffer
  ) {
    var text = ByteBuffer()
    text.append(Value(type, words, strings))
    var bytes = escapes ? ControlBytes.escaped(text.bytes) : text.bytes
    if let precision { bytes = Array(bytes.prefix(precision)) }
    pad(bytes, &buffer)
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
    if width == nil, precision == nil, !has("+"), !has(" ") { return buffer.append(decimal: value) }
    let sign = value < 0 ? "-" : has("+") ? "+" : has(" ") ? " " : ""
    number(Array(sign.utf8), Array(String(value.magnitude).utf8), &buffer)
  }

  /// `%u %o %x %X %p`: the bits that the argument's type has, so that a negative int32 is 32 bits.
  private func unsigned(_ type: Type, _ word: UInt64, _ buffer: inout ByteBuffer) {
    let value = word & mask(type)
    if letter == UInt8(ascii: "u"), width == nil, precision == nil {
      return buffer.append(decimal: value)
    }
    let (radix, prefix): (Int, String) =
      switch letter {
      case UInt8(ascii: "o"): (8, has("#") && value != 0 ? "0" : "")
      case UInt8(ascii: "x"): (16, has("#") && value != 0 ? "0x" : "")
      case UInt8(ascii: "X"): (16, has("#") && value != 0 ? "0X" : "")
      case UInt8(ascii: "p"): (16, "0x")
      default: (10, "")
      }
    let digits = String(value, radix: radix, uppercase: letter == UInt8(ascii: "X"))
    // As in C the 0 of %#o is one of the digits that the precision asks for.
    number(Array(prefix.utf8), Array(digits.utf8), isDigit: letter == UInt8(ascii: "o"), &buffer)
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
    _ sign: [UInt8], _ digits: [UInt8], isDigit: Bool = false, _ buffer: inout ByteBuffer
  ) {
    // No digits are asked for, and zero needs none.
    let isNothing = precision == 0 && digits == [UInt8(ascii: "0")] && !(isDigit && has("#"))
    let digits = isNothing ? [] : digits
    var zeros = max(0, (precision ?? 0) - digits.count - (isDigit ? sign.count : 0))
    if has("0"), !has("-"), precision == nil, let width {
      zeros = max(0, width - sign.count - digits.count)
    }
    pad(sign + [UInt8](repeating: UInt8(ascii: "0"), count: zeros) + digits, &buffer)
  }

  private func pad(_ text: [UInt8], _ buffer: inout ByteBuffer) {
    let blanks = max(0, (width ?? 0) - text.count)
    if !has("-") { buffer.append(repeating: UInt8(ascii: " "), count: blanks) }
    buffer.append(contentsOf: text)
    if has("-") { buffer.append(repeating: UInt8(ascii: " "), count: blanks) }
  }
}

/// Bytes that a terminal would obey.
enum ControlBytes {
  /// Control bytes as `\x1b`, `\n`; all else as it is.
  static func escaped(_ text: [UInt8]) -> [UInt8] {
    guard text.contains(where: { $0 < 0x20 || $0 == 0x7f }) else { return text }
    return text.flatMap { byte -> [UInt8] in
      if byte >= 0x20, byte != 0x7f { return [byte] }
      let digits = String(byte, radix: 16)
      return Array("\\x\(digits.count == 1 ? "0" : "")\(digits)".utf8)
    }
  }
}
