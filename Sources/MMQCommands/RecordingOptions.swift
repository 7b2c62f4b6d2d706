// The options of a run over a recording: which records, whose symbols, which time zone.

internal import ArgumentParser
internal import Glibc
internal import MMQ
internal import MMQTrace

struct RecordingOptions: ParsableArguments {
  @Option(
    help: .init(
      "Only records from this time on: seconds of the recording's clock, or from its start, such as +3, +500ms or +2m.",
      valueName: "t"))
  var from: Seconds?

  @Option(help: .init("Only records up to this time.", valueName: "t"))
  var to: Seconds?

  @Option(help: .init("Only records of these CPUs, such as 0,2-3.", valueName: "list"))
  var cpu: CPUList?

  @Option(
    name: .short,
    help: .init(
      "Only records of this process; without -i it runs now, and the run ends with it.",
      valueName: "pid"))
  var p: String?

  @Option(help: .init("Only records of this buffer; '' is the top-level one.", valueName: "name"))
  var buffer: String?

  @Option(
    help: .init("The kernel's symbols: a copy of /proc/kallsyms.", valueName: "file"),
    completion: .file())
  var kallsyms: String?

  @OptionGroup var formats: FormatsOption

  @Option(
    help: .init(
      "The time zone of time() and strftime(), such as Europe/Berlin; else the local one.",
      valueName: "zone"))
  var tz: String?

  @Option(help: .init("Where rand starts.", valueName: "n"))
  var seed: UInt64?

  @Option(
    name: [.customShort("j", allowingJoined: true), .long],
    help: .init("Threads that may read a recording at once; else one for each CPU.", valueName: "n")
  )
  var jobs: Int?

  @Option(
    name: .customLong("map-memory"),
    help: .init(
      "Memory of all maps and strings, such as 64M, at least 1M; else live 256M, but at most 1/16 of the memory.",
      valueName: "size"))
  var mapMemory: MemorySize?

  func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("-j takes a number from 1 on") }
  }

  /// What the session gets. Throws a Stop where a name or a file is wrong.
  func options(for sources: [any TraceSource]) throws -> RunOptions {
    let source = sources[0]
    var options = RunOptions.trusted
    options.selection = try selection()
    options.jobs = jobs
    options.mapMemory = mapMemory?.bytes
    if source.isLive { try checkLive() }
    if !source.isLive, let problem = try options.selection?.problem(in: sources) {
      let names = sources.map(\.name).joined(separator: ", ")
      throw Stop(status: Stop.usageError, message: "mmq: \(names): \(problem)")
    }
    if let kallsyms { options.kernelSymbols = try symbols(kallsyms, of: sources) }
    if let tz { try TimeZone.set(tz) }
    return options
  }

  /// The process that a live run is about. Throws a Stop where there is none.
  func runningProcess() throws -> TracedProcess? {
    guard let p else { return nil }
    let number = try ProcessID.ofRunning(p)
    return try Recording.attempt { try TracedProcess(number) }
  }

  /// A part of time, or a buffer, can be asked for only where there is a recording.
  private func checkLive() throws {
    let given = [("--from", from != nil), ("--to", to != nil), ("--buffer", buffer != nil)]
    guard let name = given.first(where: \.1)?.0 else { return }
    throw Stop(
      status: Stop.usageError, message: "mmq: \(name) is for recordings: name one with -i FILE")
  }

  private func selection() throws -> Selection? {
    if from == nil, to == nil, cpu == nil, p == nil, buffer == nil { return nil }
    var selection = Selection()
    selection.from = from?.moment
    selection.to = to?.moment
    selection.cpus = cpu?.cpus
    selection.process = try p.map { try ProcessID.number($0) }
    selection.buffer = buffer
    return selection
  }

  /// Symbols of another boot, or of another kernel, would give wrong names: the kernel's start tells them apart
  /// where the recording knows it.
  private func symbols(_ path: String, of sources: [any TraceSource]) throws -> KernelSymbols {
    let symbols = try KernelSymbols(kallsyms: ScriptOptions.read(path))
    guard !symbols.isEmpty else {
      throw Stop(
        status: Stop.usageError, message: "mmq: \(path): there are no symbols with addresses in it")
    }
    let start = symbols.address(named: "_text")
    for source in sources {
      guard let start, let other = source.kernelStart, other != start else { continue }
      Console.error(
        "WARNING: \(path): the kernel of \(source.name) lies elsewhere in memory: names are wrong")
    }
    return symbols
  }
}

