// Statements, variables and scopes.

internal import MMQLanguage

extension Checker {
  mutating func block(_ block: Block) -> [TypedStatement] {
    scopes.append([:])
    defer { scopes.removeLast() }
    return statements(block.statements)
  }

  mutating func statements(_ statements: some Sequence<Statement>) -> [TypedStatement] {
    var all: [TypedStatement] = []
    for statement in statements {
      if let last = all.last, last.endsBlock, !(all.count > 1 && all[all.count - 2].endsBlock) {
        report(.unreachable(statement.span))
      }
      guard let kind = try? check(statement) else { continue }
      all.append(TypedStatement(kind: kind, span: statement.span))
    }
    return all
  }

  private mutating func check(_ statement: Statement) throws -> TypedStatement.Kind? {
    switch statement.kind {
    case .expression(let expression): return try effect(expression)
    case .discard(let expression): return .expression(try value(expression))
    case .assign(let target, let assignment, let value):
      return try assign(target, assignment, value, statement.span)
    case .declare(let name, let type, let value):
      return try declare(name, type, value, statement.span)
    case .conditional(let test, let then, let otherwise):
      let test = try condition(test)
      if let known = test.boundTruth {
        return .block(known ? block(then) : otherwise.map { block($0) } ?? [])
      }
      return .conditional(test, block(then), otherwise.map { block($0) } ?? [])
    case .loop(let test, let body):
      let test = try condition(test)
      loopDepth += 1
      defer { loopDepth -= 1 }
      return .loop(test, block(body))
    case .forMap(let name, let map, let body): return try forMap(name, map, body, statement.span)
    case .forRange(let name, let first, let end, let body):
      return try forRange(name, first, end, body, statement.span)
    case .unroll(let count, let body): return try unroll(count, body)
    case .block(let inner): return .block(block(inner))
    case .break, .continue: return try leaveLoop(statement)
    case .return(let value):
      if let value { _ = try self.value(value) }
      return .return
    }
  }

  private mutating func leaveLoop(_ statement: Statement) throws -> TypedStatement.Kind {
    guard loopDepth > 0 else { throw fail(.outsideLoop(statement.span)) }
    if case .break = statement.kind { return .break }
    return .continue
  }

  /// A call for its effect; a value that nobody takes is a slip.
  private mutating func effect(_ expression: Expression) throws -> TypedStatement.Kind {
    if case .call(let name, let span, _) = expression.kind, Aggregation.named(name) != nil {
      throw fail(.aggregationNotAssigned(span, name))
    }
    let typed = try check(expression)
    switch typed.kind {
    case .call, .step, .deleteKey, .sequence: break
    case _ where typed.type == nil: break
    default: report(.unusedValue(expression.span))
    }
    return .expression(typed)
  }

  /// A truth value: any number but zero, any string but the empty one.
  mutating func condition(_ expression: Expression) throws -> Typed {
    if expression.testsSeveralBits, let name = try severalBits(expression) {
      report(.anyOfSeveralBits(expression.span, name))
    }
    return try condition(try value(expression))
  }

  mutating func condition(_ typed: Typed) throws -> Typed {
    switch typed.type {
    case .float?:
      let zero = Typed(.constant(0), .float, typed.span)
      return Typed(.binary(.notEqualF, typed, zero), .bool, typed.span)
    case .record?:
      throw fail(.wrongType(typed.span, "a condition", typed.type, hint: "'==' compares"))
    case .tuple?, .array?: throw fail(.wrongType(typed.span, "a condition", typed.type))
    default: return typed
    }
  }

  // MARK: Assignments

  private mutating func assign(
    _ target: Expression, _ assignment: AssignmentOperator, _ value: Expression, _ span: Span
  ) throws -> TypedStatement.Kind {
    do {
      return try assignChecked(target, assignment, value, span)
    } catch {
      noteAssignment(target)
      throw error
    }
  }

  /// What an assignment with a mistake assigns is known all the same: one mistake, one message.
  private mutating func noteAssignment(_ target: Expression) {
    switch target.kind {
    case .variable(let name): if find(name) == nil { _ = add(name, target.span) }
    case .map(let name, _):
      let index = map(name)
      if maps[index].contentSpan == nil { maps[index].contentSpan = target.span }
    default: break
    }
  }

  private mutating func assignChecked(
    _ target: Expression, _ assignment: AssignmentOperator, _ value: Expression, _ span: Span
  ) throws -> TypedStatement.Kind {
    if case .map(let name, let key) = target.kind {
      if assignment == .assign, case .call(let function, _, let arguments) = value.kind,
        let aggregation = Aggregation.named(function)
      {
        return try aggregate(name, key, aggregation, arguments, target.span, value.span)
      }
      let set = try assignMap(
        name, key, try right(target, assignment, value, span), target.span)
      guard assignment != .assign, let key, case .set(_, let typed) = set, typed.hasEffect else {
        return set
      }
      return try assignByKeptKey(name, key, assignment, value, target.span, span)
    }
    guard case .variable(let name) = target.kind else { throw fail(.notAssignable(target.span)) }
    return try assignVariable(name, try right(target, assignment, value, span), target.span)
  }

