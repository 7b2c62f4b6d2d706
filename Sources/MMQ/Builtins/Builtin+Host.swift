// Builtins that tell of the machine: of the traced one, or of mmq's own where there is no event.

internal import CLinux
internal import Glibc
internal import MMQLanguage
internal import MMQTrace

extension Builtin {
  static let hostBuiltins: [Builtin] = [
    .variable("ncpus", .uint64, "how many CPUs the traced machine has") { checker, span in
      if checker.target.host.input == .recording {
        guard let count = checker.target.machine.cpuCount, count > 0 else {
          throw checker.fail(.unknownHere(span, "ncpus", "the recording does not say it"))
        }
        guard checker.target.sources.allSatisfy({ $0.machine.cpuCount == count }) else {
          throw checker.fail(.unknownHere(span, "ncpus", "the recordings do not say the same"))
        }
        return .constant(UInt64(count))
      }
      return .constant(UInt64(max(1, sysconf(Int32(_SC_NPROCESSORS_CONF)))))
    },
    .variable("numaid", .uint32, "the NUMA node that mmq runs on") { checker, span in
      if checker.target.host.input == .recording {
        throw checker.fail(
          .unknownHere(span, "numaid", "a recording does not tell which CPUs a NUMA node has"))
      }
      return try checker.own("numaid", span) { UInt64(clinux_current_node()) }
    },
    .variable("uid", .uint64, "the user id of mmq itself") { checker, span in
      try checker.own("uid", span) { UInt64(getuid()) }
    },
    .variable("gid", .uint64, "the group id of mmq itself") { checker, span in
      try checker.own("gid", span) { UInt64(getgid()) }
    },
    .variable("username", .string, "the name of the user who runs mmq") { checker, span in
      try checker.requireOwn("username", span)
      let name = getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) }
      return .string(Array((name ?? "\(getuid())").utf8))
    },
    .variable("cgroup", .uint64, "the id of mmq's own control group (version 2)") {
      checker, span in try checker.own("cgroup", span) { ControlGroup.own }
    },
    Builtin.function(
      "cgroup_path", "cgroup_path(id) -> string",
      "the path of a control group on mmq's own machine; \"\" for one that is not there",
      [.integer], .string
    ) { run, arguments, result in
      let path = ControlGroup.path(of: arguments[0]).map { "unified:" + $0 }
      result[0] = run.strings.intern(path ?? "")
    }.ownOnly().ofFiles(),
    .variable("jiffies", .uint64, "the kernel's count of timer ticks, on mmq's own machine") {
      checker, span in try checker.own("jiffies", span) { Jiffies.now }
    },
    .variable("usermode", .uint8, "1: mmq's own blocks run in user mode") { checker, span in
      try checker.requireOwn("usermode", span)
      return .constant(1)
    },
    .variable("rand", .uint32, "a random number; the same ones for the same seed (--seed)") {
      checker, _ in
      let host = checker.target.host
      return .call(
        HostFunction(name: "rand", argumentWords: 0, resultWords: 1) { run, _, result in
          result[0] = run.nextRandom(host) >> 32
        }, [])
    },
    Builtin(
      name: "vmstat", signature: "vmstat(\"name\") -> uint64",
      summary: "a counter of /proc/vmstat, now", arguments: 1...1
    ) { checker, call in
      let name = try checker.literal(call.arguments[0])
      if checker.target.host.input == .recording {
        throw checker.fail(.noVmstat(call.span))
      }
      try checker.requireFiles(call)
      guard VirtualMemory.counter(name) != nil else {
        throw checker.fail(
          .badArgument(call.arguments[0].span, "/proc/vmstat has no such counter"))
      }
      let function = HostFunction(name: "vmstat", argumentWords: 0, resultWords: 1) {
        _, _, result in result[0] = VirtualMemory.counter(name) ?? 0
      }
      return Typed(.call(function, []), .uint64, call.span)
    },
  ]
}

extension Checker {
  /// A value of mmq's own process: no event tells the task's.
  fileprivate mutating func own(
    _ name: String, _ span: Span, _ value: @escaping @Sendable () -> UInt64
  ) throws -> Typed.Kind {
    try requireOwn(name, span)
    return .call(
      HostFunction(name: name, argumentWords: 0, resultWords: 1) { _, _, result in
        result[0] = value()
      }, [])
  }

  mutating func requireOwn(_ name: String, _ span: Span) throws {
    guard isInEvent else { return }
    throw fail(.unknownHere(span, name, "an event's record does not tell the \(name) of its task"))
  }
}

extension Run {
  /// The next number of this run.
  func nextRandom(_ host: HostOptions) -> UInt64 {
    if random == nil { random = SplitMix64(seed: host.startOfRandom) }
    return random?.next() ?? 0
  }
}

/// The kernel's tick counter, which user space sees only through clocks.
private enum Jiffies {
  /// jiffies_64 starts at (u32)(-300 × HZ) (INITIAL_JIFFIES, include/linux/jiffies.h) and counts the
  /// ticks of CLOCK_MONOTONIC; one tick is the resolution of its coarse form.
  static var now: UInt64 {
    var tick = timespec()
    var time = timespec()
    guard clock_getres(CLOCK_MONOTONIC_COARSE, &tick) == 0,
      clock_gettime(CLOCK_MONOTONIC_COARSE, &time) == 0, tick.tv_nsec > 0
    else { return 0 }
    let length = UInt64(tick.tv_nsec)
    let start = (1 << 32) - 300 * (1_000_000_000 / length)
    return start &+ (UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)) / length
  }
}

/// `/proc/vmstat`.
private enum VirtualMemory {
  static func counter(_ name: [UInt8]) -> UInt64? {
    guard let text = HostFile.read("/proc/vmstat", limit: 1 << 20).bytes else { return nil }
    for line in text.split(separator: UInt8(ascii: "\n")) {
      let words = line.split(separator: UInt8(ascii: " "))
      guard words.count == 2, words[0].elementsEqual(name) else { continue }
      return UInt64(String(decoding: words[1], as: UTF8.self))
    }
    return nil
  }
}

extension Diagnostic {
  static func noVmstat(_ span: Span) -> Diagnostic {
    Diagnostic(
      .error, "no-vmstat", span, "vmstat() reads the running kernel; a recording has no counters",
      hint: "guard it with if (is_live) { … }")
  }

  static func unknownHere(_ span: Span, _ name: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      .error, "unknown-here", span, "'\(name)' is not known here: \(reason)",
      hint: ["numaid", "ncpus", "kstack"].contains(name)
        ? nil : "in begin, end and interval it means mmq's own")
  }
}
