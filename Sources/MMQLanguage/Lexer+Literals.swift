// Numbers and strings.

extension Lexer {
  private static let integerSuffixes: Set<String> = ["", "u", "l", "ul", "ll", "ull", "lu", "llu"]

  mutating func number() -> Token.Kind {
    let start = position
    if peek() == UInt8(ascii: "0"), peek(1) | 0x20 == UInt8(ascii: "x") { return hexadecimal() }
    digits()
    var isFloat = false
    if peek() == UInt8(ascii: "."), peek(1).isDigit {
      isFloat = true
      advance()
      digits()
    }
    let mantissaEnd = position
    let hasExponent = exponent()
    let written = String(
      decoding: source.text[start..<position].filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
    if isFloat { return float(written, start) }
    if hasExponent { return scaled(start, mantissaEnd) }
    return integer(written, start)
  }

  private mutating func digits() {
    while peek().isDigit || peek() == UInt8(ascii: "_") { advance() }
  }

  /// `e6` or `e-3`: consumed only if digits follow.
  private mutating func exponent() -> Bool {
    guard peek() | 0x20 == UInt8(ascii: "e") else { return false }
    let sign = peek(1) == UInt8(ascii: "-") || peek(1) == UInt8(ascii: "+") ? 1 : 0
    guard peek(1 + sign).isDigit else { return false }
    advance(1 + sign)
    digits()
    return true
  }

  private mutating func float(_ written: String, _ start: Int) -> Token.Kind {
    if peek().continuesName {
      _ = word()
      report(.badNumber(Span(start, position), source.text(of: Span(start, position))))
    }
    return .float(Double(written) ?? 0)
  }

  /// `1e6` is an integer, as in bpftrace.
  private mutating func scaled(_ start: Int, _ mantissaEnd: Int) -> Token.Kind {
    _ = word()
    let span = Span(start, position)
    let digits = source.text[start..<mantissaEnd].filter { $0 != UInt8(ascii: "_") }
    let power = Int(String(decoding: source.text[(mantissaEnd + 1)..<position], as: UTF8.self))
    var value = UInt64(String(decoding: digits, as: UTF8.self))
    for _ in 0..<max(0, min(power ?? -1, 20)) {
      let product = value?.multipliedReportingOverflow(by: 10)
      value = product.flatMap { $0.overflow ? nil : $0.partialValue }
    }
    if let value, let power, (0...20).contains(power) { return .integer(value) }
    report(.badNumber(span, source.text(of: span)))
    return .integer(0)
  }

  private mutating func integer(_ written: String, _ start: Int) -> Token.Kind {
    let suffix = word()
    let span = Span(start, position)
    let isOctal = written.utf8.count > 1 && written.utf8.first == UInt8(ascii: "0")
    if let value = UInt64(written, radix: isOctal ? 8 : 10) {
      if Lexer.integerSuffixes.contains(suffix.lowercased()) { return .integer(value) }
      if let time = Durations.nanoseconds(value, suffix) { return .integer(time) }
    }
    report(.badNumber(span, source.text(of: span)))
    return .integer(0)
  }

  private mutating func hexadecimal() -> Token.Kind {
    let start = position
    advance(2)
    let digits = word().filter { $0 != "_" }
    let number = digits.prefix { $0.isHexDigit }
    let suffix = digits.dropFirst(number.count).lowercased()
    if let value = UInt64(number, radix: 16), Lexer.integerSuffixes.contains(suffix) {
      return .integer(value)
    }
    report(.badNumber(Span(start, position), source.text(of: Span(start, position))))
    return .integer(0)
  }

  mutating func string() -> Token.Kind {
    let start = position
    var bytes: [UInt8] = []
    advance()
    while position < end {
      let byte = peek()
      if byte == UInt8(ascii: "\"") {
        advance()
        return .string(bytes)
      }
      if byte == UInt8(ascii: "\\") {
        escape(into: &bytes)
      } else {
        bytes.append(byte)
        advance()
      }
    }
    report(.openString(Span(start, start + 1)))
    return .string(bytes)
  }

  /// A string as other languages write it: one mistake, and read as what was meant. nil without the second
  /// quote in its line.
  mutating func singleQuoted() -> Token.Kind? {
    let rest = source.text[(position + 1)..<end].prefix { $0 != UInt8(ascii: "\n") }
    guard let close = rest.firstIndex(of: UInt8(ascii: "'")) else { return nil }
    let text = source.text[(position + 1)..<close]
    report(.singleQuotes(Span(position, close + 1), String(decoding: text, as: UTF8.self)))
    advance(close + 1 - position)
    return .string(Array(text))
  }

  private mutating func escape(into bytes: inout [UInt8]) {
    let start = position
    advance()
    let byte = peek()
    if let plain = Lexer.escapes[byte] {
      bytes.append(plain)
      return advance()
    }
    if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "7") {
      let value = octal()
      if let byte = UInt8(exactly: value) { return bytes.append(byte) }
      return report(.badEscape(Span(start, position), source.text(of: Span(start, position))))
    }
    if byte == UInt8(ascii: "x"), peek(1).isHexDigit {
      advance()
      return bytes.append(twoHexDigits())
    }
    if position < end { advance() }
    report(.badEscape(Span(start, position), source.text(of: Span(start, position))))
  }

  private static let escapes: [UInt8: UInt8] = [
    UInt8(ascii: "n"): 10, UInt8(ascii: "t"): 9, UInt8(ascii: "r"): 13,
    UInt8(ascii: "\""): UInt8(ascii: "\""), UInt8(ascii: "\\"): UInt8(ascii: "\\"),
  ]

  private mutating func octal() -> UInt32 {
    var value: UInt32 = 0
    var count = 0
    while count < 3, peek() >= UInt8(ascii: "0"), peek() <= UInt8(ascii: "7") {
      value = value * 8 + UInt32(peek() - UInt8(ascii: "0"))
      advance()
      count += 1
    }
    return value
  }

  private mutating func twoHexDigits() -> UInt8 {
    var value: UInt8 = 0
    var count = 0
    while count < 2, peek().isHexDigit {
      value = value &* 16 &+ UInt8(String(UnicodeScalar(peek())), radix: 16)!
      advance()
      count += 1
    }
    return value
  }
}

extension UInt8 {
  var isHexDigit: Bool {
    isDigit || ((self | 0x20) >= UInt8(ascii: "a") && (self | 0x20) <= UInt8(ascii: "f"))
  }
}
