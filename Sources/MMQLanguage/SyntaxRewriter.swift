// A walk over the syntax tree that may change it.

/// Rebuilds a tree from its leaves up. A rewriter replaces what it cares about and leaves the rest
/// to `rewriteChildren`.
protocol SyntaxRewriter {
  mutating func rewrite(_ expression: Expression) throws -> Expression
  /// The name of a variable, where one is declared, assigned or read.
  mutating func rewrite(_ block: Block) throws -> Block
  mutating func rewrite(variable name: String) -> String
  mutating func rewrite(_ type: TypeName) throws -> TypeName
}

extension SyntaxRewriter {
  mutating func rewrite(variable name: String) -> String { name }

  mutating func rewrite(_ probe: Probe) throws -> Probe {
    var probe = probe
    probe.predicate = try probe.predicate.map { try rewrite($0) }
    probe.body = try rewrite(probe.body)
    return probe
  }

  mutating func rewrite(_ block: Block) throws -> Block { try rewriteChildren(block) }

  mutating func rewriteChildren(_ block: Block) throws -> Block {
    var block = block
    block.statements = try block.statements.map { statement in
      var statement = statement
      statement.kind = try rewrite(statement.kind)
      return statement
    }
    return block
  }

  private mutating func rewrite(_ kind: Statement.Kind) throws -> Statement.Kind {
    switch kind {
    case .expression(let e): .expression(try rewrite(e))
    case .discard(let e): .discard(try rewrite(e))
    case .assign(let target, let op, let value):
      .assign(try rewrite(target), op, try rewrite(value))
    case .declare(let name, let type, let value):
      .declare(
        name: rewrite(variable: name), type: try type.map { try rewrite($0) },
        value: try value.map { try rewrite($0) })
    case .conditional(let test, let then, let otherwise):
      .conditional(
        try rewrite(test), then: try rewrite(then), otherwise: try otherwise.map { try rewrite($0) }
      )
    case .loop(let test, let body): .loop(try rewrite(test), try rewrite(body))
    case .forMap(let name, let map, let body):
      .forMap(rewrite(variable: name), try rewrite(map), try rewrite(body))
    case .forRange(let name, let first, let end, let body):
      .forRange(rewrite(variable: name), try rewrite(first), try rewrite(end), try rewrite(body))
    case .unroll(let count, let body): .unroll(try rewrite(count), try rewrite(body))
    case .block(let inner): .block(try rewrite(inner))
    case .return(let value): .return(try value.map { try rewrite($0) })
    case .break, .continue: kind
    }
  }

  mutating func rewrite(_ type: TypeName) throws -> TypeName { try rewriteChildren(type) }

  mutating func rewriteChildren(_ type: TypeName) throws -> TypeName {
    switch type.kind {
    case .named, .enumeration: return type
    case .typeOf(let expression):
      return TypeName(kind: .typeOf(try rewrite(expression)), span: type.span)
    case .array(let element, let count):
      let count = try count.map { try rewrite($0) }
      return TypeName(kind: .array(try rewrite(element), count: count), span: type.span)
    }
  }

  /// The expression with its parts rewritten.
  mutating func rewriteChildren(_ expression: Expression) throws -> Expression {
    Expression(try rewriteChildren(expression.kind), expression.span)
  }

  private mutating func rewriteChildren(_ kind: Expression.Kind) throws -> Expression.Kind {
    switch kind {
    case .integer, .float, .boolean, .string, .name, .positional, .positionalCount: kind
    case .variable(let name): .variable(rewrite(variable: name))
    case .map(let name, let key): .map(name, key: try key.map { try rewriteAll($0) })
    case .member(let base, let name, let span): .member(try rewrite(base), name, span)
    case .index(let base, let index): .index(try rewrite(base), try rewrite(index))
    case .call(let name, let span, let arguments): .call(name, span, try rewriteAll(arguments))
    case .unary(let op, let operand): .unary(op, try rewrite(operand))
    case .step(let target, let amount, let isPrefix):
      .step(try rewrite(target), by: amount, isPrefix: isPrefix)
    case .binary(let op, let a, let b): .binary(op, try rewrite(a), try rewrite(b))
    case .conditional(let c, let a, let b):
      .conditional(try rewrite(c), try a.map { try rewrite($0) }, try rewrite(b))
    case .cast(let type, let operand): .cast(try rewrite(type), try rewrite(operand))
    case .tuple(let items): .tuple(try rewriteAll(items))
    case .record(let fields):
      .record(try fields.map { (name: $0.name, value: try rewrite($0.value)) })
    case .block(let block): .block(try rewrite(block))
    case .sizeOf(let operand): .sizeOf(try rewrite(operand))
    case .sizeOfType(let type): .sizeOfType(try rewrite(type))
    case .type(let type): .type(try rewrite(type))
    }
  }

  mutating func rewriteAll(_ expressions: [Expression]) throws -> [Expression] {
    var all: [Expression] = []
    for expression in expressions { all.append(try rewrite(expression)) }
    return all
  }
}
