// A script that is typed at a prompt.

public import MMQLanguage

extension Script {
  /// A program; or statements, which run once; or an expression, whose value is printed.
  public init(
    question text: Source, for target: Target, parameters: ScriptParameters = ScriptParameters(),
    files: (any ScriptFiles)? = nil
  ) {
    let (question, diagnostics) = Parser.question(text)
    guard case .statements(let body) = question else {
      self.init(text, for: target, parameters: parameters, files: files)
      return
    }
    let plain = Script(Program(running: body), diagnostics, text, target, parameters)
    guard let value = body.lastValue, !diagnostics.contains(where: { $0.severity == .error })
    else {
      self = plain
      return
    }
    var printing = body
    printing.statements[body.statements.count - 1].kind = .expression(
      Expression(.call("print", value.span, [value]), value.span))
    let script = Script(Program(running: printing), diagnostics, text, target, parameters)
    // A call such as clear() has no value to print.
    self = script.hasErrors ? plain : script
  }

  /// All its probes are events without a block: it only prints them.
  public var isBare: Bool { !syntax.probes.isEmpty && syntax.probes.allSatisfy(\.isBare) }
}

extension Block {
  /// Its last statement as an expression without `;`.
  fileprivate var lastValue: Expression? {
    guard hasValue, case .expression(let value)? = statements.last?.kind else { return nil }
    return value
  }
}
