// The types that the checker infers. They are gone when a program runs: a value is then a row of
// 64-bit words.

public import MMQTrace

/// The type of an expression, of a variable, or of a map's key or value.
public indirect enum Type: Sendable, Hashable {
  /// Not known yet: the map or variable has not been assigned so far.
  case unknown
  case integer(IntegerType)
  /// A C pointer: 64 bits, printed as `0x…` in text.
  case pointer
  case bool
  /// IEEE 754 double.
  case float
  /// Bytes, held as an id in the string pool.
  case string
  /// Bytes that are no text, held as strings are.
  case buffer
  /// Addresses of the kernel's functions, held as strings are: see `StackMode`.
  case stack(StackMode)
  case array(ArrayType)
  case tuple([Type])
  case record([Member])

  /// A named part of a record.
  public struct Member: Sendable, Hashable {
    public var name: String
    public var type: Type
  }
}

/// An integer as stored: its width decides what `%x` and `%u` show of it. In a register it is
/// always extended to 64 bits.
public struct IntegerType: Sendable, Hashable {
  /// 8, 16, 32 or 64.
  public var bits: Int
  public var isSigned: Bool
  /// Names of its values, if the event's `print fmt` gives it some.
  public var symbols: SymbolTable?
  /// A non-negative number from the script: it takes the sign of what it meets.
  public var isLiteral = false

  public init(bits: Int, isSigned: Bool, symbols: SymbolTable? = nil, isLiteral: Bool = false) {
    self.bits = bits
    self.isSigned = isSigned
    self.symbols = symbols
    self.isLiteral = isLiteral
  }
}

extension Type {
  public static let int64 = Type.integer(IntegerType(bits: 64, isSigned: true))
  public static let uint64 = Type.integer(IntegerType(bits: 64, isSigned: false))
  static let uint32 = Type.integer(IntegerType(bits: 32, isSigned: false))
  static let uint8 = Type.integer(IntegerType(bits: 8, isSigned: false))

  /// The types of the parts of a tuple or record, in order.
  var parts: [Type]? {
    switch self {
    case .tuple(let items): items
    case .record(let members): members.map(\.type)
    default: nil
    }
  }

  /// Bytes of a value as a C compiler would lay it out, as sizeof() says; of a string those of a
  /// pointer.
  var byteSize: Int {
    switch self {
    case .integer(let integer): return integer.bits / 8
    case .bool: return 1
    case .array(let array): return (array.count ?? 0) * array.element.byteSize
    case .unknown, .pointer, .float, .string, .buffer, .stack: return 8
    case .tuple, .record:
      let end = (parts ?? []).reduce(0) { Type.aligned($0, $1.alignment) + $1.byteSize }
      return Type.aligned(end, alignment)
    }
  }

  private var alignment: Int {
    if case .array(let array) = self { return array.element.byteSize }
    return parts.map { $0.map(\.alignment).max() ?? 1 } ?? byteSize
  }

  private static func aligned(_ offset: Int, _ alignment: Int) -> Int {
    (offset + alignment - 1) / alignment * alignment
  }

  /// Levels of tuples and records in each other.
  var depth: Int { parts.map { 1 + ($0.map(\.depth).max() ?? 0) } ?? 0 }

  /// Registers that a value takes.
  public var words: Int {
    parts?.reduce(0) { $0 + $1.words } ?? 1
  }

  /// Which of its words are ids of strings.
  var stringWords: [Int] {
    switch self {
    case .string, .buffer, .stack, .array: return [0]
    case .tuple, .record:
      var all: [Int] = []
      var first = 0
      for part in parts ?? [] {
        all += part.stringWords.map { first + $0 }
        first += part.words
      }
      return all
    case .unknown, .integer, .pointer, .bool, .float: return []
    }
  }

  /// Integers, pointers and booleans: what arithmetic takes.
  var isIntegral: Bool {
    switch self {
    case .integer, .pointer, .bool: true
    default: false
    }
  }

  var isNumeric: Bool { isIntegral || self == .float }

  var isSigned: Bool {
    if case .integer(let integer) = self { return integer.isSigned }
    return false
  }

