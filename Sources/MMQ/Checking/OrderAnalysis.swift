// Whether a program's result depends on the order of the records.

internal import MMQLanguage

/// A program that only adds up may see the CPUs' records one CPU after the other: no merge by time
/// is needed, and parts of a recording could be read at once. It is so if what its event blocks do
/// commutes: they update integer aggregations and add to integers, by keys and values of the record alone.
struct OrderAnalysis {
  /// What in a block depends on the records before it.
  struct Obstacle: Sendable {
    var span: Span
    /// In words that follow a place: `it reads @start`.
    var why: String
  }

  private let program: CheckedProgram
  private var obstacles: [Obstacle] = []

  /// Of a block of an event; none if it commutes.
  static func obstacles(in block: TypedBlock, of program: CheckedProgram) -> [Obstacle] {
    var analysis = OrderAnalysis(program: program)
    block.predicate.map { analysis.visit($0) }
    analysis.visit(block.body)
    return analysis.obstacles
  }

  /// Whether what happens between two ticks does not depend on the order of the records.
  static func eventsCommute(_ program: CheckedProgram) -> Bool {
    program.bindings.allSatisfy { binding in
      guard case .events = binding.trigger else { return true }
      return obstacles(in: program.blocks[binding.block], of: program).isEmpty
    }
  }

  private init(program: CheckedProgram) { self.program = program }

  private mutating func add(_ span: Span, _ why: String) {
    obstacles.append(Obstacle(span: span, why: why))
  }

  private mutating func visit(_ statements: [TypedStatement]) {
    for statement in statements { visit(statement) }
  }

  private mutating func visit(_ statement: TypedStatement) {
    switch statement.kind {
    case .aggregate(let map, let key, let value): aggregate(map, key, value, statement.span)
    case .set(let place, let value): assign(place, value, statement.span)
    case .conditional(let test, let then, let otherwise):
      visit(test)
      visit(then + otherwise)
    case .block(let body): visit(body)
    case .return: break
    case .expression(let expression): effect(expression)
    case .loop, .range, .each: add(statement.span, "it loops")
    case .break, .continue: break
    }
  }

  private mutating func effect(_ expression: Typed) {
    switch expression.kind {
    case .call(let function, _) where expression.type == nil:
      add(expression.span, "\(function.name)() acts at once")
    case .conditional(let test, let then, let otherwise) where expression.type == nil:
      visit(test)
      effect(then)
      effect(otherwise)
    case .sequence(let statements, let last):
      visit(statements)
      if let last { effect(last) }
    case .step(.map(let map, let key), _, _): change(map, key, expression.span)
    default: visit(expression)
    }
  }

  private mutating func assign(_ place: Typed.Place, _ value: Typed, _ span: Span) {
    guard case .map(let map, let key) = place else { return visit(value) }
    // The same piece of text has the same value only where it does nothing else.
    guard !value.hasEffect, let change = value.change(of: place, isSame: { $0.span == $1.span })
    else { return add(span, "it assigns @\(program.maps[map].name)") }
    self.change(map, key, span)
    visit(change)
  }

  /// A number is added to what a map holds. Wrapping at 64 bits, sums do not depend on their order.
  private mutating func change(_ map: Int, _ key: Typed?, _ span: Span) {
    let shape = program.maps[map]
    guard case .plain(.integer(let type)) = shape.content, type.bits == 64 else {
      return add(span, "it changes @\(shape.name)")
    }
    requireUnbounded(shape, span)
    if let key { visit(key) }
  }

  private mutating func requireUnbounded(_ shape: MapShape, _ span: Span) {
    if shape.limit != nil { add(span, "which keys a bounded map keeps depends on their order") }
  }

  private mutating func aggregate(_ map: Int, _ key: Typed?, _ value: Typed?, _ span: Span) {
    let shape = program.maps[map]
    guard case .aggregation(let kind, let parameters) = shape.content else { return }
    if parameters.isFloat { add(span, "sums of floats depend on their order") }
    if kind.takesTime { add(span, "\(kind.name)() goes by time") }
    requireUnbounded(shape, span)
    if let key { visit(key) }
    if let value { visit(value) }
  }

  /// A value that may depend on what was seen before.
  private mutating func visit(_ typed: Typed) {
    switch typed.kind {
    case .constant, .string, .field, .variable: break
    case .context(let context):
      if context == .comm, !program.knowsNames {
        add(typed.span, "names of tasks change over time")
      }
    case .unary(_, let operand), .element(let operand, _): visit(operand)
    case .binary(_, let a, let b), .logical(_, let a, let b):
      visit(a)
      visit(b)
    case .conditional(let c, let a, let b):
      visit(c)
      visit(a)
      visit(b)
    case .tuple(let items): for item in items { visit(item) }
    case .call(let function, let arguments):
      if !function.isPure { add(typed.span, "\(function.name) depends on what was before") }
      for argument in arguments { visit(argument) }
    case .map(let map, _), .hasKey(let map, _):
      add(typed.span, "it reads @\(program.maps[map].name)")
    case .step(.map(let map, _), _, _), .deleteKey(let map, _):
      add(typed.span, "it changes @\(program.maps[map].name)")
    case .step(.variable, _, _): break
    case .sequence(let statements, let last):
      visit(statements)
      if let last { visit(last) }
    }
  }
}
