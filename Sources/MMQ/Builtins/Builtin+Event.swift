// Builtins that tell of the event at hand: when, where, who.

internal import CLinux
internal import MMQLanguage

extension Builtin {
  static let eventBuiltins: [Builtin] = [
    .variable("nsecs", .uint64, "the time of the record or tick, in nanoseconds of its clock") {
      _, _ in .context(.time)
    },
    .variable("elapsed", .uint64, "nanoseconds since the first record") { _, span in
      let start = Typed(.call(.origin, []), .uint64, span)
      return .binary(.subtract, Typed(.context(.time), .uint64, span), start)
    },
    .variable("cpu", .uint64, "the CPU that the record is from") { checker, _ in
      checker.isInEvent ? .context(.cpu) : .call(.ownCPU, [])
    },
    .variable("tid", .integer(IntegerType(bits: 32, isSigned: true)), "the thread's id") {
      checker, _ in checker.isInEvent ? .context(.tid) : .call(.ownThread, [])
    },
    .variable("comm", .string, "the task's name at the time of the event") { checker, _ in
      guard checker.isInEvent else { return .string(Array("mmq".utf8)) }
      checker.program.usesComm = true
      return .context(.comm)
    },
    .variable("probe", .string, "the full name of the probe that fired") { _, _ in
      .context(.probe)
    },
    .function(
      "ksym", "ksym(address) -> string", "the name of the kernel function at an address",
      [.integer], .string, isPure: true
    ) { run, arguments, result in result[0] = run.symbolName(of: arguments[0]) },
  ]
}

extension HostFunction {
  /// The time of the first record.
  static let origin = HostFunction(name: "origin", argumentWords: 0, resultWords: 1, isPure: true) {
    run, _, result in result[0] = run.origin
  }

  // Outside of events tid and cpu mean mmq's own.

  static let ownCPU = HostFunction(name: "own cpu", argumentWords: 0, resultWords: 1) {
    _, _, result in result[0] = UInt64(clinux_current_cpu())
  }

  static let ownThread = HostFunction(name: "own tid", argumentWords: 0, resultWords: 1) {
    _, _, result in result[0] = UInt64(bitPattern: Int64(clinux_thread_id()))
  }
}

extension Checker {
  var isInEvent: Bool {
    if case .event = place { return true }
    return false
  }
}
