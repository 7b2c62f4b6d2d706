// Expressions: names, fields, operators.

internal import MMQLanguage
internal import MMQTrace

extension Checker {
  /// An expression that must have a value.
  mutating func value(_ expression: Expression, asFloat: Bool = false) throws -> Typed {
    let typed = try check(expression, asFloat: asFloat)
    guard typed.type != nil else { throw fail(.noValue(expression.span)) }
    return typed
  }

  /// An expression used as a float has real divisions (language reference, "Floats"): it is so if
  /// the context says so or if one of its operands is a float, which is known only after a look.
  mutating func check(_ expression: Expression, asFloat: Bool = false) throws -> Typed {
    let place = ExpandedSpan(span: expression.span, expansion: expansion)
    let isKnownFloat = floatExpressions.contains(place)
    let typed = try checkOnce(expression, asFloat: asFloat || isKnownFloat)
    if !asFloat, !isKnownFloat, typed.type == .float, expression.isArithmetic {
      floatExpressions.insert(place)
      return try checkOnce(expression, asFloat: true)
    }
    return typed
  }

  private mutating func checkOnce(_ expression: Expression, asFloat: Bool) throws -> Typed {
    let span = expression.span
    switch expression.kind {
    case .integer(let value):
      let type = IntegerType(bits: 64, isSigned: value <= UInt64(Int64.max), isLiteral: true)
      return Typed(.constant(value), .integer(type), span)
    case .float(let value): return Typed(.constant(value.bitPattern), .float, span)
    case .boolean(let value): return Typed(.constant(value ? 1 : 0), .bool, span)
    case .string(let bytes): return Typed(.string(bytes), .string, span)
    case .name(let name): return try builtin(name, span)
    case .positional(let number): return positional(number, span)
    case .positionalCount:
      return Typed(.constant(UInt64(parameters.positionals.count)), .int64, span)
    case .variable(let name): return try variable(name, span)
    case .map(let name, let key): return try read(name, key, span)
    case .member(let base, let name, let nameSpan):
      return try member(base, name, nameSpan, span)
    case .index(let base, let index): return try element(base, index, span)
    case .call(let name, let nameSpan, let arguments):
      return try call(Call(name: name, nameSpan: nameSpan, span: span, arguments: arguments))
    case .unary(let op, let operand): return try unary(op, operand, span, asFloat)
    case .step(let target, let amount, let isPrefix):
      return try step(target, amount, isPrefix, span)
    case .binary(let op, let left, let right): return try binary(op, left, right, span, asFloat)
    case .conditional(let test, let then, let otherwise):
      return try conditional(test, then, otherwise, span, asFloat)
    case .cast(let type, let operand): return try cast(type, operand, span)
    case .tuple(let items): return try tuple(of: try items.map { try value($0) }, span)
    case .record(let members): return try record(members, span)
    case .block(let block): return try sequence(block, span, asFloat)
    case .sizeOf(let operand):
      return Typed(.constant(UInt64(try size(of: operand))), .uint64, span)
    case .type: throw fail(.typeAlone(span))
    case .sizeOfType(let type):
      return Typed(.constant(UInt64(try self.type(named: type).byteSize)), .uint64, span)
    }
  }

  /// sizeof(e): what is written as a literal has the smallest size that holds it, and text that of its
  /// bytes and the NUL, where they are known.
  private mutating func size(of operand: Expression) throws -> Int {
    if case .type(let type) = operand.kind { return try self.type(named: type).byteSize }
    let typed = try value(operand)
    if let size = try knownSize(operand) { return size }
    switch (operand.kind, typed.kind) {
    case (.string(let text), _): return text.count + 1
    case (.integer, .constant(let word)): return Checker.leastSize(of: word)
    default: return typed.type?.byteSize ?? 0
    }
  }

  // MARK: Names

  private mutating func builtin(_ name: String, _ span: Span) throws -> Typed {
    if name == "args" { throw fail(.argsAlone(span)) }
    if let constant = enumerations.constants[name] {
      return Typed(.constant(constant.value), constant.type, span)
    }
    guard let builtin = self.builtin(named: name) else {
      throw isFinal ? fail(unknownName(name, span)) : Unwind()
    }
    guard builtin.arguments.contains(0) else {
      throw fail(.argumentCount(span, builtin.signature, 0))
    }
    return try builtin.check(&self, Call(name: name, nameSpan: span, span: span, arguments: []))
  }

  /// bpftrace's second spelling of some, `__builtin_comm`, is known too.
  func builtin(named name: String) -> Builtin? {
    let prefix = "__builtin_"
    return builtins[name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name]
  }

