// The syntax tree as text, for `-d ast`.

extension Program {
  /// One node a line, children indented by two spaces.
  public func dump() -> String {
    var dump = Dump()
    for item in config { dump.line(0, "config \(item.name) = \(item.value)") }
    for probe in probes { dump.probe(probe) }
    return dump.text
  }
}

private struct Dump {
  var text = ""

  mutating func line(_ depth: Int, _ words: String) {
    text += String(repeating: "  ", count: depth) + words + "\n"
  }

  mutating func probe(_ probe: Probe) {
    let points = probe.attachPoints.map { $0.text + ($0.isOptional ? "?" : "") }
    line(0, "probe " + points.joined(separator: ", "))
    if let predicate = probe.predicate {
      line(1, "predicate")
      expression(2, predicate)
    }
    block(1, probe.body)
  }

  mutating func block(_ depth: Int, _ block: Block) {
    line(depth, "block")
    for item in block.statements { statement(depth + 1, item) }
  }

  mutating func statement(_ depth: Int, _ statement: Statement) {
    switch statement.kind {
    case .expression(let e): expression(depth, e)
    case .assign(let target, let op, let value): node(depth, op.rawValue, [target, value])
    case .discard(let e): node(depth, "_ =", [e])
    case .declare(let name, let type, let value):
      node(depth, "let $\(name)\(type.map { ": " + typeText($0) } ?? "")", value.map { [$0] } ?? [])
    case .conditional(let condition, let then, let otherwise):
      node(depth, "if", [condition])
      block(depth + 1, then)
      if let otherwise { block(depth + 1, otherwise) }
    case .loop(let condition, let body):
      node(depth, "while", [condition])
      block(depth + 1, body)
    case .forMap(let name, let map, let body):
      node(depth, "for $\(name)", [map])
      block(depth + 1, body)
    case .forRange(let name, let first, let end, let body):
      node(depth, "for $\(name) in range", [first, end])
      block(depth + 1, body)
    case .unroll(let count, let body):
      node(depth, "unroll", [count])
      block(depth + 1, body)
    case .block(let inner): block(depth, inner)
    case .break: line(depth, "break")
    case .continue: line(depth, "continue")
    case .return(let value): node(depth, "return", value.map { [$0] } ?? [])
    }
  }

  mutating func node(_ depth: Int, _ words: String, _ children: [Expression]) {
    line(depth, words)
    for child in children { expression(depth + 1, child) }
  }

  mutating func expression(_ depth: Int, _ expression: Expression) {
    switch expression.kind {
    case .integer(let value): line(depth, "\(value)")
    case .float(let value): line(depth, "\(value)")
    case .boolean(let value): line(depth, "\(value)")
    case .string(let bytes): line(depth, String(decoding: bytes, as: UTF8.self).debugDescription)
    case .name(let name): line(depth, name)
    case .positional(let number): line(depth, "$\(number)")
    case .positionalCount: line(depth, "$#")
    case .variable(let name): line(depth, "$\(name)")
    case .map(let name, let key): node(depth, "@\(name)", key ?? [])
    case .member(let base, let name, _): node(depth, ".\(name)", [base])
    case .index(let base, let index): node(depth, "[]", [base, index])
    case .call(let name, _, let arguments): node(depth, "\(name)()", arguments)
    case .unary(let op, let e): node(depth, "unary \(op.rawValue)", [e])
    case .step(let target, let amount, let isPrefix):
      node(depth, (isPrefix ? "prefix " : "postfix ") + (amount > 0 ? "++" : "--"), [target])
    case .binary(let op, let a, let b): node(depth, op.rawValue, [a, b])
    case .conditional(let c, let a, let b): node(depth, "?:", [c] + (a.map { [$0] } ?? []) + [b])
    case .cast(let type, let e): node(depth, "cast \(typeText(type))", [e])
    case .tuple(let items): node(depth, "tuple", items)
    case .record(let fields):
      node(depth, "record " + fields.map(\.name).joined(separator: ", "), fields.map(\.value))
    case .block(let inner): block(depth, inner)
    case .sizeOf(let e): node(depth, "sizeof", [e])
    case .sizeOfType(let type): line(depth, "sizeof \(typeText(type))")
    case .type(let type): line(depth, "type \(typeText(type))")
    }
  }
  private func typeText(_ type: TypeName) -> String {
    switch type.kind {
    case .named(let name): name
    case .enumeration(let name): "enum \(name)"
    case .typeOf: "typeof(…)"
    case .array(let element, _): typeText(element) + "[…]"
    }
  }
}
