// Which fields of its event a block uses: events that agree on these share one compiled body.

internal import MMQLanguage
internal import MMQTrace

/// The names after `args.` in a probe.
struct FieldUse {
  private(set) var names: Set<String> = []

  init(_ probe: Probe) {
    if let predicate = probe.predicate { visit(predicate) }
    visit(probe.body)
  }

  /// Events whose used fields lie alike, in order of their first event. What a source calls its flags and
  /// system calls is its own, so that those of several sources have a body each.
  func groups(_ events: [EventSchema]) -> [[EventSchema]] {
    let sorted = names.sorted()
    var order: [[EventSchema]] = []
    var known: [Signature: Int] = [:]
    for event in events {
      let fields = sorted.map { name in
        UsedField(field: event.field(named: name), symbols: event.symbols[name])
      }
      let signature = Signature(source: event.source, fields: fields)
      if let index = known[signature] {
        order[index].append(event)
      } else {
        known[signature] = order.count
        order.append([event])
      }
    }
    return order
  }

  private struct Signature: Hashable {
    var source: Int
    var fields: [UsedField]
  }

  private struct UsedField: Hashable {
    var field: Field?
    var symbols: SymbolTable?
  }

  private mutating func visit(_ block: Block) {
    for statement in block.statements { visit(statement) }
  }

  private mutating func visit(_ statement: Statement) {
    switch statement.kind {
    case .expression(let e), .discard(let e): visit(e)
    case .assign(let target, _, let value): visit([target, value])
    case .declare(_, let type, let value):
      if let type { visit(type) }
      visit(value.map { [$0] } ?? [])
    case .conditional(let condition, let then, let otherwise):
      visit(condition)
      visit(then)
      if let otherwise { visit(otherwise) }
    case .loop(let condition, let body), .forMap(_, let condition, let body),
      .unroll(let condition, let body):
      visit(condition)
      visit(body)
    case .forRange(_, let first, let end, let body):
      visit([first, end])
      visit(body)
    case .block(let block): visit(block)
    case .return(let value): visit(value.map { [$0] } ?? [])
    case .break, .continue: break
    }
  }

  private mutating func visit(_ type: TypeName) {
    switch type.kind {
    case .typeOf(let e): visit(e)
    case .array(let element, let count):
      visit(element)
      visit(count.map { [$0] } ?? [])
    case .named, .enumeration: break
    }
  }

  private mutating func visit(_ expressions: [Expression]) {
    for expression in expressions { visit(expression) }
  }

  private mutating func visit(_ expression: Expression) {
    switch expression.kind {
    case .member(let base, let name, _):
      if case .name("args") = base.kind { names.insert(name) } else { visit(base) }
    case .map(_, let key): visit(key ?? [])
    case .index(let a, let b), .binary(_, let a, let b): visit([a, b])
    case .call(_, _, let arguments), .tuple(let arguments): visit(arguments)
    case .unary(_, let e), .step(let e, _, _): visit(e)
    case .cast(let type, let e):
      visit(type)
      visit(e)
    case .conditional(let c, let a, let b): visit([c] + (a.map { [$0] } ?? []) + [b])
    case .record(let members): visit(members.map(\.value))
    case .block(let block): visit(block)
    case .sizeOf(let e): visit(e)
    case .sizeOfType(let type), .type(let type): visit(type)
    case .integer, .float, .boolean, .string, .name, .positional, .positionalCount, .variable:
      break
    }
  }
}
