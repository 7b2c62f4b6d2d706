// Macros: calls are replaced by bodies before the program is checked.

/// Replaces every call of a macro. Macros are hygienic: a body's own variables get names that nothing
/// else has, and it sees of the outside only what it is given.
public struct MacroExpander: SyntaxRewriter {
  private let macros: [String: [Macro]]
  private var diagnostics: [Diagnostic] = []
  private var expansions = 0
  private var depth = 0
  private var nodes = 0
  /// How deep the tree is at the node at hand, expansions included.
  private var level = 0

  /// Macros may call macros, but not without end.
  private static let depthLimit = 50
  /// Bodies and arguments that double at each level would fill the memory.
  private static let expansionLimit = 20_000
  private static let nodeLimit = 2_000_000

  /// The program without macros, and what is wrong with its calls.
  public static func expand(_ program: Program) -> (program: Program, diagnostics: [Diagnostic]) {
    guard !program.macros.isEmpty else { return (program, []) }
    var expander = MacroExpander(program.macros)
    expander.reportDoubles(program.macros)
    var result = program
    result.macros = []
    result.probes = program.probes.map { (try? expander.rewrite($0)) ?? $0 }
    return (result, expander.diagnostics)
  }

  /// Two macros that no call could tell apart, and parameters of one name.
  private mutating func reportDoubles(_ macros: [Macro]) {
    var seen: [String: Set<[Int]>] = [:]
    for macro in macros {
      if !seen[macro.name, default: []].insert(macro.kinds).inserted {
        diagnostics.append(.doubleMacro(macro.span, macro.name))
      }
      if Set(macro.parameters.map(\.name)).count < macro.parameters.count {
        diagnostics.append(.doubleParameter(macro.span, macro.name))
      }
    }
  }

  private init(_ macros: [Macro]) {
    self.macros = Dictionary(grouping: macros, by: \.name)
  }

  /// What is deeper than a program without macros can be would overflow the stack of whoever walks it.
  private mutating func deeper<T>(
    _ span: Span, _ body: (inout MacroExpander) throws -> T
  ) throws -> T {
    level += 1
    defer { level -= 1 }
    guard level <= 2 * Parser.depthLimit else { throw fail(.tooDeep(span)) }
    nodes += 1
    if nodes == MacroExpander.nodeLimit { throw fail(.macroSize(span, MacroExpander.nodeLimit)) }
    // Said already.
    if nodes > MacroExpander.nodeLimit { throw Parser.Unwind() }
    return try body(&self)
  }

  mutating func rewrite(_ block: Block) throws -> Block {
    try deeper(block.span) { try $0.rewriteChildren(block) }
  }

  mutating func rewrite(_ expression: Expression) throws -> Expression {
    try deeper(expression.span) { try $0.expandedOrRewritten(expression) }
  }

  private mutating func expandedOrRewritten(_ expression: Expression) throws -> Expression {
    switch expression.kind {
    case .call(let name, let span, let arguments):
      guard let candidates = macros[name] else { return try rewriteChildren(expression) }
      // Those of one name differ in number and kinds of parameters; the one that says most of its
      // arguments is meant.
      let fitting = candidates.filter { $0.takes(arguments) }
      let macro = fitting.max { $0.strictness < $1.strictness } ?? candidates[candidates.count - 1]
      // At this level: an argument that calls macros does not lie in the macro that takes it.
      return expanded(macro, try rewriteAll(arguments), span, expression.span)
    case .name(let name):
      guard let macro = macros[name]?.last(where: \.parameters.isEmpty) else { return expression }
      return expanded(macro, [], expression.span, expression.span)
    default: return try rewriteChildren(expression)
    }
  }

  /// A call that cannot be expanded is reported; what stands for it does not matter then.
  private mutating func expanded(
    _ macro: Macro, _ arguments: [Expression], _ nameSpan: Span, _ span: Span
  ) -> Expression {
    (try? expand(macro, arguments, nameSpan, span)) ?? Expression(.integer(0), span)
  }

