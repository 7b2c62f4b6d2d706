// A script, and all the options that say what it is asked of and how its answer is shown.

internal import ArgumentParser
internal import CLinux
internal import Glibc
internal import MMQ
internal import MMQLanguage
internal import MMQTrace

/// What `run`, `recipe` and `events` have in common.
struct Question: ParsableArguments {
  enum Dump: String, ExpressibleByArgument, CaseIterable { case ast, types, bytecode, plan }

  @Option(
    name: .shortAndLong,
    help:
      "A recording: a trace.dat, a perf.data, text or a directory of raw sub-buffers; '-' is standard input. Several are merged by time.",
    completion: .file())
  var input: [String] = []

  @OptionGroup var recording: RecordingOptions

  @OptionGroup var live: LiveCommandOptions

  @OptionGroup var results: ResultOptions

  @Option(name: .shortAndLong, help: "The file that results go to.", completion: .file())
  var output: String?

  @Option(
    name: .customShort("B"),
    help: .init(
      "When output is written: after each line, in full blocks and at the end, or with none at once; else at each tick.",
      valueName: "line|full|none"))
  var bufferMode: BufferMode?

  @Option(
    help: .init(
      "Save the maps as they are before 'end', for mmq merge, in this file.", valueName: "file"),
    completion: .file())
  var state: String?

  @Option(name: .short, help: "Only show what becomes of the script: ast, types, bytecode or plan.")
  var d: Dump?

  @OptionGroup var flags: CommonFlags

  /// Runs a script, if it is for this source.
  func run(
    _ text: Source, _ words: ScriptParameters, as manner: RunManner = .script,
    where suits: ([any TraceSource]) -> Bool = { _ in true }
  ) throws {
    try FileKind.checkWords(words.positionals)
    if d == .ast { return Console.print(try syntax(text).dump()) }
    if !input.isEmpty { try live.checkRecording() }
    if live.c != nil, recording.p != nil {
      throw Stop(
        status: Stop.usageError, message: "mmq: -c and -p name one process each: leave one out")
    }
    let traced = try input.isEmpty ? recording.runningProcess() : nil
    let command = try live.c.map { try TracedCommand($0) }
    let sources =
      try input.isEmpty
      ? [liveSource(text, words, command?.process ?? traced?.id)]
      : Recording.open(input, recording.formats, isQuiet: flags.quiet)
    guard suits(sources) else { return }
    var options = try recording.options(for: sources)
    if !flags.quiet, !results.noWarnings { options.say = { Console.error($0) } }
    if state != nil, input.count > 1 {
      throw Stop(
        status: Stop.usageError,
        message: "mmq: --state takes one recording: keep a state of each, and mmq merge adds them")
    }
    options.keepsState = state != nil
    options.listsLosses = manner.isListing
    let target = target(sources, listsStacks: manner.isListing && !input.isEmpty)
    var script = ScriptOptions.script(text, for: target, words)
    if script.hasErrors { Recording.reportReasons(sources, isQuiet: flags.quiet) }
    do {
      try ScriptReport.check(script, showsWarnings: !flags.quiet && !results.noWarnings)
    } catch {
      Recording.explain(script, sources, recording.formats)
      throw error
    }
    try ScriptReport.checkProbes(script)
    if manner.isListing { script = EventNames.withoutRepeats(script, for: target) }
    try ScriptReport.checkOptions(script)
    try UnusedWords(script, isRecipe: manner.isRecipe).refuse(besides: live.c)
    switch d {
    case .types: Console.print(script.types())
    case .bytecode: Console.print(try script.disassembly())
    case .plan: Console.print(script.plan().text())
    default:
      if flags.dryRun { return try showChanges(script, sources[0], options) }
      try run(script, sources, options, command, manner) {
        command?.hasEnded == true || traced?.hasEnded == true
      }
    }
  }

  /// The running kernel, or only its clock where the script wants no events.
  private func liveSource(
    _ text: Source, _ words: ScriptParameters, _ process: Int32?
  ) throws -> any TraceSource {
    let draft = ScriptOptions.script(text, for: Target(HostClock()).trusted, words)
    guard draft.wantsEvents else { return HostClock() }
    do throws(TraceError) {
      return try live.source(
        for: draft, process: process, flags)
    } catch {
      try ScriptReport.checkWithoutEvents(draft)
      throw Stop(status: Stop.dataError, message: "mmq: \(error.message)")
    }
  }

  /// Each change to tracefs that a run would make.
  private func showChanges(
    _ script: Script, _ source: any TraceSource, _ options: RunOptions
  ) throws {
    guard let live = source as? any LiveTraceSource else { return }
    let events = script.liveEvents(ofProcess: options.selection?.process != nil)
    prepare(live, options)
    try Recording.attempt { try live.attach(events) }
    live.detach()
  }

