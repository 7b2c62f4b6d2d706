// What goes on one line.

extension Printer {
  /// Whether the items in the brace that opens here have lines of their own.
  func hasLines(_ index: Int) -> Bool {
    let next = pieces[index + 1]
    let hasComments = !next.settled.isEmpty || !next.leading.isEmpty
    // `{ /* nothing */ }` stays.
    let isEmpty = next.closesBrace && (!hasComments || next.isOnLine)
    return index >= lineEnd && !isEmpty
  }

  /// Whether an item stays on one line: the script has it on one, each block in it has one statement
  /// at most, and it fits.
  func isOneLine(_ start: Int) -> Bool {
    var width = column
    for index in start..<pieces[start].itemEnd {
      let piece = pieces[index]
      if index > start {
        guard piece.isOnLine else { return false }
        width += separationWidth(index)
      }
      width += piece.width
      if width > Printer.width || piece.endsInOtherLine { return false }
      if piece.role == .block && piece.itemCount > 1 { return false }
    }
    return true
  }

  /// Whether the tokens from `start`, which begins at a column, up to `end`, and those behind them
  /// that cannot go to the next line, fit on this one.
  func fits(_ start: Int, through end: Int, at column: Int) -> Bool {
    var width = column
    for index in start..<pieces.count {
      let piece = pieces[index]
      if index > start {
        let mayEnd = index >= end && (piece.lineBreak != nil || piece.startsItem)
        if mayEnd || !piece.settled.isEmpty { return true }
        width += separationWidth(index)
      }
      width += piece.width
      if width > Printer.width { return false }
      if piece.endsInOtherLine || piece.opensBrace && hasLines(index) { return true }
    }
    return true
  }

  /// Columns of the blanks and comments before a token on its line.
  func separationWidth(_ index: Int) -> Int {
    let piece = pieces[index]
    var width = piece.hasBlank ? 1 : 0
    for comment in piece.leading { width += comment.width(in: source) + 1 }
    if !piece.leading.isEmpty, !piece.hasBlankBehindComment { width -= 1 }
    return width
  }
}
