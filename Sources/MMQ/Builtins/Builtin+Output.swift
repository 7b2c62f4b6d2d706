// Functions that print.

internal import MMQLanguage
internal import MMQTrace

extension Builtin {
  static let outputBuiltins: [Builtin] = [
    Builtin(
      name: "printf", signature: "printf(\"format\", …)", summary: "prints values by a format",
      arguments: 1...64
    ) { checker, call in try checker.printf(call) }
    .showing(
      "begin { printf(\"%-4s|%04x|%.2f\\n\", \"ab\", 255, 1.5); }", prints: "ab  |00ff|1.50"),
    Builtin(
      name: "print", signature: "print(value) or print(@map[, top[, div]])",
      summary: "prints a value and a new line, or the largest rows of a map", arguments: 1...3
    ) { checker, call in try checker.print(call) }
    .showing("begin { print((1, \"two\")); }", prints: "(1, two)"),
    Builtin(
      name: "time", signature: "time([\"format\"])",
      summary: "prints the time of the event, by a format of strftime", arguments: 0...1
    ) { checker, call in
      let format =
        try call.arguments.first.map { try checker.literal($0) } ?? Array("%H:%M:%S\n".utf8)
      checker.program.usesClock = true
      let function = HostFunction(name: "time", argumentWords: 0, resultWords: 0) { run, _, _ in
        run.printTime(format)
      }
      return Typed(.call(function, []), nil, call.span)
    },
  ]
}

extension Checker {
  mutating func literal(_ expression: Expression) throws -> [UInt8] {
    let typed = try value(expression)
    guard case .string(let bytes) = typed.kind, typed.type == .string else {
      throw fail(.notLiteral(expression.span, typed.type))
    }
    return bytes
  }

  fileprivate mutating func print(_ call: Call) throws -> Typed {
    if case .map(_, key: nil) = call.arguments[0].kind { return try printMap(call) }
    if case .name("args") = call.arguments[0].kind { return try printEvent(call) }
    guard call.arguments.count == 1 else {
      throw fail(.argumentCount(call.span, "print(value)", call.arguments.count))
    }
    let typed = try value(call.arguments[0])
    let type = typed.type ?? .unknown
    let function = HostFunction(name: "print", argumentWords: type.words, resultWords: 0) {
      run, arguments, _ in run.sink.value(Value(type, arguments, run.strings))
    }
    return Typed(.call(function, [typed]), nil, call.span)
  }

  /// print(args): the event's line, as the kernel prints it.
  private mutating func printEvent(_ call: Call) throws -> Typed {
    guard isInEvent else { throw fail(.notInEvent(call.arguments[0].span, "args")) }
    // A recording has saved names; of a live machine they must be followed.
    if target.host.input == .live { program.usesComm = true }
    let function = HostFunction(name: "print args", argumentWords: 0, resultWords: 0) { run, _, _ in
      run.printEvent()
    }
    return Typed(.call(function, []), nil, call.span)
  }

  private mutating func printMap(_ call: Call) throws -> Typed {
    let map = try mapArgument(call)
    let numbers = try call.arguments.dropFirst().map { try constant($0) }
    guard numbers.allSatisfy({ $0 >= 0 }) else {
      throw fail(.badArgument(call.span, "print() takes a top and a div that are not negative"))
    }
    let top = numbers.first.map { Int($0) } ?? 0
    let divisor = numbers.dropFirst().first ?? 0
    let function = HostFunction(name: "print @", argumentWords: 0, resultWords: 0) { run, _, _ in
      run.printMap(map, top: top, divisor: divisor)
    }
    return Typed(.call(function, []), nil, call.span)
  }

  fileprivate mutating func printf(_ call: Call) throws -> Typed {
    let text = try formatted(call)
    let function = text.function("printf") { run, plan, arguments in run.printf(plan, arguments) }
    return Typed(.call(function, text.arguments), nil, call.span)
  }

  /// A format and what it prints: the arguments of printf() and of its kin.
  struct FormattedText {
    var plan: PrintfPlan
    var arguments: [Typed]

    /// A host function of these arguments without a result.
    func function(
      _ name: String,
      _ body: @escaping @Sendable (Run, PrintfPlan, UnsafePointer<UInt64>) -> Void
    ) -> HostFunction {
      let words = arguments.reduce(0) { $0 + $1.words }
      return HostFunction(name: name, argumentWords: words, resultWords: 0) {
        [plan] run, arguments, _ in body(run, plan, arguments)
      }
    }
  }

