// From bytes to tokens, one at a time: the parser says where an attach point or a predicate ends.

/// Reads tokens from a script. A copy remembers a place to return to.
struct Lexer {
  let source: Source
  private(set) var position: Int
  /// Where the file ends that is read.
  let end: Int
  private(set) var diagnostics: [Diagnostic] = []

  /// Reads the script itself.
  init(_ source: Source) { self.init(source, source.mainRange) }

  /// Reads one of the files of a source.
  init(_ source: Source, _ range: Range<Int>) {
    self.source = source
    position = range.lowerBound
    end = range.upperBound
    if source.text[range].starts(with: Array("#!".utf8)) { skipLine() }
  }

  private var text: [UInt8] { source.text }

  /// A copy to look ahead with: what it says of the text is void.
  var lookahead: Lexer {
    var copy = self
    copy.diagnostics = []
    return copy
  }

  /// The byte `ahead` of the current one; 0 at the end.
  func peek(_ ahead: Int = 0) -> UInt8 {
    position + ahead < end ? source.text[position + ahead] : 0
  }

  mutating func advance(_ count: Int = 1) { position = min(position + count, end) }
  /// Goes back to read on in another way: what was said of the bytes from there on is void.
  mutating func move(to offset: Int) {
    position = offset
    while let last = diagnostics.last, last.span.start >= offset { diagnostics.removeLast() }
  }

  mutating func report(_ diagnostic: Diagnostic) { diagnostics.append(diagnostic) }

  mutating func next() -> Token {
    while true {
      skipTrivia()
      let start = position
      if let kind = scan() { return Token(kind: kind, span: Span(start, position)) }
    }
  }

  /// nil behind bytes that belong to no token.
  private mutating func scan() -> Token.Kind? {
    guard position < end else { return .end }
    let byte = peek()
    switch byte {
    case _ where byte.isDigit: return number()
    case _ where byte.startsName:
      let name = word()
      return Keyword(rawValue: name).map(Token.Kind.keyword) ?? .identifier(name)
    case UInt8(ascii: "\""): return string()
    case UInt8(ascii: "'"): return singleQuoted() ?? symbol()
    case UInt8(ascii: "@"):
      advance()
      return .map(word())
    case UInt8(ascii: "$"): return dollar()
    default: return symbol()
    }
  }

  /// The letters, digits and underscores from here on; may be empty.
  mutating func word() -> String {
    let start = position
    while peek().continuesName { advance() }
    return String(decoding: source.text[start..<position], as: UTF8.self)
  }

  private mutating func dollar() -> Token.Kind {
    let start = position
    advance()
    if peek() == UInt8(ascii: "#") {
      advance()
      return .positionalCount
    }
    let name = word()
    if let first = name.utf8.first, first.isDigit {
      if let number = Int(name), number > 0 { return .positional(number) }
      report(.badPositional(Span(start, position)))
      return .positional(1)
    }
    if name.isEmpty { report(.strayByte(Span(start, position), UInt8(ascii: "$"))) }
    return .variable(name)
  }

  private mutating func symbol() -> Token.Kind? {
    for symbol in Token.symbols where source.text[position...].starts(with: symbol) {
      advance(symbol.count)
      return .symbol(String(decoding: symbol, as: UTF8.self))
    }
    report(.strayByte(Span(position, position + 1), peek()))
    advance()
    // The rest of a character, so that one slip is one message.
    while position < end, peek() >= 0x80 { advance() }
    return nil
  }

  mutating func skipTrivia() {
    while true {
      let byte = peek()
      if byte == UInt8(ascii: " ") || (byte >= 9 && byte <= 13) {
        advance()
      } else if byte == UInt8(ascii: "#") {
        rejectPreprocessor()
        skipLine()
      } else if byte == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "/") {
        skipLine()
      } else if byte == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
        skipBlockComment()
      } else {
        return
      }
    }
  }

  private mutating func skipLine() {
    while position < end, peek() != UInt8(ascii: "\n") { advance() }
  }

  private mutating func skipBlockComment() {
    let start = position
    advance(2)
    while position < end {
      if peek() == UInt8(ascii: "*"), peek(1) == UInt8(ascii: "/") { return advance(2) }
      advance()
    }
    report(.openComment(Span(start, start + 2)))
  }

  /// `#` starts a comment, except at the start of a line in the shape of a C directive: whoever
  /// writes that expects a preprocessor, and silence would hide that there is none.
  private mutating func rejectPreprocessor() {
    guard position == 0 || source.text[position - 1] == UInt8(ascii: "\n") else { return }
    let start = position
    var probe = self
    probe.advance()
    let directive = probe.word()
    let isDirective =
      switch directive {
      case "include": probe.restOfLineStarts(with: ["<", "\""])
      case "define": probe.restOfLineStartsWithName()
      case "ifdef", "ifndef", "if": probe.peek() == UInt8(ascii: " ")
      case "else", "endif": probe.peek() == UInt8(ascii: "\n") || probe.peek() == 0
      default: false
      }
    if isDirective { report(.preprocessor(Span(start, probe.position), directive)) }
  }

  private func restOfLineStartsWithName() -> Bool {
    var probe = self
    while probe.peek() == UInt8(ascii: " ") { probe.advance() }
    return probe.position > position && probe.peek().startsName
  }

  private func restOfLineStarts(with starts: [String]) -> Bool {
    var probe = self
    while probe.peek() == UInt8(ascii: " ") { probe.advance() }
    return starts.contains { $0.utf8.first == probe.peek() }
  }
}

extension UInt8 {
  var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
  var isLetter: Bool { (self | 0x20) >= UInt8(ascii: "a") && (self | 0x20) <= UInt8(ascii: "z") }
  var startsName: Bool { isLetter || self == UInt8(ascii: "_") }
  var continuesName: Bool { startsName || isDigit }
  var isSpace: Bool { self == 0x20 || (self >= 9 && self <= 13) }
}
