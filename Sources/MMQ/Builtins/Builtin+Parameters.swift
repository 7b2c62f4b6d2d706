// What a script is started with.

internal import MMQLanguage

extension Builtin {
  static let parameterBuiltins: [Builtin] = [
    Builtin(
      name: "getopt", signature: "getopt(\"name\"[, default[, \"help\"]])",
      summary: "the script's own option --name=value; its type is that of the default",
      arguments: 1...3
    ) { checker, call in try checker.option(call) }
    .showing("begin { print(getopt(\"top\", 5)); }", prints: "5")
  ]
}

extension Checker {
  fileprivate mutating func option(_ call: Call) throws -> Typed {
    let name = String(decoding: try literal(call.arguments[0]), as: UTF8.self)
    program.optionNames.insert(name)
    guard call.arguments.count > 1 else {
      return Typed(.constant(isSet(name) ? 1 : 0), .bool, call.span)
    }
    var standard = try value(call.arguments[1])
    standard.span = call.span
    guard standard.type == .string || standard.type == .bool || standard.type?.isNumeric == true
    else {
      throw fail(.wrongType(call.arguments[1].span, "the default of getopt()", standard.type))
    }
    guard let given = parameters.options[name] else { return standard }
    switch standard.type {
    case .string?: return Typed(.string(Array((given ?? "").utf8)), .string, call.span)
    case .bool?: return Typed(.constant(isSet(name) ? 1 : 0), .bool, call.span)
    case .float?:
      guard let number = Double(given ?? "") else {
        throw noNumber(name, given, call.span)
      }
      return Typed(.constant(number.bitPattern), .float, call.span)
    default:
      guard let number = ScriptParameters.number(given ?? "") else {
        throw noNumber(name, given, call.span)
      }
      return Typed(.constant(UInt64(bitPattern: number)), .int64, call.span)
    }
  }

  /// Without `=` the next word of the command line is none of the option's.
  private mutating func noNumber(_ name: String, _ given: String?, _ span: Span) -> Unwind {
    guard let given else {
      let next = parameters.positionals.first.flatMap(ScriptParameters.number).map { "\($0)" }
      return fail(
        .badArgument(
          span, "the option --\(name) needs a number: write --\(name)=\(next ?? "NUMBER")"))
    }
    return fail(.badArgument(span, "the option --\(name) is no number: '\(given)'"))
  }

  /// An option without a value is set; `false` and `0` unset it.
  private func isSet(_ name: String) -> Bool {
    guard let given = parameters.options[name] else { return false }
    return !["false", "0"].contains(given ?? "true")
  }
}