  private func prepare(_ live: any LiveTraceSource, _ options: RunOptions) {
    if let bytes = options.mapMemory(for: live) {
      flags.showStep("# maps and strings: at most \(ByteCount.text(bytes))")
    }
    flags.surviveShortage()
  }

  private func target(_ sources: [any TraceSource], listsStacks: Bool) -> Target {
    var target = Target(sources, listsStacks: listsStacks).trusted
    target.host.input =
      !input.isEmpty ? .recording : sources[0] is any LiveTraceSource ? .live : .none
    target.host.allowsCommands = results.unsafe
    target.host.seed = recording.seed
    target.host.showsWarnings = !flags.quiet && !results.noWarnings
    target.host.hasTracedReader =
      target.host.input == .live && live.c == nil && recording.p == nil && output == nil
      && Console.outputIsRead
    return target
  }

  /// The syntax tree needs no recording.
  private func syntax(_ text: Source) throws -> Program {
    let (program, diagnostics) = Parser.parse(text)
    try ScriptReport.check(diagnostics, in: text, showsWarnings: true)
    return program
  }

  private func run(
    _ script: Script, _ sources: [any TraceSource], _ options: RunOptions,
    _ command: TracedCommand?, _ manner: RunManner, hasEnded: @escaping () -> Bool
  ) throws {
    let source = sources[0]
    let format = try OutputFormat(name: results.formatName)
    let place = try Console.openOutput(output)
    if let state { try StateFile.check(state) }
    let plainSink = try format.sink(
      for: script, to: place, saysLosses: source is any LiveTraceSource && !flags.quiet,
      announcesProbes: !flags.quiet, separator: manner.isListing ? "" : "\n\n")
    let sink = bufferMode?.sink(plainSink) ?? plainSink
    let head = try Recording.attempt { try manner.head(of: sources, options) }
    if let live = source as? any LiveTraceSource { prepare(live, options) }
    clinux_catch_stop_signals()
    clinux_catch_report_signal()
    let clock = ContinuousClock()
    let start = clock.now
    let bar = ProgressBar(sources, isQuiet: flags.quiet || results.noProgress)
    var options = options
    options.progress = bar?.progress
    var end = UInt64.max
    let session = try Session(
      script, source, followedBy: Array(sources.dropFirst()), sink: sink, options: options,
      isCancelled: {
        bar?.tick()
        return clinux_stop_requested() || hasEnded() || end < .max && HostClock.now >= end
      },
      wantsMaps: { clinux_take_report_request() })
    let outcome = try Recording.attempt {
      try session.start {
        if !manner.isListing || source.isLive { announce(script.probeCount, format) }
        Console.print(head, to: place)
        command?.run()
        end = live.end(from: HostClock.now)
      }
    }
    bar?.hide()
    if let state { try StateFile.write(session.state, to: state) }
    if flags.verbose { report(outcome, clock.now - start) }
    try finish(outcome, sources, command)
  }

  /// Says that the run begins; to programs that wait for it as bpftrace's test suite does, too.
  private func announce(_ probes: Int, _ format: OutputFormat) {
    if !flags.quiet, format != .json {
      Console.error("Attached \(probes) probe\(probes == 1 ? "" : "s")")
    }
    let notify = "__BPFTRACE_NOTIFY_PROBES_ATTACHED"
    if let value = getenv(notify), String(cString: value) == "1" { Console.print(notify + "\n") }
  }

  private func report(_ outcome: Outcome, _ time: Duration) {
    let rate = Double(outcome.records) / max(time.inSeconds, 1e-9) / 1e6
    Console.error(
      "\(outcome.records) records in \(time.inSeconds.withThousandths) s, "
        + "\(rate.withThousandths) million a second")
  }

  /// Says what was lost, damaged or doubtful, and ends with the right status.
  private func finish(
    _ outcome: Outcome, _ sources: [any TraceSource], _ command: TracedCommand?
  ) throws {
    outcome.say(isQuiet: flags.quiet, showsWarnings: !results.noWarnings)
    Recording.report(sources, isQuiet: flags.quiet)
    if outcome.selected == 0, !flags.quiet, !results.noWarnings {
      try EmptySelection.say(sources, recording)
    }
    try command?.check(isVerbose: flags.verbose)
    if outcome.exitCode != 0 { throw Stop(status: outcome.exitCode) }
    if flags.strict, !outcome.losses.isEmpty || sources.areDamaged {
      throw Stop(status: Stop.incomplete)
    }
    if sources.areDamaged || outcome.hasFailed { throw Stop(status: Stop.dataError) }
  }
}