  /// `a += b` is `a = a + b`.
  private mutating func right(
    _ target: Expression, _ assignment: AssignmentOperator, _ value: Expression, _ span: Span
  ) throws -> Typed {
    guard let op = assignment.binary else { return try self.value(value) }
    return try self.value(Expression(.binary(op, target, value), span))
  }

  /// `@x[$i++] += b` asks for its key once, and before its value.
  private mutating func assignByKeptKey(
    _ name: String, _ key: [Expression], _ assignment: AssignmentOperator, _ value: Expression,
    _ place: Span, _ span: Span
  ) throws -> TypedStatement.Kind {
    scopes.append([:])
    defer { scopes.removeLast() }
    var statements: [TypedStatement] = []
    var kept: [Expression] = []
    for (number, part) in key.enumerated() {
      // No script can write such a name.
      let variable = "key \(number)"
      let (set, typed) = stored(try keyPart(part))
      guard case .variable(let index) = typed.kind else { throw Unwind() }
      scopes[scopes.count - 1][variable] = index
      statements.append(set)
      kept.append(Expression(.variable(variable), part.span))
    }
    let target = Expression(.map(name, key: kept), place)
    let set = try assignMap(name, kept, try right(target, assignment, value, span), place)
    return .block(statements + [TypedStatement(kind: set, span: span)])
  }

  // MARK: Variables

  mutating func assignVariable(
    _ name: String, _ value: Typed, _ span: Span
  ) throws -> TypedStatement.Kind {
    let index = find(name) ?? add(name, span)
    return .set(.variable(index), try widen(index, with: value, name, span))
  }

  private mutating func declare(
    _ name: String, _ typeName: TypeName?, _ value: Expression?, _ span: Span
  ) throws -> TypedStatement.Kind? {
    let typed = try value.map { try self.value($0) }
    try requireNew(name, span)
    let index = add(name, span)
    if let typeName {
      let type = try type(named: typeName)
      variables[index] = type
      declaredVariables.insert(index)
    }
    guard let typed else {
      return zero(of: name, span)?.kind
    }
    return .set(.variable(index), try widen(index, with: typed, name, span))
  }

  /// As in bpftrace, a variable has one declaration in all the scopes that are visible.
  mutating func requireNew(_ name: String, _ span: Span) throws {
    guard let index = find(name) else { return }
    throw fail(.variableDeclared(span, name, variableKeys[index].declaration))
  }

  /// A number written in the script must fit the type that it is declared to have.
  private mutating func requireFit(_ typed: Typed, _ type: Type) throws {
    guard case .constant(let word) = typed.kind, case .integer(let wanted) = type,
      case .integer(let from)? = typed.type
    else { return }
    let value =
      Int128(Int64(bitPattern: word))
      + (!from.isSigned && Int64(bitPattern: word) < 0 ? 1 << 64 : 0)
    let low: Int128 = wanted.isSigned ? -(1 << (wanted.bits - 1)) : 0
    let high: Int128 = (1 << (wanted.isSigned ? wanted.bits - 1 : wanted.bits)) - 1
    guard (low...high).contains(value) else {
      throw fail(.literalRange(typed.span, "\(value)", type, low, high))
    }
  }

  /// Sets a variable to the zero of its type.
  func zero(of name: String, _ span: Span) -> TypedStatement? {
    guard let index = find(name) else { return nil }
    let zeros = (0..<variables[index].words).map { _ in Typed(.constant(0), .uint64, span) }
    let value = Typed(.tuple(zeros), variables[index], span)
    return TypedStatement(kind: .set(.variable(index), value), span: span)
  }

  func find(_ name: String) -> Int? {
    for scope in scopes.reversed() { if let index = scope[name] { return index } }
    return nil
  }

  mutating func add(_ name: String, _ span: Span) -> Int {
    let key = VariableKey(group: group, declaration: span, name: name)
    variables.append(variableTypes[key] ?? .unknown)
    variableKeys.append(key)
    scopes[scopes.count - 1][name] = variables.count - 1
    return variables.count - 1
  }

  /// Makes the variable's type hold the value too, and converts the value to it.
  mutating func widen(
    _ index: Int, with value: Typed, _ name: String, _ span: Span
  ) throws -> Typed {
    if value.isQuotient { quotients.insert(index) }
    let old = variables[index]
    if declaredVariables.contains(index) {
      try requireFit(value, old)
      guard let new = value.type, new.isTaken(by: old) else {
        throw fail(
          .variableConflict(
            value.span, name, value.type ?? .unknown, variableKeys[index].declaration, old))
      }
      return try cast(value, to: old, span)
    }
    let new = value.type ?? .unknown
    guard let joined = old.joined(with: new) else {
      throw fail(
        .variableConflict(
          value.span, name, new, variableKeys[index].declaration, old))
    }
    if joined != old {
      variables[index] = joined
      variableTypes[variableKeys[index]] = joined
      hasChanged = true
    }
    return try converted(value, to: joined)
  }
}

extension TypedStatement {
  /// Nothing of its block runs after it.
  fileprivate var endsBlock: Bool {
    switch kind {
    case .return, .break, .continue: return true
    case .expression(let typed):
      if case .call(let function, _) = typed.kind { return function.name == "exit" }
      return false
    default: return false
    }
  }
}
