// Functions that give names to numbers of the kernel.

internal import Glibc
internal import MMQLanguage
internal import MMQTrace

extension Builtin {
  static let nameBuiltins: [Builtin] = [
    Builtin(
      name: "kaddr", signature: "kaddr(\"name\") -> uint64",
      summary: "the address of a function or variable of the kernel", arguments: 1...1
    ) { checker, call in try checker.kaddr(call) },
    Builtin(
      name: "syscall_name", signature: "syscall_name(number) -> string",
      summary: "the name of a system call on the traced machine; unknown ones stay numbers",
      arguments: 1...1
    ) { checker, call in try checker.syscallName(call) },
    .function(
      "strerror", "strerror(error) -> string", "what an error number of the kernel means",
      [.integer], .string, isPure: true
    ) { run, arguments, result in
      let text = Glibc.strerror(Int32(truncatingIfNeeded: arguments[0])).map { String(cString: $0) }
      result[0] = run.strings.intern(text ?? "")
    }.showing("begin { print(strerror(22)); }", prints: "Invalid argument"),
    .function(
      "signal_name", "signal_name(signal) -> string", "what a signal's number means",
      [.integer], .string, isPure: true
    ) { run, arguments, result in
      result[0] = run.strings.intern(Builtin.signalName(arguments[0]))
    }.showing("begin { print(signal_name(9)); }", prints: "Killed"),
  ]

  /// As bpftrace: N/A for what can be no signal.
  private static func signalName(_ number: UInt64) -> String {
    let signal = Int64(bitPattern: number)
    guard (0...64).contains(signal), let text = strsignal(Int32(signal)) else { return "N/A" }
    return String(cString: text)
  }
}

extension Checker {
  fileprivate mutating func kaddr(_ call: Call) throws -> Typed {
    let name = String(decoding: try literal(call.arguments[0]), as: UTF8.self)
    let found = target.symbols.map { $0().address(named: name) }
    guard let first = found.first, let address = first else {
      throw fail(.unknownSymbol(call.span, name))
    }
    guard found.allSatisfy({ $0 == address }) else {
      throw fail(.severalAddresses(call.span, name))
    }
    return Typed(.constant(address), .uint64, call.span)
  }

  fileprivate mutating func syscallName(_ call: Call) throws -> Typed {
    let number = try argument(call.arguments[0], .integer, "syscall_name")
    let names = target.machineNames.map { $0.flatMap { SystemCalls.names(machine: $0) } ?? [:] }
    let function = HostFunction(
      name: "syscall_name", argumentWords: 1, resultWords: 1, isPure: true
    ) { run, arguments, result in
      let text = names[run.source][arguments[0]] ?? "\(Int64(bitPattern: arguments[0]))"
      result[0] = run.strings.intern(text)
    }
    return Typed(.call(function, [number]), .string, call.span)
  }
}

extension Target {
  /// The architecture of each traced machine as `uname -m` says it; nil if the source does not tell.
  fileprivate var machineNames: [String?] {
    guard host.input == .recording else { return [Target.ownMachineName] }
    return sources.map { source in
      let words = source.machine.uname?.split(separator: " ").map(String.init) ?? []
      return words.last { SystemCalls.names(machine: $0) != nil }
    }
  }

  private static var ownMachineName: String? {
    var name = utsname()
    guard uname(&name) == 0 else { return nil }
    return withUnsafeBytes(of: name.machine) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}

extension Diagnostic {
  static func unknownSymbol(_ span: Span, _ name: String) -> Diagnostic {
    Diagnostic(
      .error, "unknown-symbol", span, "Failed to resolve kernel symbol: \(name)",
      hint: "--kallsyms FILE gives the symbols of the traced kernel")
  }

  static func severalAddresses(_ span: Span, _ name: String) -> Diagnostic {
    Diagnostic(
      .error, "several-addresses", span, "\(name) is not at one address in all recordings",
      hint: "ksym(args.FIELD) == \"\(name)\" compares names instead")
  }
}