  var isLiteral: Bool {
    if case .integer(let integer) = self { return integer.isLiteral }
    return false
  }

  var symbols: SymbolTable? {
    if case .integer(let integer) = self { return integer.symbols }
    return nil
  }

  /// As messages and `-d types` name it.
  public var name: String {
    switch self {
    case .unknown: "unknown"
    case .integer(let integer):
      (integer.isSigned ? "int" : "uint") + "\(integer.bits)"
        + (integer.symbols == nil ? "" : " with names")
    case .pointer: "pointer"
    case .bool: "bool"
    case .float: "float64"
    case .string: "string"
    case .buffer: "buffer"
    case .stack(let mode): mode.typeName
    case .array(let array): array.element.name + "[\(array.count.map(String.init) ?? "")]"
    case .tuple(let items): "(" + items.map(\.name).joined(separator: ", ") + ")"
    case .record(let members):
      "(" + members.map { "\($0.name) = \($0.type.name)" }.joined(separator: ", ") + ")"
    }
  }

  /// Whether a variable that is declared to be of a type takes a value of this one: integers are cut,
  /// but text and fractions do not vanish silently.
  func isTaken(by declared: Type) -> Bool {
    if self == .unknown || isIntegral && declared.isNumeric { return true }
    switch (self, declared) {
    case (.tuple(let items), .tuple(let wanted)) where items.count == wanted.count:
      return zip(items, wanted).allSatisfy { $0.isTaken(by: $1) }
    default: return joined(with: declared) == declared
    }
  }

  /// The type that holds values of both; nil where there is none.
  func joined(with other: Type) -> Type? {
    if self == other { return self }
    switch (self, other) {
    case (.unknown, _): return other
    case (_, .unknown): return self
    case (.integer(let a), .integer(let b)): return Type.joined(a, b)
    case (.integer(let a), .string), (.string, .integer(let a)):
      return a.symbols == nil ? nil : .string
    case (.tuple(let a), .tuple(let b)) where a.count == b.count:
      let items = zip(a, b).compactMap { $0.joined(with: $1) }
      return items.count == a.count ? .tuple(items) : nil
    case (.record(let a), .record(let b)): return Type.joined(a, b)
    case (.array(let a), .array(let b)): return a.joined(with: b).map { .array($0) }
    case (.float, _) where other.isIntegral, (_, .float) where isIntegral: return .float
    case (.pointer, _) where other.isIntegral, (_, .pointer) where isIntegral: return .uint64
    case (.bool, .integer(let a)), (.integer(let a), .bool):
      return .integer(IntegerType(bits: a.bits, isSigned: a.isSigned))
    default: return nil
    }
  }

  /// Records with the same members, in any order: the first one's order stays.
  private static func joined(_ a: [Member], _ b: [Member]) -> Type? {
    guard a.count == b.count else { return nil }
    var members: [Member] = []
    for member in a {
      guard let other = b.first(where: { $0.name == member.name }),
        let type = member.type.joined(with: other.type)
      else { return nil }
      members.append(Member(name: member.name, type: type))
    }
    return .record(members)
  }

  /// Two integers: signed if either is, a literal aside. Names of one table stay; values of two
  /// tables are held by name, since one number may mean different things in them.
  private static func joined(_ a: IntegerType, _ b: IntegerType) -> Type {
    if a.isLiteral, b.isLiteral {
      return .integer(
        IntegerType(bits: 64, isSigned: a.isSigned && b.isSigned, isLiteral: true))
    }
    if a.isLiteral != b.isLiteral {
      var kept = a.isLiteral ? b : a
      kept.bits = 64  // the literal may need them
      return .integer(kept)
    }
    if let first = a.symbols, let second = b.symbols, first != second { return .string }
    var joined = a.bits >= b.bits ? a : b
    if a.isSigned != b.isSigned {
      // A signed type holds an unsigned one of half its width.
      let (signed, unsigned) = a.isSigned ? (a, b) : (b, a)
      joined = signed
      joined.bits = max(signed.bits, min(64, unsigned.bits * 2))
    }
    joined.symbols = a.symbols == b.symbols ? a.symbols : nil
    return .integer(joined)
  }
}
