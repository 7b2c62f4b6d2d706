// The syntax tree: what was written, with its places, before anything is known of events.

public struct Program: Sendable {
  public var config: [ConfigItem] = []
  public var probes: [Probe] = []

  public init() {}
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
}

public struct Probe: Sendable {
  public var attachPoints: [AttachPoint]
  public var predicate: Expression?
  public var body: Block
  public var span: Span
}

/// `tracepoint:kmem:mm_page_alloc?`, split at its colons.
public struct AttachPoint: Sendable {
  public var parts: [String]
  /// A final `?`: bind only if the event exists.
  public var isOptional: Bool
  public var span: Span

  /// As written, without the `?`.
  public var text: String { parts.joined(separator: ":") }
}

public struct Block: Sendable {
  public var statements: [Statement]
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
    case block(Block)
    case `break`
    case `continue`
    case `return`(Expression?)
  }

  public var kind: Kind
  public var span: Span
}

/// A type as written in a cast or a declaration.
public struct TypeName: Sendable, Equatable {
  public var name: String
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
  }

  public var kind: Kind
  public var span: Span

  public init(_ kind: Kind, _ span: Span) {
    self.kind = kind
    self.span = span
  }
}
