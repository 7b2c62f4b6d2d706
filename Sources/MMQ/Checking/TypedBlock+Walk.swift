// One way through all statements and expressions of a checked block.

/// Visits everything in a block, whatever is outside before what is in it.
struct BlockWalk {
  var statement: (TypedStatement) -> Void = { _ in }
  var expression: (Typed) -> Void = { _ in }

  func callAsFunction(_ block: TypedBlock) {
    block.predicate.map { visit($0) }
    visit(block.body)
  }

  private func visit(_ statements: [TypedStatement]) {
    for statement in statements { visit(statement) }
  }

  private func visit(_ all: [Typed?]) {
    for typed in all { typed.map { visit($0) } }
  }

  private func visit(_ statement: TypedStatement) {
    self.statement(statement)
    switch statement.kind {
    case .expression(let e): visit(e)
    case .set(let place, let value): visit([value, place.key])
    case .aggregate(_, let key, let value): visit([key, value])
    case .conditional(let test, let then, let otherwise):
      visit(test)
      visit(then + otherwise)
    case .loop(let test, let body):
      visit(test)
      visit(body)
    case .range(_, let first, let end, let body):
      visit([first, end])
      visit(body)
    case .each(_, _, let body), .block(let body): visit(body)
    case .break, .continue, .return: break
    }
  }

  private func visit(_ typed: Typed) {
    expression(typed)
    switch typed.kind {
    case .constant, .string, .field, .context, .variable: break
    case .map(_, let key), .deleteKey(_, let key), .hasKey(_, let key): visit([key])
    case .unary(_, let operand), .element(let operand, _): visit(operand)
    case .binary(_, let a, let b), .logical(_, let a, let b): visit([a, b])
    case .conditional(let c, let a, let b): visit([c, a, b])
    case .tuple(let items), .call(_, let items): visit(items)
    case .step(let place, _, _): visit([place.key])
    case .sequence(let statements, let last):
      visit(statements)
      visit([last])
    }
  }
}

extension Typed.Place {
  var key: Typed? {
    if case .map(_, let key) = self { return key }
    return nil
  }

  var map: Int? {
    if case .map(let map, _) = self { return map }
    return nil
  }
}
