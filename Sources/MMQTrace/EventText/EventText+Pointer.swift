// The kernel's `%p` and its extensions: symbols, addresses of networks, UUIDs, bytes, bitmaps.

extension EventText {
  /// Whether `%p` with these letters needs no more than the record and the symbols.
  static func knowsPointer(_ letters: [UInt8]) -> Bool {
    let text = String(decoding: letters, as: UTF8.self)
    if text.hasPrefix("IS") || text.hasPrefix("iS") {
      return text.dropFirst(2).allSatisfy { $0 == "p" || $0 == "c" }
    }
    return [
      "", "x", "K", "S", "SR", "s", "B", "F", "f", "I4", "i4", "I6", "i6", "I6c", "M", "MF", "m",
      "U", "Ub", "UB", "Ul", "UL", "h", "hC", "hD", "hN", "b", "bl",
    ].contains(text)
  }

  func appendPointer(
    _ value: TextValue, _ letters: [UInt8], _ format: TextFormat, _ run: inout TextRun,
    _ out: inout [UInt8]
  ) {
    let start = out.count
    switch letters.first {
    case nil, UInt8(ascii: "x"), UInt8(ascii: "K"):
      appendAddress(value, format, &out)
      return
    case UInt8(ascii: "S"), UInt8(ascii: "F"): symbol(value, .offset, &run, &out)
    case UInt8(ascii: "s"), UInt8(ascii: "f"): symbol(value, .name, &run, &out)
    case UInt8(ascii: "B"): symbol(value, .returnAddress, &run, &out)
    case UInt8(ascii: "h"), UInt8(ascii: "b"):
      // Their width is a length.
      guard value.kind == .bytes else { break }
      let bytes = run.record.bytes(value)
      if letters.first == UInt8(ascii: "b") {
        let bits = min(max(format.width, 0), bytes.count * 8)
        out.append(
          bitmap: bytes, bits: bits, asList: letters.count > 1, run.record.byteOrder,
          longSize: context.longSize)
      } else {
        out.append(hex: bytes.prefix(min(max(format.width, 1), 64)), separator: letters.last)
      }
      return
    default:
      if value.kind == .bytes {
        let known = out.append(network: run.record.bytes(value), letters, run.record.byteOrder)
        if !known {
          out.append(EventText.unknownMark)
          run.reasons.insert(.damage)
        }
      }
    }
    if out.count == start { out.append(EventText.unknownMark) }
    out.pad(from: start, format)
  }

  private func appendAddress(
    _ value: TextValue, _ format: TextFormat, _ out: inout [UInt8]
  ) {
    guard value.kind == .integer else {
      out.append(EventText.unknownMark)
      return
    }
    // All digits, unless the format has a width of its own.
    var format = format
    if format.width == 0 {
      format.width = context.longSize * 2
      format.isZeroPadded = true
    }
    let bits = CInteger.extend(value.number.bits, size: context.longSize, isSigned: false)
    out.appendNumber(bits, isSigned: false, base: 16, format)
  }

  private func symbol(
    _ value: TextValue, _ form: KernelSymbols.TextForm, _ run: inout TextRun,
    _ out: inout [UInt8]
  ) {
    guard value.kind == .integer else { return }
    let address = CInteger.extend(value.number.bits, size: context.longSize, isSigned: false)
    run.reasons.formUnion(context.symbols.append(address, form, to: &out))
  }
}

extension EventRef {
  /// The bytes of a value of the kind `.bytes`, which lie in the record.
  func bytes(_ value: TextValue) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: base + value.start, count: value.count)
  }
}

extension [UInt8] {
  /// `%ph`: two digits a byte. The separator is told by the last letter: `C`, `D`, `N`, else blanks.
  mutating func append(hex bytes: Slice<UnsafeRawBufferPointer>, separator letter: UInt8?) {
    let separator: UInt8? =
      switch letter {
      case UInt8(ascii: "C"): UInt8(ascii: ":")
      case UInt8(ascii: "D"): UInt8(ascii: "-")
      case UInt8(ascii: "N"): nil
      default: UInt8(ascii: " ")
      }
    var isFirst = true
    for byte in bytes {
      if !isFirst, let separator { append(separator) }
      isFirst = false
      appendHex(UInt64(byte), digits: 2)
    }
  }

  /// `%*pb`: words of 32 bits, the highest first; `%*pbl`: ranges of set bits. Follows bitmap_string
  /// and bitmap_list_string in lib/vsprintf.c.
  mutating func append(
    bitmap bytes: UnsafeRawBufferPointer, bits: Int, asList: Bool, _ order: ByteOrder,
    longSize: Int
  ) {
    /// Bit `n` lies in a `long`, whose bytes have the kernel's order.
    func isSet(_ bit: Int) -> Bool {
      let place = bit / 8
      let swapped = place ^ (longSize - 1)
      let byte = order == .little ? place : swapped
      return byte < bytes.count && bytes[byte] >> UInt8(bit & 7) & 1 != 0
    }
    if asList { return append(rangesBelow: bits, isSet) }
    var low = (bits + 31) / 32 * 32 - 32
    var width = bits & 31 == 0 ? 32 : bits & 31
    while low >= 0 {
      var word: UInt64 = 0
      for bit in 0..<width where isSet(low + bit) { word |= 1 << UInt64(bit) }
      appendHex(word, digits: (width + 3) / 4)
      if low > 0 { append(UInt8(ascii: ",")) }
      low -= 32
      width = 32
    }
  }

  private mutating func append(rangesBelow bits: Int, _ isSet: (Int) -> Bool) {
    var isFirst = true
    var bit = 0
    while bit < bits {
      guard isSet(bit) else {
        bit += 1
        continue
      }
      let first = bit
      while bit < bits, isSet(bit) { bit += 1 }
      if !isFirst { append(UInt8(ascii: ",")) }
      isFirst = false
      appendDecimal(UInt64(first))
      if bit - first > 1 {
        append(UInt8(ascii: "-"))
        appendDecimal(UInt64(bit - 1))
      }
    }
  }
}