/// The number of a process, as the kernel gives them out.
enum ProcessID {
  /// PID_MAX_LIMIT of include/linux/threads.h on 64-bit machines.
  private static let limit = 1 << 22

  /// 0 is the idle task of each CPU: it is in recordings, and no process that one could look at.
  static func ofRunning(_ text: String) throws -> Int32 {
    let number = try number(text)
    guard number > 0 else { throw outOfRange(text) }
    return number
  }

  private static func outOfRange(_ text: String) -> Stop {
    Stop(status: Stop.usageError, message: "ERROR: Pid out of range: \(text)")
  }

  /// Throws a Stop in bpftrace's words where the text is none.
  static func number(_ text: String) throws -> Int32 {
    guard let number = Int(text) else {
      let problem = text.first?.isNumber == true ? "invalid trailing bytes" : "invalid integer"
      throw Stop(
        status: Stop.usageError, message: "ERROR: Failed to parse pid: \(problem): \(text)")
    }
    guard 0...limit ~= number else { throw outOfRange(text) }
    return Int32(number)
  }
}

/// `12.786`, or `+0.5` from the start: seconds with up to nine digits behind the point, or another unit, as `+500ms`.
struct Seconds: ExpressibleByArgument {
  let moment: Selection.Moment

  init?(argument: String) {
    let isRelative = argument.hasPrefix("+")
    guard let time = Seconds.nanoseconds(argument.dropFirst(isRelative ? 1 : 0)) else { return nil }
    moment = isRelative ? .afterStart(time) : .clock(time)
  }

  private static func nanoseconds(_ text: Substring) -> UInt64? {
    let suffix = String(text.drop { $0.isASCII && !$0.isLetter })
    let unit = Durations.nanoseconds(1, suffix.isEmpty ? "s" : suffix)
    let parts = text.dropLast(suffix.count)
      .split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let fraction = parts.count > 1 ? parts[1] : "0"
    guard let unit, let whole = digits(parts[0]), (1...9).contains(fraction.count),
      let part = digits(fraction + String(repeating: "0", count: 9 - fraction.count))
    else { return nil }
    let (product, overflow) = whole.multipliedReportingOverflow(by: unit)
    // Less than the unit, and so it fits.
    let (rest, remainder) = UInt64(1_000_000_000).dividingFullWidth(
      part.multipliedFullWidth(by: unit))
    let (sum, carry) = product.addingReportingOverflow(rest)
    return overflow || carry || remainder != 0 ? nil : sum
  }

  private static func digits(_ text: some StringProtocol) -> UInt64? {
    text.allSatisfy { $0.isASCII && $0.isNumber } ? UInt64(text) : nil
  }
}

/// `0,2-3`: numbers and ranges.
struct CPUList: ExpressibleByArgument {
  private(set) var cpus: Set<UInt32> = []
  /// More than any kernel has (NR_CPUS is 8192 at most), so that a slip takes no memory.
  private static let limit: UInt32 = 1 << 16

  init?(argument: String) {
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        .map { UInt32($0) }
      guard let first = ends[0], let last = ends.count > 1 ? ends[1] : first, first <= last,
        last < CPUList.limit
      else { return nil }
      cpus.formUnion(first...last)
    }
  }
}

enum TimeZone {
  /// Makes a zone the local one. The C library takes every name: what it does not know is UTC to it,
  /// so the name is looked up first.
  static func set(_ zone: String) throws {
    guard isKnown(zone) else {
      throw Stop(
        status: Stop.usageError,
        message: "mmq: there is no time zone '\(zone)'; zones look like Europe/Berlin or CET-1CEST")
    }
    setenv("TZ", zone, 1)
    tzset()
  }

  /// `UTC`, a name with an offset as POSIX writes them, or a file of the zone database.
  private static func isKnown(_ zone: String) -> Bool {
    if zone == "UTC" || zone.wholeMatch(of: /[A-Za-z]{3,}[-+]?[0-9].*|<[^>]+>[-+]?[0-9].*/) != nil {
      return true
    }
    guard !zone.isEmpty, !zone.contains("..") else { return false }
    let directory = getenv("TZDIR").map { String(cString: $0) } ?? "/usr/share/zoneinfo"
    var status = stat()
    return stat("\(directory)/\(zone)", &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }
}
