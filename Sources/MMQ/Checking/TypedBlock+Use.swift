// What a checked block uses: fields of its event, and maps.

internal import MMQTrace

extension TypedBlock {
  /// Names of fields, and indices of maps.
  var use: (fields: Set<String>, maps: Set<Int>) {
    var reader = UseReader()
    predicate.map { reader.visit($0) }
    reader.visit(body)
    return (reader.fields, reader.maps)
  }
}

private struct UseReader {
  private(set) var fields: Set<String> = []
  private(set) var maps: Set<Int> = []

  mutating func visit(_ statements: [TypedStatement]) {
    for statement in statements { visit(statement.kind) }
  }

  private mutating func visit(_ kind: TypedStatement.Kind) {
    switch kind {
    case .expression(let e): visit(e)
    case .set(let place, let value): visit([value] + key(of: place))
    case .aggregate(let map, let key, let value):
      maps.insert(map)
      visit([key, value].compactMap { $0 })
    case .conditional(let test, let then, let otherwise):
      visit(test)
      visit(then + otherwise)
    case .loop(let test, let body):
      visit(test)
      visit(body)
    case .range(_, let first, let end, let body):
      visit([first, end])
      visit(body)
    case .each(_, let map, let body):
      maps.insert(map)
      visit(body)
    case .block(let body): visit(body)
    case .break, .continue, .return: break
    }
  }

  private mutating func key(of place: Typed.Place) -> [Typed] {
    guard case .map(let map, let key) = place else { return [] }
    maps.insert(map)
    return key.map { [$0] } ?? []
  }

  private mutating func visit(_ all: [Typed]) {
    for typed in all { visit(typed) }
  }

  mutating func visit(_ typed: Typed) {
    switch typed.kind {
    case .field(let field): fields.insert(field.name)
    case .constant, .string, .context, .variable: break
    case .map(let map, let key), .deleteKey(let map, let key), .hasKey(let map, let key):
      maps.insert(map)
      visit(key.map { [$0] } ?? [])
    case .unary(_, let operand), .element(let operand, _): visit(operand)
    case .binary(_, let a, let b), .logical(_, let a, let b): visit([a, b])
    case .conditional(let c, let a, let b): visit([c, a, b])
    case .tuple(let items), .call(_, let items): visit(items)
    case .step(let place, _, _): visit(key(of: place))
    case .sequence(let statements, let last):
      visit(statements)
      visit(last.map { [$0] } ?? [])
    }
  }
}
