// Addresses of networks and UUIDs as the kernel's printf writes them.

extension [UInt8] {
  /// What `%p` with these letters makes of bytes; false if they are too few.
  mutating func append(
    network bytes: UnsafeRawBufferPointer, _ letters: [UInt8], _ order: ByteOrder
  ) -> Bool {
    guard let first = letters.first else { return false }
    switch first {
    case UInt8(ascii: "I"), UInt8(ascii: "i"):
      guard letters.count > 1 else { return false }
      let isPadded = first == UInt8(ascii: "i")
      switch letters[1] {
      case UInt8(ascii: "4"): return append(ipv4: bytes, isPadded: isPadded)
      case UInt8(ascii: "6"):
        return append(ipv6: bytes, isCompact: letters.count > 2, hasColons: !isPadded)
      default: return append(socket: bytes, letters, order)
      }
    case UInt8(ascii: "M"), UInt8(ascii: "m"):
      guard bytes.count >= 6 else { return false }
      let separator: UInt8 = letters.count > 1 ? UInt8(ascii: "D") : UInt8(ascii: "C")
      append(hex: bytes.prefix(6), separator: first == UInt8(ascii: "m") ? 0x4e : separator)
      return true
    case UInt8(ascii: "U"): return append(uuid: bytes, letters.count > 1 ? letters[1] : 0x62)
    default: return false
    }
  }

  private mutating func append(ipv4 bytes: UnsafeRawBufferPointer, isPadded: Bool) -> Bool {
    guard bytes.count >= 4 else { return false }
    for index in 0..<4 {
      if index > 0 { append(UInt8(ascii: ".")) }
      let byte = UInt64(bytes[index])
      if isPadded { appendFill(UInt8(ascii: "0"), byte < 10 ? 2 : byte < 100 ? 1 : 0) }
      appendDecimal(byte)
    }
    return true
  }

  private mutating func append(
    ipv6 bytes: UnsafeRawBufferPointer, isCompact: Bool, hasColons: Bool
  ) -> Bool {
    guard bytes.count >= 16 else { return false }
    if isCompact {
      appendCompact(bytes)
      return true
    }
    for word in 0..<8 {
      if word > 0, hasColons { append(UInt8(ascii: ":")) }
      appendHex(UInt64(bytes[word * 2]) << 8 | UInt64(bytes[word * 2 + 1]), digits: 4)
    }
    return true
  }

  /// The longest run of zero words becomes `::`, and mapped IPv4 addresses end in dots. Follows
  /// ip6_compressed_string in lib/vsprintf.c.
  private mutating func appendCompact(_ bytes: UnsafeRawBufferPointer) {
    let words = (0..<8).map { UInt64(bytes[$0 * 2]) << 8 | UInt64(bytes[$0 * 2 + 1]) }
    let isMapped = words[0..<5].allSatisfy { $0 == 0 } && words[5] == 0xffff
    let isAutomaticTunnel = words[4] | 0x0200 == 0x0200 && words[5] == 0x5efe
    let range = isMapped || isAutomaticTunnel ? 6 : 8
    let gap = Self.longestZeros(words[..<range])
    var needsColon = false
    var word = 0
    while word < range {
      if let gap, word == gap.lowerBound {
        if needsColon || word == 0 { append(UInt8(ascii: ":")) }
        append(UInt8(ascii: ":"))
        needsColon = false
        word = gap.upperBound
        continue
      }
      if needsColon { append(UInt8(ascii: ":")) }
      appendHex(words[word])
      needsColon = true
      word += 1
    }
    if range == 6 {
      if needsColon { append(UInt8(ascii: ":")) }
      _ = append(ipv4: UnsafeRawBufferPointer(rebasing: bytes[12..<16]), isPadded: false)
    }
  }

  /// The first of the longest runs of two or more zeros.
  private static func longestZeros(_ words: ArraySlice<UInt64>) -> Range<Int>? {
    var best = 0..<0
    var start = 0
    for (index, word) in words.enumerated() {
      if word != 0 { start = index + 1 }
      if index + 1 - start > best.count { best = start..<index + 1 }
    }
    return best.count > 1 ? best : nil
  }

  /// `%pIS`: a struct sockaddr, with `p` its port, with `c` in the short form.
  private mutating func append(
    socket bytes: UnsafeRawBufferPointer, _ letters: [UInt8], _ order: ByteOrder
  ) -> Bool {
    guard bytes.count >= 8, let base = bytes.baseAddress else { return false }
    let hasPort = letters.contains(UInt8(ascii: "p"))
    switch base.load(UInt16.self, at: 0, order) {
    case 2:
      _ = append(ipv4: UnsafeRawBufferPointer(rebasing: bytes[4..<8]), isPadded: false)
    case 10:
      guard bytes.count >= 24 else { return false }
      if hasPort { append(UInt8(ascii: "[")) }
      _ = append(
        ipv6: UnsafeRawBufferPointer(rebasing: bytes[8..<24]),
        isCompact: letters.contains(UInt8(ascii: "c")), hasColons: true)
      if hasPort { append(UInt8(ascii: "]")) }
    default:
      append("(einval)")
      return true
    }
    if hasPort {
      append(UInt8(ascii: ":"))
      appendDecimal(UInt64(base.load(UInt16.self, at: 2, .big)))
    }
    return true
  }

  /// `b` and `l` tell the order of the bytes; capitals print capitals.
  private mutating func append(uuid bytes: UnsafeRawBufferPointer, _ letter: UInt8) -> Bool {
    guard bytes.count >= 16 else { return false }
    let isLittle = letter | 0x20 == UInt8(ascii: "l")
    let order: [Int] =
      isLittle
      ? [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15] : [Int](0..<16)
    let letters: UInt8 = letter < 0x60 ? UInt8(ascii: "A") : UInt8(ascii: "a")
    for (index, place) in order.enumerated() {
      if [4, 6, 8, 10].contains(index) { append(UInt8(ascii: "-")) }
      appendDigits(UInt64(bytes[place] >> 4), base: 16, letters: letters)
      appendDigits(UInt64(bytes[place] & 15), base: 16, letters: letters)
    }
    return true
  }
}
