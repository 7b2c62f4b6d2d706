// The structure of a script, out of its tokens: what closes what, and where lines may end.

/// Finds the partners of brackets, the ends of items and the places for line breaks, in one pass.
struct PrinterStructure {
  /// What is open at a place: the program, a brace or a bracket.
  private struct Level {
    var opener: Int?
    /// The item that has started and not ended.
    var item: Int?
    /// Breaks whose elements have not ended, the loosest first.
    var breaks: [(index: Int, strength: Int)] = []
  }

  /// Looser than all operators, whose strengths are their precedences.
  private enum Strength {
    /// Behind a format string: its element is all that follows.
    static let format = -3
    static let comma = -2
    /// `: c ? d` is one element: conditionals in a row have a line each.
    static let otherwise = -1
  }

  private(set) var pieces: [PrinterPiece] = []
  private var levels = [Level()]

  static func pieces(_ tokens: [PlacedToken], in source: Source) -> [PrinterPiece] {
    var structure = PrinterStructure()
    var previous = 0
    for token in tokens {
      structure.add(PrinterPiece(token, after: previous, in: source))
      previous = token.span.end
    }
    structure.endItem(at: structure.pieces.count)
    return structure.pieces
  }

  private mutating func add(_ piece: PrinterPiece) {
    let index = pieces.count
    pieces.append(piece)
    if index > 0 { pieces[index].hasBlank = piece.hasBlank(behind: pieces[index - 1]) }
    if piece.closes { close(at: index) }
    if piece.startsItem { startItem(at: index) }
    findBreak(before: index)
    if piece.opensBrace || piece.opensBracket { levels.append(Level(opener: index)) }
  }

  private var level: Level {
    get { levels[levels.count - 1] }
    set { levels[levels.count - 1] = newValue }
  }

  private mutating func close(at index: Int) {
    endItem(at: index)
    if let opener = levels.removeLast().opener { pieces[opener].partner = index }
  }

  private mutating func startItem(at index: Int) {
    endItem(at: index)
    level.item = index
    if let opener = level.opener { pieces[opener].itemCount += 1 }
  }

  private mutating func endItem(at index: Int) {
    endElements(at: index, strength: Int.min)
    if let item = level.item { pieces[item].itemEnd = index }
  }

  private mutating func endElements(at index: Int, strength: Int) {
    while let last = level.breaks.last, last.strength >= strength {
      level.breaks.removeLast()
      pieces[last.index].lineBreak = .element(end: index)
    }
  }

  // MARK: Line breaks

  private mutating func findBreak(before index: Int) {
    let piece = pieces[index]
    if piece.role == .predicateStart || piece.role == .attachPoint && !piece.startsItem {
      pieces[index].lineBreak = .header
    } else if let strength = strength(before: index) {
      endElements(at: index, strength: strength)
      level.breaks.append((index, strength))
    }
  }

  /// Of the break before a token: it ends the elements of those that are not looser.
  private func strength(before index: Int) -> Int? {
    guard index > 0, !pieces[index].closes else { return nil }
    let (left, piece) = (pieces[index - 1], pieces[index])
    if left.opensBracket { return Strength.comma }
    if left.isPlain(","), let opener = level.opener, pieces[opener].opensBracket {
      return isBehindFormat(index, opener) ? Strength.format : Strength.comma
    }
    guard case .infix(let precedence) = piece.role, piece.hasBlank else { return nil }
    return piece.isElse ? Strength.otherwise : precedence
  }

  /// `printf("…",` and then the arguments.
  private func isBehindFormat(_ index: Int, _ opener: Int) -> Bool {
    index == opener + 3 && pieces[opener + 1].isString
  }
}