  /// The arguments of a call, of which the first is a format: their number and kinds must fit.
  mutating func formatted(_ call: Call) throws -> FormattedText {
    let format = PrintfFormat(try literal(call.arguments[0]))
    let expressions = call.arguments.dropFirst()
    guard format.conversions.count == expressions.count else {
      if let unknown = format.unknown {
        throw fail(.printfConversion(call.arguments[0].span, unknown))
      }
      throw fail(.printfCount(call.span, format.conversions.count, expressions.count))
    }
    var arguments: [Typed] = []
    for (conversion, expression) in zip(format.conversions, expressions) {
      arguments.append(try argument(expression, of: conversion))
    }
    let types = arguments.map { $0.type ?? .unknown }
    return FormattedText(plan: PrintfPlan(format, types), arguments: arguments)
  }

  private mutating func argument(
    _ expression: Expression, of conversion: PrintfFormat.Conversion
  ) throws -> Typed {
    let typed = try value(expression, asFloat: conversion.isFloat)
    guard let type = typed.type, type != .unknown else { return typed }
    switch conversion.kind {
    case .buffer where type == .buffer || type.isArray: return typed
    case .pageFlags where type.isIntegral:
      return Typed(typed.kind, pageFlags(type), typed.span)
    case .buffer, .pageFlags: throw fail(.printfType(expression.span, conversion.text, type))
    case .plain: break
    }
    if conversion.isFloat { warnOfLostFraction(typed) }
    if conversion.isFloat, type.isNumeric { return try converted(typed, to: .float) }
    if conversion.isInteger, type == .float { return try converted(typed, to: .int64) }
    if conversion.isInteger ? type.isIntegral : conversion.letter == UInt8(ascii: "s") {
      return typed
    }
    throw fail(.printfType(expression.span, conversion.text, type))
  }

  /// What `%f` prints, but was divided as integers are.
  private mutating func warnOfLostFraction(_ typed: Typed) {
    if case .map(let index, _) = typed.kind,
      case .aggregation(let kind, let parameters) = maps[index].shape.content,
      kind.name == "avg", !parameters.isFloat
    {
      report(.integerAverage(typed.span))
    } else if typed.isQuotient {
      report(.integerQuotient(typed.span))
    }
  }
}

extension Checker {
  /// An integer as flags of an allocation: with its own names, else with those that any event of
  /// the source gives to such flags.
  fileprivate func pageFlags(_ type: Type) -> Type {
    if type.symbols != nil { return type }
    var source = 0
    if case .event(let events) = place, let first = events.first { source = first.source }
    let table = target.schemas.lazy.filter { $0.source == source }
      .compactMap { $0.symbols["gfp_flags"] }.first
    return .integer(
      IntegerType(bits: 64, isSigned: false, symbols: table ?? Checker.zoneFlags))
  }

  /// The bits that have been the same since Linux 2.6.24; all others move between kernels, so that
  /// without an event's own table they stay a number.
  private static let zoneFlags = SymbolTable(
    kind: .flags(delimiter: "|"),
    entries: [
      (1, "GFP_DMA"), (2, "__GFP_HIGHMEM"), (4, "GFP_DMA32"), (8, "__GFP_MOVABLE"),
    ].map { SymbolTable.Entry(value: $0.0, name: $0.1) })
}

extension Diagnostic {
  static func notLiteral(_ span: Span, _ type: Type?) -> Diagnostic {
    Diagnostic(
      .error, "not-literal", span,
      "a string that is known beforehand is needed here, not a value of type "
        + (type?.name ?? "nothing"))
  }

  static func printfConversion(_ span: Span, _ text: String) -> Diagnostic {
    Diagnostic(
      .error, "printf-conversion", span, "\(text) is no conversion",
      hint:
        "there are %d %i %u %o %x %X %c %s %p, %f %e %g for floats, %r for buffers, %gr for flags; "
        + "%% prints a percent sign")
  }

  static func printfCount(_ span: Span, _ wanted: Int, _ found: Int) -> Diagnostic {
    Diagnostic(
      .error, "printf-count", span,
      "the format takes \(counted(wanted, "argument")), but there \(found == 1 ? "is" : "are") \(found)"
    )
  }

  static func printfType(_ span: Span, _ conversion: String, _ type: Type) -> Diagnostic {
    Diagnostic(.error, "printf-type", span, "\(conversion) cannot print a \(type.name)")
  }
}
