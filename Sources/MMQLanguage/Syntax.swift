// The syntax tree: what was written, with its places, before anything is known of events.

/// A whole script, imports included.
public struct Program: Sendable {
  /// Settings of `config` blocks, in their order.
  public var config: [ConfigItem] = []
  /// There is a config block, which may be empty.
  var hasConfig = false
  /// Of the script itself: those of imported files are gone when it is whole.
  public var imports: [Import] = []
  /// Of the script and what it imports, in order of the text.
  public var macros: [Macro] = []
  /// As `macros`.
  public var enums: [Enumeration] = []
  /// As `macros`.
  public var mapDeclarations: [MapDeclaration] = []
  /// As `macros`: the order in which probes of one event run.
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
  /// As written, without quotes.
  public var path: String
  public var span: Span
}

/// `macro name($v, @m, e) { … }`: a call is replaced by the body, with the arguments in place.
public struct Macro: Sendable {
  /// A name, and what may be handed over for it.
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

  /// What calls name.
  public var name: String
  /// In the order of a call's arguments.
  public var parameters: [Parameter]
  /// What a call becomes.
  public var body: Block
  public var span: Span
}

/// `enum Name { A, B = 5 }`
public struct Enumeration: Sendable {
  /// nil where it has none: then only its cases can be named.
  public var name: String?
  /// Each with its value: without `=` one more than the one before, from 0 on.
  public var cases: [(name: String, value: UInt64)]
  public var span: Span
}

/// `let @name = hash(N);`
public struct MapDeclaration: Sendable {
  /// Without the `@`.
  public var name: String
  /// `hash`, `lruhash`, or bpftrace's per-CPU forms of them.
  public var kind: String
  /// The most keys that it holds.
  public var limit: Expression
  public var span: Span
}

/// `name = value` in a `config` block.
public struct ConfigItem: Sendable {
  /// What may stand behind the `=`.
  public enum Value: Sendable, Equatable {
    case integer(UInt64)
    case word(String)
  }

  /// As written; upper and lower case count.
  public var name: String
  /// A number or a word.
  public var value: Value
  public var span: Span

  public init(name: String, value: Value, span: Span) {
    self.name = name
    self.value = value
    self.span = span
  }
}

/// Attach points, a predicate, and what is done.
public struct Probe: Sendable {
  /// At least one; each event of any of them runs the block.
  public var attachPoints: [AttachPoint]
  /// Between slashes, or behind `if`: where it is 0, the block does not run. nil for always.
  public var predicate: Expression?
  /// Of a bare probe, `print(args)`.
  public var body: Block
  /// Without a block: it prints its events.
  public var isBare = false
  public var span: Span
}

/// `tracepoint:kmem:mm_page_alloc?`, split at its colons.
public struct AttachPoint: Sendable {
  /// `name = tracepoint:…`: what `probe` says instead of the full name.
  public var name: String?
  /// Without the `?`; the last one is missing where `argument` stands for it.
  public var parts: [String]
  /// The last part where it is an expression: `interval:s:(getopt("seconds", 10))`.
  public var argument: Expression?
  /// A final `?`: bind only if the event exists.
  public var isOptional: Bool
  public var span: Span

  /// As written, without the `?`.
  public var text: String { parts.joined(separator: ":") }
}

/// Statements between braces: variables that are declared in it end with it.
public struct Block: Sendable {
  /// In their order.
  public var statements: [Statement]
  /// The last statement is an expression without `;`: the value of the block as an expression.
  public var hasValue = false
  /// Which expansion of a macro it is the body of; 0 where it is written so. All expansions of a
  /// macro have the same places in the script.
  public var expansion = 0
  public var span: Span
}

/// One step of a block.
public struct Statement: Sendable {
  /// What it does.
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

  /// What it does.
  public var kind: Kind
  public var span: Span
}

/// A type as written in a cast or a declaration.
public struct TypeName: Sendable {
  /// How the type is named.
  public indirect enum Kind: Sendable {
    case named(String)
    /// `enum Name`
    case enumeration(String)
    /// `typeof(e)`: the type of an expression.
    case typeOf(Expression)
    /// `int32[4]`; without a number the value decides.
    case array(TypeName, count: Expression?)
  }

  /// How the type is named.
  public var kind: Kind
  public var span: Span
}

/// What has a value, or is called for what it does.
public struct Expression: Sendable {
  /// What it is made of.
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

  /// What it is made of.
  public var kind: Kind
  public var span: Span

  public init(_ kind: Kind, _ span: Span) {
    self.kind = kind
    self.span = span
  }
}
