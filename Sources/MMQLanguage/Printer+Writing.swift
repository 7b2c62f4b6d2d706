// Line ends, comments and blanks between tokens.

extension Printer {
  /// What stands before a token. `inner` is the level that it closes, if it closes one.
  mutating func separate(_ index: Int, inner: Level) {
    let piece = pieces[index]
    let closesLines = piece.closesBrace && inner.hasLines
    let startsLine = closesLines || piece.startsItem && index >= lineEnd
    let keepsIndent = startsLine || piece.keepsIndent && !level.isBracket
    let indent = keepsIndent ? level.indent : level.hanging
    // A comment before `}` belongs to what is in the braces.
    let settled = piece.settled + (closesLines ? piece.leading : [])
    settle(settled, at: closesLines ? inner.indent : indent)
    if startsLine || !settled.isEmpty {
      let isLast = closesLines || index == pieces.count - 1
      endLine(at: indent, leavesBlank: piece.newlines > 1 && !isLast)
    } else if breaksLine(index, at: indent) {
      endLine(at: indent, leavesBlank: false)
    } else if piece.hasBlank {
      write(" ".utf8)
    }
    if !closesLines { lead(piece) }
  }

  /// Comments that end their lines: behind what stands there, or on lines of their own.
  private mutating func settle(_ comments: ArraySlice<Trivia.Comment>, at indent: Int) {
    for comment in comments {
      if comment.newlines > 0 || output.isEmpty {
        endLine(at: indent, leavesBlank: comment.newlines > 1)
      } else {
        write(" ".utf8)
      }
      write(comment)
    }
  }

  /// Comments directly before a token.
  private mutating func lead(_ piece: PrinterPiece) {
    for comment in piece.leading {
      write(comment)
      write(" ".utf8)
    }
    if !piece.leading.isEmpty, !piece.hasBlankBehindComment {
      output.removeLast()
      column -= 1
    }
  }

  private func breaksLine(_ index: Int, at indent: Int) -> Bool {
    guard index >= lineEnd, let lineBreak = pieces[index].lineBreak else { return false }
    switch lineBreak {
    case .header: return spreadsHeader
    case .element(let end):
      return indent < column && !fits(index, through: end, at: column + separationWidth(index))
    }
  }

  // MARK: Bytes

  private mutating func endLine(at indent: Int, leavesBlank: Bool) {
    guard !output.isEmpty else { return }
    output.append(UInt8(ascii: "\n"))
    if leavesBlank, !isBehindBrace { output.append(UInt8(ascii: "\n")) }
    output += [UInt8](repeating: UInt8(ascii: " "), count: indent)
    column = indent
  }

  private mutating func write(_ comment: Trivia.Comment) {
    let text = comment.text(in: source, at: column)
    // At the start of a line it would be taken for a directive of a preprocessor.
    if column == 0, Lexer.isDirective(text) { write(" ".utf8) }
    write(text)
  }

  mutating func write(_ text: some Collection<UInt8>) {
    output += text
    isBehindBrace = false
    for byte in text {
      if byte == UInt8(ascii: "\n") { column = 0 } else if byte.startsCharacter { column += 1 }
    }
  }
}

extension Lexer {
  /// Whether a comment, at the start of a line, is an error.
  static func isDirective(_ comment: [UInt8]) -> Bool {
    var lexer = Lexer(Source(name: "", text: comment))
    lexer.skipTrivia()
    return !lexer.diagnostics.isEmpty
  }
}
