// A question and its answer.

internal import CLinux
internal import MMQ
internal import MMQLanguage
internal import MMQTrace

extension ReplSession {
  /// Runs a program, statements or an expression. Throws a Stop where something is wrong.
  func ask(_ text: String, parameters: ScriptParameters = ScriptParameters()) throws {
    let script: Script
    do {
      script = try self.script(Source(name: "stdin", text), parameters)
    } catch {
      if let hint = MetaCommand.hint(for: text) { Console.error("HINT: \(hint)") }
      throw error
    }
    if let declaration = loneDeclaration(text) {
      return Console.error(
        "NOTE: \(declaration) is known in its own question: write it before what uses it")
    }
    try run(script)
  }

  /// What a question declares that asks nothing.
  private func loneDeclaration(_ text: String) -> String? {
    let program = Parser.parse(Source(name: "stdin", text)).0
    guard program.probes.isEmpty, program.imports.isEmpty else { return nil }
    if !program.macros.isEmpty { return "a macro" }
    if !program.enums.isEmpty { return "an enum" }
    if !program.mapDeclarations.isEmpty { return "the declaration of a map" }
    return program.config.isEmpty ? nil : "a config block"
  }

  /// Checked; what is wrong is said.
  func script(
    _ text: Source, _ parameters: ScriptParameters = ScriptParameters()
  ) throws -> Script {
    var parameters = parameters
    parameters.settings = try Environment.settings()
    func script(for target: Target) -> Script {
      var target = target
      target.keptMaps = maps.shapes
      target.host.allowsCommands = settings.allowsCommands
      target.host.showsWarnings = settings.showsWarnings
      return Script(
        question: text, for: target, parameters: parameters, files: ImportedFiles())
    }
    var found = script(for: try input.targetWithoutEvents())
    if found.wantsEvents {
      found = script(for: try input.target())
    } else if found.hasErrors, let target = try? input.target() {
      // It may be the name of an event that is wrong.
      found = script(for: target)
    }
    try ScriptReport.check(
      found.diagnostics.map(\.atPrompt), in: found.text, showsWarnings: settings.showsWarnings)
    return found
  }

  func run(_ script: Script) throws {
    let sources = try input.sources(wantsEvents: script.wantsEvents)
    // A live run shows nothing until there are events, and many scripts until they end.
    if sources[0] is any LiveTraceSource, settings.isInteractive, !settings.isQuiet {
      Console.error("Tracing this machine; Ctrl-C ends the run.")
    }
    if script.isBare {
      try showEvents(script, sources)
    } else {
      try run(script, sources, sink(for: script, sources[0]), stopsAt: { false })
    }
  }

  private func sink(for script: Script, _ source: any TraceSource) -> any OutputSink {
    settings.format.sink(
      keyColumns: script.keyColumns, escapes: Console.outputIsTerminal,
      saysLosses: source is any LiveTraceSource && !settings.isQuiet
    ) { bytes in
      if !ReplSignals.dropsOutput { Console.write(bytes) }
    }
  }

  /// Some events, and more of them if somebody asks. A recording waits meanwhile; the running kernel does
  /// not, so its next events are those from then on.
  private func showEvents(_ script: Script, _ sources: [any TraceSource]) throws {
    let source = sources[0]
    let asks = settings.isInteractive
    var goesOn = true
    while goesOn {
      let time = AnswerTime()
      let pager = EventPager(
        sink(for: script, source), endsWhenFull: source.isLive || !asks,
        wantsMore: { time.standingStill(MorePrompt.ask) })
      try run(script, sources, pager, time, stopsAt: { pager.isFull })
      goesOn = source.isLive && asks && pager.isFull && MorePrompt.ask()
    }
  }

  private func run(
    _ script: Script, _ sources: [any TraceSource], _ sink: any OutputSink,
    _ time: AnswerTime = AnswerTime(), stopsAt isEnough: @escaping () -> Bool
  ) throws {
    let source = sources[0]
    var options = try input.runOptions(for: sources)
    if settings.showsWarnings { options.say = { Console.error($0) } }
    let bar = ProgressBar(sources, isQuiet: !settings.showsProgress, time: time)
    options.progress = bar?.progress
    let session = try Session(
      script, source, followedBy: Array(sources.dropFirst()), sink: sink, options: options,
      isCancelled: { [input] in
        bar?.tick()
        return ReplSignals.stopsRun || input.hasEnded || isEnough()
      })
    session.use(maps)
    defer {
      maps.take(from: session)
      // Large maps of earlier runs may be gone now.
      clinux_return_memory()
    }
    let outcome = try Recording.attempt { try session.start() }
    bar?.hide()
    say(outcome, wasStopped: ReplSignals.stopsRun && !source.isLive)
    sayTime(time.elapsed, script.wantsEvents ? outcome.records : nil)
    if outcome.exitCode != 0 { throw Stop(status: outcome.exitCode) }
    if outcome.hasFailed || input.hasDamage { throw Stop(status: Stop.dataError) }
  }

  private func say(_ outcome: Outcome, wasStopped: Bool) {
    outcome.say(isQuiet: settings.isQuiet, showsWarnings: settings.showsWarnings)
    input.sayDamage(isQuiet: settings.isQuiet)
    if wasStopped, !settings.isQuiet {
      Console.error("Stopped: these are the results of a part of the recording.")
    }
    if ReplSignals.dropsOutput { Console.error("The rest of the output is left out.") }
  }

  /// What asks for events says how many there were, though it be none: a result without rows has its reason.
  private func sayTime(_ time: Duration, _ records: UInt64?) {
    guard settings.showsTime else { return }
    let count = records.map { ", \($0) record\($0 == 1 ? "" : "s")" } ?? ""
    Console.error("(\(time.inSeconds.withThousandths) s\(count))")
  }
}

extension Diagnostic {
  /// What was assigned at a prompt and is gone.
  fileprivate var atPrompt: Diagnostic {
    guard id == "unknown-variable", hint == nil else { return self }
    var said = self
    said.hint = "variables live for one question; a map, such as @x, stays"
    return said
  }
}
