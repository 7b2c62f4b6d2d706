// The functions and builtin variables: one row each, read by checker and documentation.

internal import MMQLanguage

/// A function or a builtin variable of the language. The lexer and the parser know none of them: a
/// new one is one row of a table.
public struct Builtin: Sendable {
  public let name: String
  /// How it is written, with its result: `ksym(address) -> string`. Variables have no parentheses.
  public let signature: String
  /// One line of help.
  public let summary: String
  /// How many arguments it takes.
  let arguments: ClosedRange<Int>
  /// Checks a call and lowers it to what the compiler knows.
  let check: @Sendable (inout Checker, Call) throws -> Typed
}

/// A call as written.
struct Call {
  var name: String
  var nameSpan: Span
  var span: Span
  var arguments: [Expression]
}

extension Builtin {
  /// Every builtin of the language.
  public static let all: [Builtin] =
    eventBuiltins + mapBuiltins + outputBuiltins + controlBuiltins + parameterBuiltins

  /// A builtin variable that is a piece of the record's context.
  static func variable(
    _ name: String, _ type: Type, _ summary: String,
    _ kind: @escaping @Sendable (inout Checker, Span) throws -> Typed.Kind
  ) -> Builtin {
    Builtin(
      name: name, signature: "\(name) -> \(type.name)", summary: summary, arguments: 0...0
    ) { checker, call in Typed(try kind(&checker, call.span), type, call.span) }
  }

  /// A function of plain values: what its parameters must be, and what it does.
  static func function(
    _ name: String, _ signature: String, _ summary: String, _ parameters: [Parameter],
    _ result: Type?, isPure: Bool = false, _ body: @escaping HostFunction.Body
  ) -> Builtin {
    Builtin(
      name: name, signature: signature, summary: summary,
      arguments: parameters.count...parameters.count
    ) { checker, call in
      var arguments: [Typed] = []
      for (expression, parameter) in zip(call.arguments, parameters) {
        arguments.append(try checker.argument(expression, parameter, name))
      }
      let function = HostFunction(
        name: name, argumentWords: arguments.reduce(0) { $0 + $1.words },
        resultWords: result?.words ?? 0, isPure: isPure, body: body)
      return Typed(.call(function, arguments), result, call.span)
    }
  }

  enum Parameter { case integer, string }
}

extension Checker {
  mutating func argument(
    _ expression: Expression, _ parameter: Builtin.Parameter, _ function: String
  ) throws -> Typed {
    let typed = try value(expression)
    let fits =
      switch (parameter, typed.type) {
      case (_, .unknown?), (.string, .string?): true
      case (.integer, let type?): type.isIntegral
      default: false
      }
    guard fits else {
      throw fail(.wrongType(typed.span, "the argument of \(function)()", typed.type))
    }
    return typed
  }
}
