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
      Until Ctrl-C; with '-- CMD' only that command and what it starts, until it
      ends. mmq -i, trace-cmd and KernelShark read the file.

      Examples:
        mmq record -o trace.dat kmem:mm_page_alloc 'vmscan:*'
        mmq record -o trace.dat tracepoint:exceptions:page_fault_user -- make -j4
        mmq -e 'kmem:mm_page_alloc { @[comm] = count(); }' -i trace.dat
      """)

  @Option(
    name: .shortAndLong,
    help: "The file, made when the recording ends; what was there before is replaced.")
  var output: String

  @Argument(
    help: .init(
      "What to record, as in scripts: system:event, with * and [a-z].",
      discussion: "Behind '--' the words of a command, as with -c.", valueName: "probes"))
  var probes: [String]

  @OptionGroup var live: LiveCommandOptions

  @OptionGroup var flags: CommonFlags

  func run() throws {
    let draft = try RecordedProbes(probes)
    let command = try tracedCommand()
    let source = try Recording.attempt {
      try live.source(
        for: draft.script(for: Target(HostClock()).trusted), process: command?.process, flags,
        maps: false)
    }
    let events = try draft.events(of: source)
    if flags.dryRun {
      flags.surviveShortage()
      try Recording.attempt { try source.attach(events) }
      return source.detach()
    }
    let recorder = try writing { () throws(TraceError) in
      try LiveRecorder(source, to: output, by: MMQCommand.version)
    }
    try finish(try record(recorder, events, command), source)
  }

  private func tracedCommand() throws -> TracedCommand? {
    let command = CommandLineWords.behind
    guard live.c == nil || command.isEmpty else {
      throw Stop(status: Stop.usageError, message: "mmq: a command behind --, or with -c: not both")
    }
    if let text = live.c { return try TracedCommand(text) }
    return command.isEmpty ? nil : try TracedCommand(words: command)
  }

  private func record(
    _ recorder: LiveRecorder, _ events: LiveEvents, _ command: TracedCommand?
  ) throws -> RecordingAccount {
    clinux_catch_stop_signals()
    flags.surviveShortage()
    // A write beyond the limit of a file's size is an error as any other.
    signal(SIGXFSZ, SIG_IGN)
    return try writing { () throws(TraceError) in
      try recorder.record(events) {
        announce(events.wanted.count)
        command?.run()
      } isCancelled: {
        clinux_stop_requested() || command?.hasEnded == true
      }
    }
  }

  private func announce(_ count: Int) {
    guard !flags.quiet else { return }
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
  private func finish(_ account: RecordingAccount, _ source: LiveSource) throws {
    if flags.verbose { for cpu in account.cpus { Console.error(RecordingText.line(cpu)) } }
    if !flags.quiet {
      Console.error(RecordingText.summary(account, output))
      for difference in account.differences { Console.error("WARNING: \(difference)") }
    }
    Recording.report(source.damage, of: source.name, isQuiet: flags.quiet)
    if account.wasCutShort {
      throw Stop(
        status: Stop.dataError,
        message: "mmq: \(output): the file system is nearly full: the recording ended early")
    }
    if flags.strict, account.lost > 0 || !account.differences.isEmpty {
      throw Stop(status: Stop.incomplete)
    }
    if source.damage.hasErrors { throw Stop(status: Stop.dataError) }
  }
}
