// A whole print format in compiled form: what to write for a record, piece by piece.

/// One piece of an event's text.
enum TextPiece: Sendable {
  case text([UInt8])
  /// An integer conversion without flags, width or precision; by far the most frequent kind.
  case plain(base: UInt8, size: Int, isSigned: Bool, argument: Int)
  case conversion(PrintfConversion, width: Int, precision: Int, argument: Int)
}

/// Nodes, tables and strings of one format. Indices in it are made by `TextCompiler` only.
struct TextProgram: Sendable {
  var pieces: [TextPiece] = []
  var nodes: [TextNode] = []
  /// The operands of helpers, as indices of nodes.
  var operands: [Int] = []
  var literals: [[UInt8]] = []
  var tables: [TextTable] = []
  var variableCount = 0
}
