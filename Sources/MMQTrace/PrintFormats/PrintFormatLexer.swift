// Splits a `print fmt` into C tokens.

/// One C token. Texts are kept as ranges of the source.
struct PrintToken {
  enum Kind: Equatable {
    case identifier, number, character, string, punctuation, end
  }

  var kind: Kind
  /// The bytes of the token: quotes included.
  var range: Range<Int>
  /// Punctuation of up to two bytes, first byte in the low bits; 0 for other tokens.
  var symbol: UInt16 = 0

  /// The `symbol` of an operator of one or two ASCII characters.
  static func code(_ text: StaticString) -> UInt16 {
    text.withUTF8Buffer { bytes in
      bytes.count > 1 ? UInt16(bytes[0]) | UInt16(bytes[1]) << 8 : UInt16(bytes.first ?? 0)
    }
  }
}

struct PrintFormatLexer {
  private let text: [UInt8]
  private var position = 0

  private init(_ text: [UInt8]) { self.text = text }

  /// All tokens of `text`; the last is `.end`.
  static func tokens(of text: [UInt8]) throws(FormatProblem) -> [PrintToken] {
    var lexer = PrintFormatLexer(text)
    var tokens: [PrintToken] = []
    repeat { tokens.append(try lexer.next()) } while tokens.last?.kind != .end
    return tokens
  }

  private mutating func next() throws(FormatProblem) -> PrintToken {
    while position < text.count, text[position] <= 0x20 { position += 1 }
    guard position < text.count else {
      return PrintToken(kind: .end, range: text.count..<text.count)
    }
    let first = text[position]
    if first.isNameByte { return word(first.isDigit ? .number : .identifier) }
    if first == UInt8(ascii: "\"") { return try quoted(first, .string) }
    if first == UInt8(ascii: "'") { return try quoted(first, .character) }
    return punctuation(first)
  }

  private mutating func word(_ kind: PrintToken.Kind) -> PrintToken {
    let start = position
    while position < text.count, text[position].isNameByte { position += 1 }
    return PrintToken(kind: kind, range: start..<position)
  }

  private mutating func quoted(
    _ quote: UInt8, _ kind: PrintToken.Kind
  ) throws(FormatProblem) -> PrintToken {
    let start = position
    position += 1
    while position < text.count, text[position] != quote {
      position += text[position] == UInt8(ascii: "\\") ? 2 : 1
    }
    guard position < text.count else {
      throw FormatProblem("a literal at byte \(start) of its print fmt doesn't end")
    }
    position += 1
    return PrintToken(kind: kind, range: start..<position)
  }

  private static let pairs: Set<UInt16> = [
    PrintToken.code("->"), PrintToken.code("<<"), PrintToken.code(">>"), PrintToken.code("<="),
    PrintToken.code(">="), PrintToken.code("=="), PrintToken.code("!="), PrintToken.code("&&"),
    PrintToken.code("||"),
  ]

  private mutating func punctuation(_ first: UInt8) -> PrintToken {
    let start = position
    position += 1
    var symbol = UInt16(first)
    if position < text.count {
      let pair = symbol | UInt16(text[position]) << 8
      if PrintFormatLexer.pairs.contains(pair) {
        symbol = pair
        position += 1
      }
    }
    return PrintToken(kind: .punctuation, range: start..<position, symbol: symbol)
  }
}

extension UInt8 {
  var isDigit: Bool { self &- 0x30 < 10 }

  /// A letter, a digit, `_`, or a byte of a UTF-8 sequence.
  var isNameByte: Bool { isDigit || (self | 0x20) &- 0x61 < 26 || self == 0x5f || self >= 0x80 }

  /// The value of a hexadecimal digit.
  var hexDigit: UInt8? {
    if isDigit { return self - 0x30 }
    let letter = (self | 0x20) &- 0x61
    return letter < 6 ? letter + 10 : nil
  }
}
