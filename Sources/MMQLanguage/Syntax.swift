// The syntax tree: what was written, with its places, before anything is known of events.

public struct Program: Sendable {
  public var config: [ConfigItem] = []
  /// There is a config block, which may be empty.
  var hasConfig = false
  public var imports: [Import] = []
  public var macros: [Macro] = []
  public var enums: [Enumeration] = []
  public var mapDeclarations: [MapDeclaration] = []
  public var probes: [Probe] = []

  public init() {}

  /// Adds what an imported file declares.
  public mutating func merge(_ other: Program) {
    macros += other.macros
    enums += other.enums
    mapDeclarations += other.mapDeclarations
    probes += other.probes
  }
}

/// `import "path";`
public struct Import: Sendable {
  public var path: String
  public var span: Span
}

/// `macro name($v, @m, e) { … }`: a call is replaced by the body, with the arguments in place.
public struct Macro: Sendable {
  public enum Parameter: Sendable, Equatable {
    case variable(String)
    case map(String)
    /// Stands for any expression, which is inserted wherever the name stands.
    case expression(String)

    var name: String {
      switch self {
      case .variable(let name): "$" + name
      case .map(let name): "@" + name
      case .expression(let name): name
      }
    }
  }

  public var name: String
  public var parameters: [Parameter]
  public var body: Block
  public var span: Span
}

/// `enum Name { A, B = 5 }`
public struct Enumeration: Sendable {
  public var name: String?
  public var cases: [(name: String, value: UInt64)]
  public var span: Span
}

/// `let @name = hash(N);`
public struct MapDeclaration: Sendable {
  public var name: String
  /// `hash`, `lruhash`, or bpftrace's per-CPU forms of them.
  public var kind: String
  public var limit: Expression
  public var span: Span
}

/// `name = value` in a `config` block.
public struct ConfigItem: Sendable {
  public enum Value: Sendable, Equatable {
    case integer(UInt64)
    case word(String)
  }

  public var name: String
  public var value: Value
  public var span: Span

  public init(name: String, value: Value, span: Span) {
    self.name = name
    self.value = value
    self.span = span
  }
}

public struct Probe: Sendable {
  public var attachPoints: [AttachPoint]
  public var predicate: Expression?
  public var body: Block
  /// Without a block: it prints its events.
  public var isBare = false
  public var span: Span
}

/// `tracepoint:kmem:mm_page_alloc?`, split at its colons.
public struct AttachPoint: Sendable {
  /// `name = tracepoint:…`: what `probe` says instead of the full name.
  public var name: String?
  public var parts: [String]
  /// The last part where it is an expression: `interval:s:(getopt("seconds", 10))`.
  public var argument: Expression?
  /// A final `?`: bind only if the event exists.
  public var isOptional: Bool
  public var span: Span

  /// As written, without the `?`.
  public var text: String { parts.joined(separator: ":") }
}

public struct Block: Sendable {
  public var statements: [Statement]
  /// The last statement is an expression without `;`: the value of the block as an expression.
  public var hasValue = false
  /// Which expansion of a macro it is the body of; 0 where it is written so. All expansions of a
  /// macro have the same places in the script.
  public var expansion = 0
  public var span: Span
}

public struct Statement: Sendable {
  public indirect enum Kind: Sendable {
    case expression(Expression)
    case assign(Expression, AssignmentOperator, Expression)
    /// `_ = e`
    case discard(Expression)
    /// `let $x: type = e`
    case declare(name: String, type: TypeName?, value: Expression?)
    case conditional(Expression, then: Block, otherwise: Block?)
    case loop(Expression, Block)
    /// `for ($x : @map) { … }`
    case forMap(String, Expression, Block)
    /// `for ($x : a..b) { … }`: b is left out.
    case forRange(String, Expression, Expression, Block)
    case unroll(Expression, Block)
    case block(Block)
    case `break`
    case `continue`
    case `return`(Expression?)
  }

  public var kind: Kind
  public var span: Span
}

/// A type as written in a cast or a declaration.
public struct TypeName: Sendable {
  public indirect enum Kind: Sendable {
    case named(String)
    /// `enum Name`
    case enumeration(String)
    /// `typeof(e)`: the type of an expression.
    case typeOf(Expression)
    /// `int32[4]`; without a number the value decides.
    case array(TypeName, count: Expression?)
  }

  public var kind: Kind
  public var span: Span
}

public struct Expression: Sendable {
  public indirect enum Kind: Sendable {
    case integer(UInt64)
    case float(Double)
    case boolean(Bool)
    case string([UInt8])
    /// A builtin such as `comm`, or `args`.
    case name(String)
    case positional(Int)
    case positionalCount
    case variable(String)
    /// `@name`, or `@name[key]`.
    case map(String, key: [Expression]?)
    /// `a.name`, `a->name`, `a.0`.
    case member(Expression, String, Span)
    case index(Expression, Expression)
    case call(String, Span, [Expression])
    case unary(UnaryOperator, Expression)
    /// `++` and `--`: `isPrefix` decides whether the value is the new or the old one.
    case step(Expression, by: Int64, isPrefix: Bool)
    case binary(BinaryOperator, Expression, Expression)
    /// `c ? a : b`; without `a` it is `c ?: b`.
    case conditional(Expression, Expression?, Expression)
    case cast(TypeName, Expression)
    case tuple([Expression])
    /// `(x = 1, y = 2)`
    case record([(name: String, value: Expression)])
    /// `{ …; e }`, and each branch of an `if` as an expression.
    case block(Block)
    case sizeOf(Expression)
    case sizeOfType(TypeName)
    /// `typeof(…)` as an argument of a macro.
    case type(TypeName)
  }

  public var kind: Kind
  public var span: Span

  public init(_ kind: Kind, _ span: Span) {
    self.kind = kind
    self.span = span
  }
}
