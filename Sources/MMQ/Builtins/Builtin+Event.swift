// Builtins that tell of the event at hand: when, where, who.

internal import CLinux
internal import Glibc
internal import MMQLanguage
internal import MMQTrace

extension Builtin {
  static let eventBuiltins: [Builtin] = [
    Builtin(
      name: "nsecs", signature: "nsecs -> uint64, or nsecs(clock) -> uint64",
      summary: "the time of the record or tick, in nanoseconds of its clock", arguments: 0...1
    ) { checker, call in try checker.nsecs(call) },
    .variable("elapsed", .uint64, "nanoseconds since the first record") { checker, span in
      checker.program.usesClock = true
      let start = Typed(.call(.origin, []), .uint64, span)
      return .binary(.subtract, Typed(.context(.time), .uint64, span), start)
    }.showing("begin { print(elapsed); }", prints: "0"),
    .variable("observed", .uint64, "nanoseconds that the run has gone through so far") {
      checker, span in
      checker.program.usesClock = true
      let start = Typed(.call(.observedFrom, []), .uint64, span)
      return .binary(.subtract, Typed(.context(.time), .uint64, span), start)
    }.showing("begin { print(observed); }", prints: "0"),
    .variable("cpu", .uint64, "the CPU that the record is from") { checker, _ in
      checker.ownField(Field.commonCPU)
        ?? (checker.isInEvent ? .context(.cpu) : .call(.ownCPU, []))
    },
    .variable("tid", .integer(IntegerType(bits: 32, isSigned: true)), "the thread's id") {
      checker, _ in checker.isInEvent ? .context(.tid) : .call(.ownThread, [])
    },
    .variable(
      "pid", .integer(IntegerType(bits: 32, isSigned: true)),
      "the process's id: the thread group, where the source tells it, else tid"
    ) { checker, span in
      guard checker.isInEvent else { return .call(.ownProcess, []) }
      if let group = checker.ownField(Field.commonGroup) { return group }
      checker.program.usesPid = true
      let thread = Typed(
        .context(.tid), .integer(IntegerType(bits: 32, isSigned: true)), span)
      return .call(.threadGroup, [thread])
    },
    .variable("buffer", .string, "the instance that the record comes from; \"\" for the top one") {
      checker, span in
      guard checker.isInEvent else { throw checker.fail(.notInEvent(span, "buffer")) }
      return .call(
        HostFunction(name: "buffer", argumentWords: 0, resultWords: 1, onlyReads: true) {
          run, _, result in
          result[0] = run.lane < run.bufferNames.count ? run.bufferNames[run.lane] : 0
        }, [])
    },
    .variable("comm", .string, "the task's name at the time of the event") { checker, _ in
      guard checker.isInEvent else { return .string(HostFile.ownName) }
      if let name = checker.ownField(Field.commonComm) { return name }
      checker.program.usesComm = true
      return .context(.comm)
    },
    .variable("probe", .string, "the full name of the probe that fired") { _, _ in
      .context(.probe)
    }.showing("begin { print(probe); }", prints: "begin"),
    Builtin(
      name: "ksym", signature: "ksym(address) -> string",
      summary: "the name of the kernel function at an address", arguments: 1...1
    ) { checker, call in try checker.ksym(call) },
  ]
}

extension HostFunction {
  /// The time of the first record.
  static let origin = HostFunction(name: "origin", argumentWords: 0, resultWords: 1, isPure: true) {
    run, _, result in result[0] = run.origin
  }

  static let observedFrom = HostFunction(
    name: "observed from", argumentWords: 0, resultWords: 1, isPure: true
  ) {
    run, _, result in result[0] = run.observedFrom
  }

  /// What is taken from a time is a moment, too: the difference is none.
  var isMoment: Bool { [HostFunction.origin.name, HostFunction.observedFrom.name].contains(name) }

  // Outside of events tid and cpu mean mmq's own.

  static let ownCPU = HostFunction(name: "own cpu", argumentWords: 0, resultWords: 1) {
    _, _, result in result[0] = UInt64(clinux_current_cpu())
  }

  static let ownProcess = HostFunction(name: "own pid", argumentWords: 0, resultWords: 1) {
    _, _, result in result[0] = UInt64(bitPattern: Int64(getpid()))
  }

  /// The process of a thread, at the record at hand.
  static let threadGroup = HostFunction(
    name: "pid", argumentWords: 1, resultWords: 1, onlyReads: true
  ) {
    run, arguments, result in
    let thread = Int32(truncatingIfNeeded: arguments[0])
    let group = run.groups?.group(of: thread)
    if group == nil { run.faults.noGroup = true }
    result[0] = UInt64(bitPattern: Int64(group ?? thread))
  }

  static let ownThread = HostFunction(name: "own tid", argumentWords: 0, resultWords: 1) {
    _, _, result in result[0] = UInt64(bitPattern: Int64(clinux_thread_id()))
  }
}

extension Checker {
  /// Clocks that nsecs() can be asked for, as in bpftrace; sw_tai is tai read in another way.
  private static let clocks: [String: clockid_t] = [
    "monotonic": CLOCK_MONOTONIC, "boot": CLOCK_BOOTTIME, "tai": CLOCK_TAI, "sw_tai": CLOCK_TAI,
  ]

  fileprivate mutating func nsecs(_ call: Call) throws -> Typed {
    guard let argument = call.arguments.first else {
      return Typed(.context(.time), .uint64, call.span)
    }
    guard case .name(let name) = argument.kind, let clock = Checker.clocks[name] else {
      throw fail(.badArgument(argument.span, "the clock is monotonic, boot, tai or sw_tai"))
    }
    guard target.host.input != .recording else {
      throw fail(
        .badArgument(argument.span, "the recording has one clock, which it was made with"))
    }
    let function = HostFunction(name: "nsecs", argumentWords: 0, resultWords: 1) { _, _, result in
      var time = timespec()
      clock_gettime(clock, &time)
      result[0] = UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }
    return Typed(.call(function, []), .uint64, call.span)
  }

  /// A text has names in place of addresses: what stands behind them is left out.
  fileprivate mutating func ksym(_ call: Call) throws -> Typed {
    let place = try value(call.arguments[0])
    let isText = place.type == .string && ownField(Field.commonText) != nil
    if !isText, place.type != .unknown, place.type?.isIntegral != true {
      throw fail(.wrongType(place.span, "the argument of ksym()", place.type))
    }
    let function = HostFunction(
      name: "ksym", argumentWords: 1, resultWords: 1, isPure: true, wantsSymbols: true
    ) { run, arguments, result in
      result[0] =
        isText ? run.symbolName(ofText: arguments[0]) : run.symbolName(of: arguments[0])
    }
    return Typed(.call(function, [place]), .string, call.span)
  }

  /// In a block of `interval`, not of begin or end.
  var isInInterval: Bool { unitName.map { !["begin", "end"].contains($0.lowercased()) } ?? false }

  /// What records say themselves, if they do: those that were lines of text.
  func ownField(_ name: String) -> Typed.Kind? {
    guard case .event(let events) = place, let field = events.first?.field(named: name),
      field.isCommon
    else { return nil }
    return .field(field)
  }

  var isInEvent: Bool {
    if case .event = place { return true }
    return false
  }
}
