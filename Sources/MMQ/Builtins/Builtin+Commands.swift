// Functions that say something to people, or reach out to the machine that mmq runs on.

internal import MMQLanguage

extension Builtin {
  static let commandBuiltins: [Builtin] = [
    Builtin(
      name: "errorf", signature: "errorf(\"format\", …)",
      summary: "prints an error with its place in the script, on standard error", arguments: 1...64
    ) { checker, call in try checker.message(call, .errorf) },
    Builtin(
      name: "warnf", signature: "warnf(\"format\", …)",
      summary: "prints a warning with its place in the script, on standard error",
      arguments: 1...64
    ) { checker, call in try checker.message(call, .warnf) },
    Builtin(
      name: "assert", signature: "assert(condition, message)",
      summary: "ends the program with exit code 1 and a message if the condition does not hold",
      arguments: 2...2
    ) { checker, call in try checker.assertion(call) }
    .showing("begin { assert(1 + 1 == 2, \"arithmetic\"); print(\"ok\"); }", prints: "ok"),
    Builtin(
      name: "cat", signature: "cat(\"format\", …)",
      summary: "prints a file, at most config max_cat_bytes of it; its name is a printf format",
      arguments: 1...64
    ) { checker, call in try checker.cat(call) }
    .showing("begin { cat(\"/dev/%s\", \"null\"); print(\"done\"); }", prints: "done"),
    Builtin(
      name: "system", signature: "system(\"format\", …)",
      summary: "runs a command of the shell and prints its output; only with --unsafe",
      arguments: 1...64
    ) { checker, call in try checker.system(call) },
    Builtin(
      name: "join", signature: "join(tuple[, \"separator\"])",
      summary: "prints the parts of a tuple, with blanks or the separator between them",
      arguments: 1...2
    ) { checker, call in try checker.join(call) }
    .showing("begin { join((\"a\", 2, true), \"/\"); }", prints: "a/2/true"),
    Builtin(
      name: "strftime", signature: "strftime(\"format\", ns) -> string",
      summary: "a time by a format of strftime, with %l ms, %f µs and %k ns of the second",
      arguments: 2...2
    ) { checker, call in try checker.strftime(call) }
    .showing("begin { print(strftime(\"%S.%f\", 2000123000)); }", prints: "02.000123"),
  ]
}

extension Checker {
  fileprivate mutating func message(_ call: Call, _ kind: TextKind) throws -> Typed {
    let text = try formatted(call)
    let span = call.span
    let isSilent = kind == .warnf && !target.host.showsWarnings
    let function = text.function(call.name) { run, plan, arguments in
      if isSilent { return }
      run.say(
        kind, run.formatted(plan, arguments, escapes: true), at: span)
    }
    return Typed(.call(function, text.arguments), nil, span)
  }

  fileprivate mutating func assertion(_ call: Call) throws -> Typed {
    let test = try condition(call.arguments[0])
    let message = try argument(call.arguments[1], .string, "assert")
    let span = call.span
    let function = HostFunction(name: "assert", argumentWords: 2, resultWords: 0) {
      run, arguments, _ in
      if arguments[0] != 0 { return }
      let text = ControlBytes.escaped(Array(run.strings.bytes(of: arguments[1])))
      run.say(.errorf, Array("assert failed: ".utf8) + text, at: span)
      run.exit(code: 1)
    }
    return Typed(.call(function, [test, message]), nil, span)
  }

  fileprivate mutating func cat(_ call: Call) throws -> Typed {
    try requireFiles(call)
    let name = try formatted(call)
    let span = call.span
    let function = name.function("cat") { run, plan, arguments in
      let path = String(
        decoding: run.formatted(plan, arguments), as: UTF8.self)
      let (bytes, isCut, problem) = HostFile.read(path, limit: run.maxCatBytes)
      guard let bytes else {
        let text = "failed to open file '\(path)' (\(problem))"
        return run.say(.cat, ControlBytes.escaped(Array(text.utf8)), at: span)
      }
      if isCut { run.faults.cutFiles += 1 }
      bytes.withUnsafeBytes { run.sink.text(.cat, $0) }
    }
    return Typed(.call(function, name.arguments), nil, span)
  }

  fileprivate mutating func system(_ call: Call) throws -> Typed {
    guard target.host.allowsCommands else { throw fail(.unsafe(call.span, "system")) }
    let command = try formatted(call)
    let span = call.span
    let function = command.function("system") { run, plan, arguments in
      let text = run.formatted(plan, arguments)
      run.sink.flush()
      var output: [UInt8] = []
      if !HostCommand.run(text, { output += $0 }) {
        return run.say(.system, Array("system(): the shell cannot be started".utf8), at: span)
      }
      output.withUnsafeBytes { run.sink.text(.system, $0) }
    }
    return Typed(.call(function, command.arguments), nil, span)
  }

