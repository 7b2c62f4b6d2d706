// Functions that change what runs next.

internal import MMQLanguage

extension Builtin {
  static let controlBuiltins: [Builtin] = [
    Builtin(
      name: "exit", signature: "exit([code])", summary: "ends the program; maps are printed",
      arguments: 0...1
    ) { checker, call in
      let code = try call.arguments.map { try checker.argument($0, .integer, "exit") }
      let hasCode = !code.isEmpty
      let function = HostFunction(name: "exit", argumentWords: code.count, resultWords: 0) {
        run, arguments, _ in
        run.exit(code: hasCode ? Int32(truncatingIfNeeded: arguments[0]) : 0)
      }
      return Typed(.call(function, code), nil, call.span)
    }.showing("begin { print(1); exit(); } begin { print(2); }", prints: "1")
  ]
}
