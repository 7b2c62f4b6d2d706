// A whole print format in compiled form: what to write for a record, piece by piece.

/// One piece of an event's text; what it consists of lies in the program, so that walking the pieces
/// counts no references.
enum TextPiece: Sendable {
  /// A part of the program's `text`.
  case text(start: Int, end: Int)
  /// An integer conversion without flags, width or precision; by far the most frequent kind.
  case plain(base: UInt8, size: Int, isSigned: Bool, argument: Int)
  /// Any other one, by its index.
  case conversion(Int, width: Int, precision: Int, argument: Int)
}

/// Nodes, tables and strings of one format. Indices in it are made by `TextCompiler` only.
struct TextProgram: Sendable {
  var pieces: [TextPiece] = []
  /// What stands between the conversions.
  var text: [UInt8] = []
  var conversions: [PrintfConversion] = []
  var nodes: [TextNode] = []
  /// The operands of helpers, as indices of nodes.
  var operands: [Int] = []
  var literals: [[UInt8]] = []
  var tables: [TextTable] = []
  var variableCount = 0

  mutating func add(_ text: [UInt8]) {
    let start = self.text.count
    self.text += text
    pieces.append(.text(start: start, end: self.text.count))
  }

  mutating func add(
    _ conversion: PrintfConversion, width: Int = -1, precision: Int = -1, argument: Int
  ) {
    conversions.append(conversion)
    pieces.append(
      .conversion(
        conversions.count - 1, width: width, precision: precision, argument: argument))
  }
}