  fileprivate mutating func join(_ call: Call) throws -> Typed {
    let parts = try value(call.arguments[0])
    let separator = call.arguments.count == 2 ? try literal(call.arguments[1]) : [0x20]
    guard let type = parts.type, type != .unknown else { return parts }
    if type == .pointer { throw fail(.memoryPointer(parts.span, "join")) }
    guard case .tuple = type else {
      throw fail(.wrongType(parts.span, "the argument of join()", type))
    }
    let function = HostFunction(name: "join", argumentWords: type.words, resultWords: 0) {
      run, arguments, _ in
      guard case .tuple(let items) = Value(type, arguments, run.strings) else { return }
      var text = ByteBuffer()
      for (index, item) in items.enumerated() {
        if index > 0 { text.append(contentsOf: separator) }
        text.append(item)
      }
      var bytes = run.sink.escapesControlBytes ? ControlBytes.escaped(text.bytes) : text.bytes
      bytes.append(UInt8(ascii: "\n"))
      bytes.withUnsafeBytes { run.sink.text(.join, $0) }
    }
    return Typed(.call(function, [parts]), nil, call.span)
  }

  fileprivate mutating func strftime(_ call: Call) throws -> Typed {
    let format = try literal(call.arguments[0])
    let time = try argument(call.arguments[1], .integer, "strftime")
    let clock = call.arguments[1].askedClock
    if clock == "monotonic" {
      throw fail(.badArgument(call.arguments[1].span, "the monotonic clock has no date"))
    }
    // These count from 1970, not from the start of the machine.
    let isDate = clock == "tai" || clock == "sw_tai"
    let function = HostFunction(name: "strftime", argumentWords: 1, resultWords: 1) {
      run, arguments, result in
      let text = run.clock.text(
        of: arguments[0],
        SecondParts.filled(format, arguments[0], since1970: isDate ? 0 : run.clock.dateOffset ?? 0),
        isDate: isDate)
      if !isDate, !run.clock.knowsDate { run.faults.noDate = true }
      result[0] = run.strings.intern(text)
    }
    return Typed(.call(function, [time]), .string, call.span)
  }
}

extension Expression {
  /// The clock of `nsecs(clock)`.
  fileprivate var askedClock: String? {
    guard case .call("nsecs", _, let arguments) = kind,
      case .name(let clock)? = arguments.first?.kind
    else { return nil }
    return clock
  }
}

/// bpftrace's own conversions of strftime: parts of a second.
private enum SecondParts {
  /// The format with `%l`, `%f` and `%k` replaced by 3, 6 or 9 digits, and `%s` by the seconds.
  /// `since1970` makes a time one that counts from there.
  static func filled(_ format: [UInt8], _ time: UInt64, since1970 offset: UInt64) -> [UInt8] {
    let (seconds, nanoseconds) = RunClock.split(time &+ offset)
    var filled: [UInt8] = []
    var rest = format[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%"), let letter = rest.popFirst() else {
        filled.append(byte)
        continue
      }
      switch letter {
      case UInt8(ascii: "l"): filled += digits(nanoseconds / 1_000_000, 3)
      case UInt8(ascii: "f"): filled += digits(nanoseconds / 1000, 6)
      case UInt8(ascii: "k"): filled += digits(nanoseconds, 9)
      case UInt8(ascii: "s"): filled += Array(String(seconds).utf8)
      default: filled += [byte, letter]
      }
    }
    return filled
  }

  private static func digits(_ value: UInt64, _ count: Int) -> [UInt8] {
    let text = String(value)
    return Array((String(repeating: "0", count: max(0, count - text.count)) + text).utf8)
  }
}

extension Run {
  /// A message with its place in the script.
  func say(_ kind: TextKind, _ text: [UInt8], at span: Span) {
    let (line, column) = script?.position(of: span.start) ?? (1, span.start + 1)
    let end = script.map { min(span.end, span.start + $0.line(at: span.start).count - column + 1) }
    var text = text
    if text.last == UInt8(ascii: "\n") { text.removeLast() }
    sink.message(
      ScriptMessage(
        kind: kind, text: text, file: script?.name(at: span.start) ?? "", line: line,
        column: column,
        endColumn: column + (end ?? span.end) - span.start))
  }
}

extension Checker {
  /// The host lets scripts read files.
  mutating func requireFiles(_ call: Call) throws {
    if !target.host.allowsFiles { throw fail(.readsFiles(call.span, call.name)) }
  }
}

extension Diagnostic {
  static func readsFiles(_ span: Span, _ function: String) -> Diagnostic {
    Diagnostic(
      .error, "reads-files", span, "\(function)() reads files of this machine",
      hint: "the program that runs the script does not allow it")
  }

  static func unsafe(_ span: Span, _ function: String) -> Diagnostic {
    Diagnostic(
      .error, "unsafe", span, "\(function)() is unsafe: it runs commands on this machine",
      hint: "--unsafe allows it")
  }
}
