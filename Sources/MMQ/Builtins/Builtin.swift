// The functions and builtin variables: one row each, read by checker and documentation.

internal import MMQLanguage

/// A function or a builtin variable of the language. The lexer and the parser know none of them: a
/// new one is one row of a table.
public struct Builtin: Sendable {
  /// A small program, and what it prints.
  public struct Example: Sendable, Equatable {
    /// A whole script.
    public var program: String
    /// Standard output, without the empty lines at its end.
    public var output: String
  }

  /// As scripts call it.
  public let name: String
  /// How it is written, with its result: `ksym(address) -> string`. Variables have no parentheses.
  public let signature: String
  /// One line of help.
  public let summary: String
  /// How many arguments it takes.
  let arguments: ClosedRange<Int>
  /// What a test runs, and documentation shows; nil where the output is not the same everywhere.
  public private(set) var example: Example?
  /// Checks a call and lowers it to what the compiler knows.
  let check: @Sendable (inout Checker, Call) throws -> Typed

  init(
    name: String, signature: String, summary: String, arguments: ClosedRange<Int>,
    check: @escaping @Sendable (inout Checker, Call) throws -> Typed
  ) {
    self.name = name
    self.signature = signature
    self.summary = summary
    self.arguments = arguments
    self.check = check
  }

  /// The same row with an example.
  func showing(_ program: String, prints output: String) -> Builtin {
    var row = self
    row.example = Example(program: program, output: output)
    return row
  }
}

extension Builtin {
  /// The same row, refused in blocks of events: it speaks of mmq's own machine.
  func ownOnly() -> Builtin {
    let check = self.check
    return Builtin(name: name, signature: signature, summary: summary, arguments: arguments) {
      checker, call in
      try checker.requireOwn(call.name, call.span)
      return try check(&checker, call)
    }
  }
}

extension Builtin {
  /// The same row, refused where the host lets scripts read no files.
  func ofFiles() -> Builtin {
    let check = self.check
    return Builtin(name: name, signature: signature, summary: summary, arguments: arguments) {
      checker, call in
      try checker.requireFiles(call)
      return try check(&checker, call)
    }
  }
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
    eventBuiltins + hostBuiltins + mapBuiltins + outputBuiltins + commandBuiltins + controlBuiltins
    + parameterBuiltins + stringBuiltins + byteBuiltins + nameBuiltins + stackBuiltins
    + typeBuiltins

  /// A builtin variable that is a piece of the record's context.
  static func variable(
    _ name: String, _ type: Type, _ summary: String,
    _ kind: @escaping @Sendable (inout Checker, Span) throws -> Typed.Kind
  ) -> Builtin {
    Builtin(
      name: name, signature: "\(name) -> \(type.name)", summary: summary, arguments: 0...0
    ) { checker, call in Typed(try kind(&checker, call.span), type, call.span) }
  }

  /// A function of plain values: what its parameters must be, and what it does. Parameters with a
  /// default may be left out.
  static func function(
    _ name: String, _ signature: String, _ summary: String, _ parameters: [Parameter],
    _ result: Type?, isPure: Bool = false, wantsSymbols: Bool = false,
    _ body: @escaping HostFunction.Body
  ) -> Builtin {
    let needed = parameters.filter { $0.standard == nil }.count
    return Builtin(
      name: name, signature: signature, summary: summary, arguments: needed...parameters.count
    ) { checker, call in
      let arguments = try checker.arguments(call, parameters)
      let function = HostFunction(
        name: name, argumentWords: arguments.reduce(0) { $0 + $1.words },
        resultWords: result?.words ?? 0, isPure: isPure, wantsSymbols: wantsSymbols, body: body)
      return Typed(.call(function, arguments), result, call.span)
    }
  }

  /// What an argument must be. All but `integer` arrive as an id in the string pool.
  enum Parameter {
    case integer
    case integerOr(UInt64)
    /// A string; a field with names gives its name.
    case string
    /// A string, a buffer, or a field that is an array: its bytes.
    case bytes

    /// The value where the argument is left out.
    fileprivate var standard: UInt64? {
      if case .integerOr(let value) = self { return value }
      return nil
    }
  }
}

extension Checker {
  /// The arguments of a call, those that are left out included.
  mutating func arguments(_ call: Call, _ parameters: [Builtin.Parameter]) throws -> [Typed] {
    var arguments: [Typed] = []
    for (index, parameter) in parameters.enumerated() {
      if index < call.arguments.count {
        arguments.append(try argument(call.arguments[index], parameter, call.name))
      } else if let standard = parameter.standard {
        arguments.append(Typed(.constant(standard), .uint64, call.span))
      }
    }
    return arguments
  }

  mutating func argument(
    _ expression: Expression, _ parameter: Builtin.Parameter, _ function: String
  ) throws -> Typed {
    if case .bytes = parameter { return try bytes(expression, function) }
    let typed = try value(expression)
    switch (parameter, typed.type) {
    case (_, .unknown?), (.string, .string?): return typed
    case (.string, let type?) where type.symbols != nil: return try converted(typed, to: .string)
    case (.integer, let type?) where type.isIntegral: return typed
    case (.integerOr, let type?) where type.isIntegral: return typed
    default: throw fail(.wrongType(typed.span, "the argument of \(function)()", typed.type))
    }
  }
}
