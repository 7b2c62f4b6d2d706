// What a program can ask of itself: constants that are known when it is checked.

internal import MMQLanguage
internal import MMQTrace

extension Builtin {
  static let typeBuiltins: [Builtin] = [
    .question("is_str", "whether an expression is a string") { $0 == .string }
      .showing("begin { print(is_str(\"a\")); }", prints: "true"),
    .question("is_integer", "whether an expression is an integer") { type in
      if case .integer = type { return true }
      return false
    }.showing("begin { print((is_integer(1), is_integer(\"1\"))); }", prints: "(true, false)"),
    .question("is_unsigned_integer", "whether an expression is an integer without a sign") {
      type in
      if case .integer(let integer) = type { return !integer.isSigned }
      return false
    }.showing("begin { print(is_unsigned_integer((uint8)1)); }", prints: "true"),
    .question("is_ptr", "whether an expression is a pointer") { $0 == .pointer }
      .showing("begin { print(is_ptr(0)); }", prints: "false"),
    Builtin(
      name: "has_field", signature: "has_field(args.field) -> bool",
      summary: "whether the event has a field; what is not taken then is not looked at",
      arguments: 1...1
    ) { checker, call in
      guard case .member(let base, let name, _) = call.arguments[0].kind,
        case .name("args") = base.kind
      else { throw checker.fail(.needsField(call.span)) }
      guard case .event(let events) = checker.place, let event = events.first else {
        throw checker.fail(.notInEvent(call.arguments[0].span, "args"))
      }
      return Typed(.constant(event.field(named: name) == nil ? 0 : 1), .bool, call.span)
    },
    Builtin(
      name: "has_event", signature: "has_event(\"system:event\") -> bool",
      summary: "whether the source has an event, as an attach point names it", arguments: 1...1
    ) { checker, call in try checker.hasEvent(call) },
    Builtin(
      name: "is_array", signature: "is_array(expression) -> bool",
      summary: "whether an expression is an array", arguments: 1...1
    ) { checker, call in
      let type = try checker.value(call.arguments[0]).type ?? .unknown
      return Typed(.constant(type.isArray || type == .buffer ? 1 : 0), .bool, call.span)
    }.showing("begin { print(is_array(pton(\"::1\"))); }", prints: "true"),
    Builtin(
      name: "is_literal", signature: "is_literal(expression) -> bool",
      summary: "whether an expression is written as a constant", arguments: 1...1
    ) { checker, call in
      _ = try checker.value(call.arguments[0])
      return Typed(.constant(call.arguments[0].isLiteral ? 1 : 0), .bool, call.span)
    }.showing("begin { $x = 1; print((is_literal(1), is_literal($x))); }", prints: "(true, false)"),
    .variable("probetype", .string, "the kind of the probe: tracepoint, interval or special") {
      checker, _ in .string(Array(checker.probeType.utf8))
    }.showing("begin { print(probetype); }", prints: "special"),
    Builtin(
      name: "config", signature: "config() -> record",
      summary: "the settings that are in force, as config().max_map_keys", arguments: 0...0
    ) { checker, call in checker.settings(call.span) }
    .showing("begin { print(config().max_cat_bytes); }", prints: "10240"),
    .variable("is_live", .bool, "whether events come from the running kernel; a constant") {
      checker, _ in .constant(checker.target.host.input == .live ? 1 : 0)
    }.showing("begin { print(is_live); }", prints: "false"),
  ]

  /// A question about the type of an expression.
  private static func question(
    _ name: String, _ summary: String, _ holds: @escaping @Sendable (Type) -> Bool
  ) -> Builtin {
    Builtin(
      name: name, signature: "\(name)(expression) -> bool", summary: summary, arguments: 1...1
    ) { checker, call in
      let type = try checker.value(call.arguments[0]).type ?? .unknown
      return Typed(.constant(holds(type) ? 1 : 0), .bool, call.span)
    }
  }
}

extension Expression {
  fileprivate var isLiteral: Bool {
    switch kind {
    case .integer, .float, .boolean, .string: true
    case .unary(.negate, let operand): operand.isLiteral
    default: false
    }
  }
}

extension Checker {
  /// Without a source nobody can tell: in the report of a state, and live where no probe wants an event.
  fileprivate mutating func hasEvent(_ call: Call) throws -> Typed {
    let name = call.arguments[0]
    let text = String(decoding: try literal(name), as: UTF8.self)
    guard let isThere = Binder(target, missing: "ignore").hasEvent(text) else {
      throw fail(.badArgument(name.span, "this names no event: write \"system:event\""))
    }
    guard target.knowsEvents, target.host.input != .none else {
      throw fail(.noEventsKnown(call.span))
    }
    return Typed(.constant(isThere ? 1 : 0), .bool, call.span)
  }

  fileprivate func settings(_ span: Span) -> Typed {
    var members: [Type.Member] = []
    var values: [Typed] = []
    for (setting, value) in zip(Setting.all, program.settings.values) {
      let typed: Typed =
        switch (setting.kind, value) {
        case (.flag, .integer(let number)): Typed(.constant(number), .bool, span)
        case (_, .integer(let number)): Typed(.constant(number), .uint64, span)
        case (_, .word(let word)): Typed(.string(Array(word.utf8)), .string, span)
        }
      members.append(Type.Member(name: setting.name, type: typed.type ?? .unknown))
      values.append(typed)
    }
    return Typed(.tuple(values), .record(members), span)
  }

  fileprivate var probeType: String {
    switch place {
    case .event: "tracepoint"
    case .timer: isInInterval ? "interval" : "special"
    }
  }
}
