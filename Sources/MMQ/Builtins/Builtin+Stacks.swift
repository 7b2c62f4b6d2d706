// Functions of stacks.

internal import MMQLanguage

extension Builtin {
  static let stackBuiltins: [Builtin] = [
    Builtin(
      name: "kstack", signature: "kstack -> stack, or kstack([mode, ][limit]) -> stack",
      summary: "the kernel's stack at the event, the innermost function first", arguments: 0...2
    ) { checker, call in try checker.kernelStack(call) }
  ]
}

extension Checker {
  /// As in bpftrace.
  private static let deepestStack: Int64 = 1024

  fileprivate mutating func kernelStack(_ call: Call) throws -> Typed {
    guard isInEvent else { throw fail(.notInEvent(call.span, "kstack")) }
    // A stack is addresses until it is printed.
    guard target.sources.count == 1 else {
      throw fail(
        .unknownHere(call.span, "kstack", "recordings of several boots have symbols of their own"))
    }
    var arguments = call.arguments[...]
    var mode = program.settings.stackMode
    if case .name(let name)? = arguments.first?.kind {
      mode = try stackMode(name, arguments.removeFirst().span)
    }
    let limit = try arguments.first.map { try stackLimit($0) }
    guard arguments.count < 2 else {
      throw fail(.badArgument(arguments[arguments.startIndex].span, Checker.modes))
    }
    let function = HostFunction(
      name: "kstack", argumentWords: 0, resultWords: 1, isPure: true, wantsStack: true,
      wantsSymbols: mode != .raw
    ) { run, _, result in result[0] = run.kernelStack(limit: limit ?? .max) }
    return Typed(.call(function, []), .stack(mode), call.span)
  }

  private static let modes =
    "kstack() takes a mode (\(StackMode.allCases.map(\.rawValue).joined(separator: ", "))), then a limit"

  private mutating func stackMode(_ name: String, _ span: Span) throws -> StackMode {
    guard let mode = StackMode(rawValue: name) else {
      throw fail(.badArgument(span, Checker.modes))
    }
    return mode
  }

  private mutating func stackLimit(_ expression: Expression) throws -> Int {
    let limit = try constant(expression)
    guard (0...Checker.deepestStack).contains(limit) else {
      throw fail(
        .badArgument(expression.span, "a stack's limit is 0 to \(Checker.deepestStack)"))
    }
    return Int(limit)
  }

  /// len(): how deep a stack is.
  mutating func depth(_ stack: Typed) -> Typed {
    let function = HostFunction(name: "len", argumentWords: 1, resultWords: 1, isPure: true) {
      run, arguments, result in
      result[0] = UInt64(StackBytes.depth(run.strings.bytes(of: arguments[0])))
    }
    return Typed(.call(function, [stack]), .int64, stack.span)
  }
}
