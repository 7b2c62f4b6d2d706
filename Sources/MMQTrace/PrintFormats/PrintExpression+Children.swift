// The direct parts of a print expression, for whoever walks the whole tree.

extension PrintExpression {
  /// The expressions right below this one, in the order of the source.
  public var children: [PrintExpression] {
    switch self {
    case .integer, .string, .field, .record, .identifier, .sizeOf, .dynamic, .verbatim: []
    case .unary(_, let operand), .cast(_, let operand), .member(let operand, _, _): [operand]
    case .binary(_, let left, let right), .index(let left, let right): [left, right]
    case .conditional(let condition, let then, let otherwise): [condition, then, otherwise]
    case .helper(_, let parts), .call(_, let parts), .list(let parts): parts
    case .flags(let value, _, let symbols, _), .symbolic(let value, let symbols, _):
      [value] + symbols.map(\.value)
    case .block(let bindings, let result): bindings.map(\.value) + [result]
    }
  }
}
