// Tells casts from parentheses in a `print fmt`: C needs its type names for that.

extension PrintFormatParser {
  /// The type of a cast that starts at the current `(`, and its tokens up to the `)`, inclusive.
  func castType() -> (type: CType, length: Int)? {
    guard let (type, end) = typeName(at: position + 1), closes(end) else { return nil }
    let next = tokens[min(end + 1, tokens.count - 1)]
    guard startsOperand(next, afterKnownType: isCertain(position + 1..<end)) else { return nil }
    return (type, end + 1 - position)
  }

  func closes(_ index: Int) -> Bool { tokens[index].symbol == PrintToken.code(")") }

  /// Words and stars from `start`: a type as far as grammar can tell, and the token after it.
  func typeName(at start: Int) -> (type: CType, end: Int)? {
    var words: [String] = []
    var hasName = false
    var end = start
    while end < tokens.count - 1 {
      let token = tokens[end]
      if token.kind == .identifier {
        let word = spelling(token)
        // A second name that is no type word is what a declaration declares.
        if hasName, !CType.isTypeName(word) { break }
        hasName = hasName || !CType.qualifiers.contains(word) && !CType.tags.contains(word)
        words.append(word)
      } else if token.symbol == PrintToken.code("*"), hasName {
        words.append("*")
      } else {
        break
      }
      end += 1
    }
    guard hasName, words.first != "REC" else { return nil }
    return (CType(words: words, longSize: longSize), end)
  }

  /// True where these tokens can be nothing but a type.
  private func isCertain(_ range: Range<Int>) -> Bool {
    range.count > 1 || range.allSatisfy { CType.isTypeName(spelling(tokens[$0])) }
  }

  /// Whether a token can follow a cast. After a name of unknown kind, `-` and its like are taken
  /// for binary operators.
  private func startsOperand(_ token: PrintToken, afterKnownType isCertain: Bool) -> Bool {
    switch token.kind {
    case .identifier, .number, .character, .string: return true
    case .punctuation:
      let always = ["(", "~", "!"].map(PrintToken.code)
      let sometimes = ["-", "+", "*", "&", "{"].map(PrintToken.code)
      return always.contains(token.symbol) || isCertain && sometimes.contains(token.symbol)
    case .end: return false
    }
  }
}