  private mutating func call(_ call: Call) throws -> Typed {
    if Aggregation.named(call.name) != nil {
      throw fail(.aggregationNotAssigned(call.nameSpan, call.name))
    }
    guard let builtin = builtin(named: call.name) else {
      guard isFinal else { throw Unwind() }
      if let reason = Unsupported.name(call.name) {
        throw fail(.unsupportedName(call.nameSpan, call.name, reason))
      }
      let names = builtins.keys.sorted() + Aggregation.all.map(\.name)
      let nearest = Nearest.name(to: call.name, among: names)
      throw fail(.unknownFunction(call.nameSpan, call.name, nearest: nearest))
    }
    guard builtin.arguments.contains(call.arguments.count) else {
      throw fail(.argumentCount(call.span, builtin.signature, call.arguments.count))
    }
    return try builtin.check(&self, call)
  }

  private mutating func variable(_ name: String, _ span: Span) throws -> Typed {
    guard let index = find(name) else {
      guard isFinal else { throw Unwind() }
      // Where so much is wrong, looking for what was meant takes longer than it helps.
      let isLooked = diagnostics.count < 100
      let known = isLooked ? Set(scopes.flatMap(\.keys)).filter { !$0.contains(" ") }.sorted() : []
      throw fail(.unknownVariable(span, name, nearest: Nearest.name(to: name, among: known)))
    }
    return Typed(
      .variable(index), variables[index], span, isQuotient: quotients.contains(index))
  }

  private mutating func read(_ name: String, _ written: [Expression]?, _ span: Span) throws -> Typed
  {
    let index = try existingMap(name, span)
    let key = try key(index, written, span)
    guard let type = maps[index].shape.readType else {
      throw fail(.notReadable(span, maps[index].shape.name, maps[index].shape.description))
    }
    return Typed(
      .map(index, key: key), type, span, isQuotient: quotientMaps.contains(index))
  }

  // MARK: Fields

  private mutating func member(
    _ base: Expression, _ name: String, _ nameSpan: Span, _ span: Span
  ) throws -> Typed {
    if case .name("args") = base.kind { return try field(name, span) }
    let typed = try value(base)
    if typed.type == .unknown { return typed }
    return try part(typed, name, nameSpan, span)
  }

  private mutating func field(_ name: String, _ span: Span) throws -> Typed {
    guard case .event(let events) = place, let event = events.first else {
      throw fail(.notInEvent(span, "args"))
    }
    guard let field = event.field(named: name) else {
      if isFinal { missingFields[span, default: (name, [])].events += events }
      throw Unwind()
    }
    guard field.end <= Checker.largestOffset, let type = type(of: field, in: event) else {
      throw fail(.unreadableField(span, event.fullName, name, field.typeText))
    }
    let whole = Typed(.field(field), type, span)
    if isFinal, let table = type.symbols, !table.unresolved.isEmpty,
      unresolvedTables.insert(table).inserted
    {
      report(.unresolvedNames(span, name, table.unresolved))
    }
    guard let narrow = SystemCallArgument.type(of: field, in: event) else { return whole }
    return Checker.narrowed(whole, to: narrow)
  }

  /// Offsets are 16 bits of an instruction; the largest sub-buffer has 64 KiB.
  private static let largestOffset = 65535

  private func type(of field: Field, in event: EventSchema) -> Type? {
    Type(of: field, in: event, target.machine.byteOrder)
  }

  // MARK: Steps, casts, conditionals

  private mutating func step(
    _ target: Expression, _ amount: Int64, _ isPrefix: Bool, _ span: Span
  ) throws -> Typed {
    if case .variable(let name) = target.kind {
      let typed = try variable(name, target.span)
      guard case .variable(let index) = typed.kind else { throw Unwind() }
      try requireIntegral(typed, "'++' or '--'")
      return try stepVariable(index, name, amount, isPrefix, span)
    }
    guard case .map(let name, let written) = target.kind else {
      throw fail(.notAssignable(target.span))
    }
    let index = map(name)
    let key = try key(index, written, target.span)
    let one = Typed(.constant(1), .int64, span)
    _ = try widen(index, with: one, target.span)
    guard let type = maps[index].shape.readType else { throw Unwind() }
    try requireIntegral(Typed(.constant(0), type, target.span), "'++' or '--'")
    return Typed(.step(.map(index, key: key), by: amount, givesNew: isPrefix), type, span)
  }

  /// A variable of a declared width keeps it, as with `+=`; another one widens.
  private mutating func stepVariable(
    _ index: Int, _ name: String, _ amount: Int64, _ isPrefix: Bool, _ span: Span
  ) throws -> Typed {
    let one = Typed(.constant(UInt64(bitPattern: amount)), .int64, span)
    guard declaredVariables.contains(index), case .integer(let type) = variables[index],
      type.bits < 64
    else {
      guard variables[index] != .bool else {
        throw fail(.wrongType(span, "an operand of '++' or '--'", .bool))
      }
      let type = IntegerType(bits: 64, isSigned: true, isLiteral: amount > 0)
      _ = try widen(index, with: Typed(one.kind, .integer(type), span), name, span)
      return Typed(.step(.variable(index), by: amount, givesNew: isPrefix), variables[index], span)
    }
    let variable = Typed(.variable(index), variables[index], span)
    let (keep, old) = stored(variable)
    let sum = Typed(.binary(.add, variable, one), .int64, span)
    let set = TypedStatement(
      kind: .set(.variable(index), try cast(sum, to: variables[index], span)), span: span)
    return Typed(.sequence([keep, set], isPrefix ? variable : old), variables[index], span)
  }