  private mutating func expand(
    _ macro: Macro, _ arguments: [Expression], _ nameSpan: Span, _ span: Span
  ) throws -> Expression {
    guard arguments.count == macro.parameters.count else {
      throw fail(.macroArguments(span, macro.name, macro.parameters.count, arguments.count))
    }
    depth += 1
    expansions += 1
    defer { depth -= 1 }
    guard depth <= MacroExpander.depthLimit, expansions <= MacroExpander.expansionLimit else {
      throw fail(.macroDepth(nameSpan, macro.name))
    }
    var body = MacroBody(macro: macro.name, suffix: expansions)
    for (parameter, argument) in zip(macro.parameters, arguments) {
      if let problem = body.bind(parameter, argument, to: macro.name) { throw fail(problem) }
    }
    var inserted: Block
    do {
      inserted = try body.rewrite(macro.body)
    } catch let problem as MacroBody.Problem {
      throw fail(problem.diagnostic)
    }
    inserted.expansion = expansions
    return Expression(.block(try rewrite(inserted)), span)
  }

  private mutating func fail(_ diagnostic: Diagnostic) -> Parser.Unwind {
    diagnostics.append(diagnostic)
    return Parser.Unwind()
  }
}

extension Macro {
  /// Parameters that take only a variable or a map.
  fileprivate var strictness: Int {
    parameters.count { if case .expression = $0 { false } else { true } }
  }

  /// What tells two macros of one name apart.
  fileprivate var kinds: [Int] {
    parameters.map {
      switch $0 {
      case .variable: 0
      case .map: 1
      case .expression: 2
      }
    }
  }

  /// Whether arguments fit its parameters in number and kind. A bare `$x` or `@x` is an expression too.
  fileprivate func takes(_ arguments: [Expression]) -> Bool {
    guard arguments.count == parameters.count else { return false }
    return zip(parameters, arguments).allSatisfy { parameter, argument in
      switch (parameter, argument.kind) {
      case (.variable, .variable), (.map, .map(_, key: nil)), (.expression, _): true
      default: false
      }
    }
  }
}

/// One macro's body, with the arguments of one call.
private struct MacroBody: SyntaxRewriter {
  struct Problem: Error {
    var diagnostic: Diagnostic
  }

  let macro: String
  let suffix: Int
  private var variables: [String: String] = [:]
  private var maps: [String: String] = [:]
  private var expressions: [String: Expression] = [:]

  init(macro: String, suffix: Int) {
    self.macro = macro
    self.suffix = suffix
  }

  /// Takes an argument; what is wrong with it, if anything.
  mutating func bind(
    _ parameter: Macro.Parameter, _ argument: Expression, to macro: String
  ) -> Diagnostic? {
    switch (parameter, argument.kind) {
    case (.variable(let name), .variable(let given)): variables[name] = given
    case (.map(let name), .map(let given, key: nil)): maps[name] = given
    case (.expression(let name), _): expressions[name] = argument
    case (.variable(let name), _):
      return .macroParameter(argument.span, macro, "$\(name)", "a variable")
    case (.map(let name), _): return .macroParameter(argument.span, macro, "@\(name)", "a map")
    }
    return nil
  }

  /// No script can write a name with a blank.
  func rewrite(variable name: String) -> String { variables[name] ?? "\(name) \(suffix)" }

  /// A parameter that stands for a type, or for a value whose type is meant.
  mutating func rewrite(_ type: TypeName) throws -> TypeName {
    guard case .named(let name) = type.kind, let argument = expressions[name] else {
      return try rewriteChildren(type)
    }
    if case .type(let given) = argument.kind { return given }
    return TypeName(kind: .typeOf(argument), span: type.span)
  }

  mutating func rewrite(_ expression: Expression) throws -> Expression {
    switch expression.kind {
    case .name(let name): return expressions[name] ?? expression
    case .map(let name, let key):
      guard let given = maps[name] else {
        throw Problem(diagnostic: .macroMap(expression.span, macro, name))
      }
      var keys: [Expression] = []
      for part in key ?? [] { keys.append(try rewrite(part)) }
      return Expression(.map(given, key: key == nil ? nil : keys), expression.span)
    default: return try rewriteChildren(expression)
    }
  }
}
