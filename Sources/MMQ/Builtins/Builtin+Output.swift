// Functions that print.

internal import MMQLanguage

extension Builtin {
  static let outputBuiltins: [Builtin] = [
    Builtin(
      name: "printf", signature: "printf(\"format\", …)", summary: "prints values by a format",
      arguments: 1...64
    ) { checker, call in try checker.printf(call) },
    Builtin(
      name: "print", signature: "print(value) or print(@map[, top[, div]])",
      summary: "prints a value and a new line, or the largest rows of a map", arguments: 1...3
    ) { checker, call in try checker.print(call) },
    Builtin(
      name: "time", signature: "time([\"format\"])",
      summary: "prints the time of the event, by a format of strftime", arguments: 0...1
    ) { checker, call in
      let format =
        try call.arguments.first.map { try checker.literal($0) } ?? Array("%H:%M:%S\n".utf8)
      let function = HostFunction(name: "time", argumentWords: 0, resultWords: 0) { run, _, _ in
        run.printTime(format)
      }
      return Typed(.call(function, []), nil, call.span)
    },
  ]
}

extension Checker {
  mutating func literal(_ expression: Expression) throws -> [UInt8] {
    guard case .string(let bytes) = expression.kind else {
      throw fail(.wrongType(expression.span, "a literal string", try value(expression).type))
    }
    return bytes
  }

  fileprivate mutating func print(_ call: Call) throws -> Typed {
    if case .map(_, key: nil) = call.arguments[0].kind { return try printMap(call) }
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
    let format = PrintfFormat(try literal(call.arguments[0]))
    let expressions = call.arguments.dropFirst()
    guard format.conversions.count == expressions.count else {
      throw fail(.printfCount(call.span, format.conversions.count, expressions.count))
    }
    var arguments: [Typed] = []
    for (conversion, expression) in zip(format.conversions, expressions) {
      arguments.append(try argument(expression, of: conversion))
    }
    let types = arguments.map { $0.type ?? .unknown }
    let words = arguments.reduce(0) { $0 + $1.words }
    let function = HostFunction(name: "printf", argumentWords: words, resultWords: 0) {
      run, arguments, _ in
      run.printf(format, types, arguments)
    }
    return Typed(.call(function, arguments), nil, call.span)
  }

  private mutating func argument(
    _ expression: Expression, of conversion: PrintfFormat.Conversion
  ) throws -> Typed {
    let typed = try value(expression, asFloat: conversion.isFloat)
    guard let type = typed.type, type != .unknown else { return typed }
    if conversion.isFloat, case .variable(let index) = typed.kind, quotients.contains(index) {
      report(.integerQuotient(typed.span))
    }
    if conversion.isFloat, type.isNumeric { return try converted(typed, to: .float) }
    if conversion.isInteger, type == .float { return try converted(typed, to: .int64) }
    if conversion.isInteger ? type.isIntegral : conversion.letter == UInt8(ascii: "s") {
      return typed
    }
    throw fail(.printfType(expression.span, conversion.text, type))
  }
}

extension Diagnostic {
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
