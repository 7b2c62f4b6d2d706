// `mmq record`: the running kernel's events, into a file.

internal import ArgumentParser
internal import CLinux
internal import Glibc
internal import MMQ
internal import MMQLanguage
internal import MMQTrace
internal import MMQTraceWriter

struct RecordCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record",
    abstract: "Records events of the running kernel into a trace.dat file.",
    discussion: """
      Until Ctrl-C, or until --duration is over; with '-- CMD' or -p only a
      command or a process and what it starts, until it ends. mmq -i, trace-cmd and
      KernelShark read the file.

      A predicate is left to the kernel. What the kernel cannot decide of it is said,
      and recorded all the same; with --strict it is an error.

      Examples:
        mmq record -o trace.dat kmem:mm_page_alloc 'vmscan:*'
        mmq record -o trace.dat 'kmem:mm_page_alloc /args.order > 3/' -- make
        mmq record -o trace.dat 'sched:*' --stacks --size 1G --files 4
        mmq -e 'kmem:mm_page_alloc { @[comm] = count(); }' -i trace.dat
      """)

  @Option(
    name: .shortAndLong,
    help: "The file, made when the recording ends; what was there before is replaced.",
    completion: .file())
  var output: String

  @Argument(
    help: .init(
      "What to record, as in scripts: system:event, with * and [a-z], and a predicate.",
      discussion: "Behind '--' the words of a command, as with -c.", valueName: "probes"),
    completion: ShellCompletion.events)
  var probes: [String]

  @OptionGroup var live: LiveCommandOptions

  @Option(
    name: .short,
    help: .init(
      "Record only this process, its threads and what it starts, until it ends.", valueName: "pid"))
  var p: String?

  @Option(
    name: [.customShort("C"), .long],
    help: .init(
      "The clock of the records, one of the kernel's trace_clock. trace-cmd report shows seconds of local, global, "
        + "perf, mono and mono_raw, and plain numbers of the others.", valueName: "name"),
    completion: ShellCompletion.clocks)
  var clock = "mono"

  @OptionGroup var extent: RecordingExtent

  @Flag(help: "Also the kernel's stack behind each of these events.")
  var stacks = false

  @Flag(name: .customLong("no-progress"), help: "Show no line of progress.")
  var noProgress = false

  @OptionGroup var flags: CommonFlags

  @OptionGroup var coloring: ColorOption

  func validate() throws {
    if output == "-" {
      throw ValidationError("record completes its file at the end: name one, as -o trace.dat")
    }
  }

  func run() throws {
    let draft = try RecordedProbes(probes)
    let process = try p.map { number in
      try Recording.attempt { try TracedProcess(try ProcessID.ofRunning(number)) }
    }
    let command = try tracedCommand()
    let source = try Recording.attempt {
      try live.source(
        for: draft.script(for: Target(HostClock()).trusted),
        process: command?.process ?? process?.id, flags, maps: false, needsFilters: flags.strict,
        clock: clock)
    }
    try checkClock(source.clocks)
    let (events, filters) = try draft.events(of: source, withStacks: stacks)
    if flags.strict, !filters.areExact {
      for note in filters.notes(refused: []) { Console.error(note) }
      throw Stop(status: Stop.usageError)
    }
    if flags.dryRun { return try showChanges(source, events, filters) }
    let recorder = try writing { () throws(TraceError) in
      try LiveRecorder(source, to: output, by: MMQCommand.version, limits: extent.limits)
    }
    let account = try record(recorder, events, command) {
      announce(events.wanted.count, filters.notes(refused: source.refusedFilters))
    } hasEnded: {
      process?.hasEnded == true
    }
    try finish(account, source, command)
  }

  private func checkClock(_ known: [String]) throws {
    if known.contains(clock) { return }
    throw Stop(
      status: Stop.usageError,
      message: "mmq: the kernel has no clock '\(clock)'; it has \(known.joined(separator: ", "))")
  }

  private func tracedCommand() throws -> TracedCommand? {
    let command = CommandLineWords.behind
    guard !CommandLineWords.hasMark || !command.isEmpty else {
      throw Stop(
        status: Stop.usageError,
        message: "mmq: no command behind --: name one, or leave -- out to record all processes")
    }
    guard live.c == nil || command.isEmpty else {
      throw Stop(status: Stop.usageError, message: "mmq: a command behind --, or with -c: not both")
    }
    guard p == nil || live.c == nil && command.isEmpty else {
      throw Stop(
        status: Stop.usageError,
        message: "mmq: a command and -p name one process each: leave one out")
    }
    if let text = live.c { return try TracedCommand(text) }
    return command.isEmpty ? nil : try TracedCommand(words: command)
  }

  private func showChanges(
    _ source: LiveSource, _ events: LiveEvents, _ filters: RecordedFilters
  ) throws {
    flags.surviveShortage()
    try Recording.attempt { try source.attach(events) }
    source.detach()
    for note in filters.notes(refused: []) { Console.error(note) }
  }

  private func record(
    _ recorder: LiveRecorder, _ events: LiveEvents, _ command: TracedCommand?,
    whenAttached: () -> Void, hasEnded: () -> Bool
  ) throws -> RecordingAccount {
    clinux_catch_stop_signals()
    flags.surviveShortage()
    // A write beyond the limit of a file's size is an error as any other.
    signal(SIGXFSZ, SIG_IGN)
    let line = RecordingLine(isWanted: !flags.quiet && !noProgress)
    defer { line?.hide() }
    var end = UInt64.max
    return try writing { () throws(TraceError) in
      try recorder.record(events) {
        whenAttached()
        command?.run()
        end = live.end(from: HostClock.now)
      } isCancelled: {
        line?.tick { recorder.progress }
        return clinux_stop_requested() || command?.hasEnded == true || hasEnded()
          || HostClock.now >= end
      }
    }
  }

  private func announce(_ count: Int, _ notes: [String]) {
    guard !flags.quiet else { return }
    for note in notes { Console.error(note) }
    Console.error("Recording \(count) event\(count == 1 ? "" : "s") into \(output)")
  }

  /// The file is named in the message.
  private func writing<T>(_ body: () throws(TraceError) -> T) throws -> T {
    do throws(TraceError) {
      return try body()
    } catch {
      throw Stop(status: Stop.dataError, message: "mmq: \(output): \(error.message)")
    }
  }

  /// Says what was recorded and what was not, and ends with the right status.
  private func finish(
    _ account: RecordingAccount, _ source: LiveSource, _ command: TracedCommand?
  ) throws {
    if flags.verbose { for cpu in account.cpus { Console.error(RecordingText.line(cpu)) } }
    if !flags.quiet {
      Console.error(RecordingText.summary(account, output))
      for difference in account.differences { Console.error("WARNING: \(difference)") }
      if let stranger = account.stranger {
        Console.error("NOTE: \(stranger) is of another recording")
      }
    }
    Recording.report(source.damage, of: source.name, isQuiet: flags.quiet)
    if account.wasCutShort {
      throw Stop(
        status: Stop.dataError,
        message: "mmq: \(output): the file system is nearly full: the recording ended early")
    }
    try command?.check(isVerbose: flags.verbose)
    if flags.strict, account.lost > 0 || !account.differences.isEmpty {
      throw Stop(status: Stop.incomplete)
    }
    if source.damage.hasErrors { throw Stop(status: Stop.dataError) }
  }
}