  private mutating func cast(_ name: TypeName, _ operand: Expression, _ span: Span) throws -> Typed
  {
    let type = try type(named: name)
    var typed = try value(operand, asFloat: type == .float)
    typed = try cast(typed, to: type, span)
    typed.span = span
    return typed
  }

  private mutating func conditional(
    _ test: Expression, _ then: Expression?, _ otherwise: Expression, _ span: Span, _ asFloat: Bool
  ) throws -> Typed {
    guard let then else { return try elvis(test, otherwise, span, asFloat) }
    let condition = try condition(test)
    if let known = condition.boundTruth {
      return try check(known ? then : otherwise, asFloat: asFloat)
    }
    let first = try check(then, asFloat: asFloat)
    let second = try check(otherwise, asFloat: asFloat)
    if first.type != nil, second.type != nil { return try joined(condition, first, second, span) }
    // `c ? printf(…) : printf(…)`: both branches are there for their effect.
    guard first.type == nil, second.type == nil else {
      throw fail(.noValue(first.type == nil ? then.span : otherwise.span))
    }
    return Typed(.conditional(condition, first, second), nil, span)
  }

  /// `a ?: b`: a is computed once.
  private mutating func elvis(
    _ test: Expression, _ otherwise: Expression, _ span: Span, _ asFloat: Bool
  ) throws -> Typed {
    let (set, first) = stored(try value(test, asFloat: asFloat))
    let second = try value(otherwise, asFloat: asFloat)
    let all = try joined(try condition(first), first, second, span)
    return Typed(.sequence([set], all), all.type, span, isQuotient: all.isQuotient)
  }

  /// Either of two values, as the type that holds both.
  private mutating func joined(
    _ condition: Typed, _ first: Typed, _ second: Typed, _ span: Span
  ) throws -> Typed {
    guard let a = first.type, let b = second.type, let joined = a.joined(with: b) else {
      throw fail(.branchConflict(second.span, first.span, first.type, second.type))
    }
    return Typed(
      .conditional(condition, try converted(first, to: joined), try converted(second, to: joined)),
      joined, span, isQuotient: first.isQuotient || second.isQuotient)
  }
}

extension Checker {
  // MARK: Records, blocks

  fileprivate mutating func record(
    _ members: [(name: String, value: Expression)], _ span: Span
  ) throws -> Typed {
    var parts: [Typed] = []
    var types: [Type.Member] = []
    for (name, expression) in members {
      let typed = try value(expression)
      if types.contains(where: { $0.name == name }) { throw fail(.doubleMember(span, name)) }
      parts.append(typed)
      types.append(Type.Member(name: name, type: typed.type ?? .unknown))
    }
    return Typed(try tuple(of: parts, span).kind, .record(types), span)
  }

  /// A block as an expression; without a value it is a macro's body that only does something. Its
  /// value is a float where one is wanted of the block: macros are pasted in.
  fileprivate mutating func sequence(
    _ block: Block, _ span: Span, _ asFloat: Bool
  ) throws -> Typed {
    scopes.append([:])
    let outside = expansion
    if block.expansion != 0 { expansion = block.expansion }
    defer {
      scopes.removeLast()
      expansion = outside
    }
    guard let last = block.value else {
      return Typed(.sequence(statements(block.statements), nil), nil, span)
    }
    let before = statements(block.statements.dropLast())
    let typed = try check(last, asFloat: asFloat)
    return Typed(.sequence(before, typed), typed.type, span, isQuotient: typed.isQuotient)
  }
}

extension Block {
  /// The expression that the block ends with: one without `;`, or an `if` with two of them.
  fileprivate var value: Expression? {
    switch statements.last?.kind {
    case .expression(let expression)? where hasValue: return expression
    case .conditional(let test, let then, let otherwise?)?:
      guard then.value != nil, otherwise.value != nil else { return nil }
      return Expression(
        .conditional(
          test, Expression(.block(then), then.span), Expression(.block(otherwise), otherwise.span)),
        span)
    default: return nil
    }
  }
}

extension Expression {
  /// Its divisions may be real ones.
  fileprivate var isArithmetic: Bool {
    switch kind {
    case .binary(let op, _, _): op.isArithmetic
    case .unary(.negate, _), .unary(.plus, _), .conditional: true
    default: false
    }
  }
}

extension BinaryOperator {
  var isArithmetic: Bool { precedence >= BinaryOperator.add.precedence }
}
