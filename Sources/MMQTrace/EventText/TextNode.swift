// The compiled form of a print expression, and the values that it makes.

/// One node of an expression; operands are indices of other nodes, so that evaluating one counts
/// no references.
enum TextNode: Sendable {
  case integer(CInteger)
  /// A string of the format, by its index.
  case literal(Int)
  case field(offset: Int, size: Int, isSigned: Bool)
  /// Bytes of the record; a size below 0 stands for all up to its end.
  case bytes(offset: Int, size: Int, element: TextElement)
  /// What the `__data_loc` or `__rel_loc` word at `offset` points to.
  case dynamic(offset: Int, isRelative: Bool, element: TextElement)
  case dynamicLength(offset: Int)
  case unary(PrintExpression.Unary, Int)
  case binary(PrintExpression.Binary, Int, Int)
  case conditional(Int, then: Int, else: Int)
  /// A cast to an integer type.
  case cast(size: Int, isSigned: Bool, isBool: Bool, Int)
  /// A cast to a pointer to such elements.
  case pointer(TextElement, Int)
  case index(Int, Int)
  case flags(table: Int, Int)
  case symbolic(table: Int, Int)
  /// A helper and the start of its operands in the list of operands.
  case helper(PrintExpression.Helper, operands: Range<Int>)
  /// A bitmask as hexadecimal words.
  case mask(Int)
  case setVariable(Int, value: Int, then: Int)
  case variable(Int)
  /// Something that only the kernel knows; the bit of its reason.
  case unknown(UInt64)
}

/// The elements that a pointer points to.
struct TextElement: Sendable, Equatable {
  /// 1, 2, 4 or 8; more for structs, of which only addresses are made.
  var size: Int
  var isSigned: Bool

  static let byte = TextElement(size: 1, isSigned: false)
}

/// A `{value, "name"}` list with its values at hand.
struct TextTable: Sendable {
  var entries: [(value: UInt64, name: [UInt8])]
  var delimiter: [UInt8]
  /// The bits of the value that the helper takes: those of a kernel `long` or all.
  var mask: UInt64
  /// Set where entries were left out because their values aren't known.
  var missing: UInt64
}

/// What a node makes of a record.
struct TextValue {
  enum Kind {
    case integer
    /// Bytes of the record from `start`, `count` of them at most.
    case bytes
    /// The string with the index `start`.
    case literal
    /// Text that the node with the index `start` writes.
    case text
    case unknown
  }

  var kind: Kind
  var number = CInteger(0)
  var start = 0
  var count = 0
  var element = TextElement.byte

  static let unknown = TextValue(kind: .unknown)

  static func integer(_ number: CInteger) -> TextValue { TextValue(kind: .integer, number: number) }

  /// Whether C takes it for true; nil where nobody knows.
  var truth: Bool? {
    switch kind {
    case .integer: number.bits != 0
    case .bytes, .literal, .text: true
    case .unknown: nil
    }
  }
}
