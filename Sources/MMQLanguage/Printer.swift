// Lays out a script in the house style, for `mmq fmt`.

/// Prints the tokens of a script, each as it is written and all in their order, with other white
/// space between them: so the layout cannot change what the script means. It depends on the tokens,
/// on the comments and which of them stand on lines of their own, on blank lines, and on whether a
/// statement with blocks stands on one line: on nothing that printing changes.
public struct Printer {
  /// Columns of a line.
  static let width = 100
  static let indentation = 2
  /// How much further to the right a statement goes on.
  static let continuation = 4
  /// Lines go on below the inside of a bracket that is not further to the right than this.
  static let alignmentLimit = 60

  /// What lines look like at a place.
  struct Level {
    /// The column of items.
    var indent = 0
    /// The column where an item goes on.
    var hanging = Printer.continuation
    /// Inside of parentheses, square brackets or a predicate.
    var isBracket = false
    /// Inside of braces with a line for each item.
    var hasLines = true
  }

  let source: Source
  let pieces: [PrinterPiece]
  var levels = [Level()]
  var output: [UInt8] = []
  var column = 0
  /// Nothing has been printed in the brace that was opened last.
  var isBehindBrace = false
  /// The end of an item that goes to one line.
  var lineEnd = 0
  /// The attach points and the predicate of this probe have lines of their own.
  var spreadsHeader = false

  /// The text in the house style; nil if the script has errors.
  public static func print(_ source: Source) -> (text: [UInt8]?, diagnostics: [Diagnostic]) {
    let (tokens, diagnostics) = Parser.tokens(of: source)
    guard diagnostics.isEmpty else { return (nil, diagnostics) }
    var printer = Printer(source: source, pieces: PrinterStructure.pieces(tokens, in: source))
    for index in printer.pieces.indices { printer.print(index) }
    return (printer.output, [])
  }

  var level: Level { levels[levels.count - 1] }

  private mutating func print(_ index: Int) {
    let piece = pieces[index]
    let inner = level
    if piece.closes { levels.removeLast() }
    separate(index, inner: inner)
    if piece.startsItem, index >= lineEnd { startItem(index) }
    write(piece.text)
    if piece.opensBrace {
      openBrace(index)
    } else if piece.opensBracket {
      openBracket()
    }
  }

  private mutating func openBracket() {
    var inner = level
    let isFar = column > Printer.alignmentLimit
    inner.hanging = isFar ? min(level.hanging + Printer.continuation, column) : column
    inner.isBracket = true
    inner.hasLines = false
    levels.append(inner)
  }

  private mutating func openBrace(_ index: Int) {
    var inner = level
    inner.isBracket = false
    inner.hasLines = hasLines(index)
    if inner.hasLines {
      inner.indent += Printer.indentation
      inner.hanging = inner.indent + Printer.continuation
      isBehindBrace = true
    }
    levels.append(inner)
  }

  private mutating func startItem(_ index: Int) {
    if isOneLine(index) { lineEnd = pieces[index].itemEnd }
    spreadsHeader = !fits(index, through: pieces[index].itemEnd, at: column)
  }
}
