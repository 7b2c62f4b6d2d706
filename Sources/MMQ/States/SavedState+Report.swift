// A state is shown: as a run that has just come to its end.

internal import MMQLanguage
internal import MMQTrace

extension SavedState {
  /// Runs the script's blocks of `end` over the maps, then prints the maps, as the run itself did. What
  /// the script printed before its end is no part of a state. The outcome has the losses of all
  /// recordings; its warnings are those of this report, while each recording has its own.
  ///
  /// Throws a `StateError` where the blocks of `end` cannot run without the recording, or not with maps
  /// of several kernels: where a kernel has other names for a field's numbers, its values are text.
  public func report(
    to sink: any OutputSink, builtins: [Builtin] = Builtin.all, host: HostOptions = HostOptions(),
    options: RunOptions = RunOptions(), isCancelled: @escaping () -> Bool = { false }
  ) throws -> Outcome {
    let source = StateSource(self)
    var target = Target(source, builtins: builtins)
    target.host = host
    target.knowsEvents = false
    target.savedMaps = maps.map(\.shape)
    let script = Script(endOf: self.script, for: target)
    let problems = script.diagnostics.filter { $0.severity == .error }
    guard problems.isEmpty else {
      throw StateError(
        "the script's 'end' does not fit the state:\n"
          + problems.map { $0.rendered(in: script.text) }.joined())
    }
    let session = try Session(
      script, source, sink: sink, options: options, isCancelled: isCancelled)
    return try session.report(self)
  }
}

extension Script {
  /// Only what runs at the end.
  fileprivate init(endOf saved: SavedScript, for target: Target) {
    let (parsed, complaints, source) = Importer.load(
      Source(name: saved.name, text: saved.text), SavedFiles(script: saved))
    var program = parsed
    program.probes = parsed.probes.compactMap { probe in
      var probe = probe
      probe.attachPoints.removeAll { $0.parts.map { $0.lowercased() } != ["end"] }
      return probe.attachPoints.isEmpty ? nil : probe
    }
    self.init(program, complaints, source, target, saved.parameters)
  }
}

extension Session {
  fileprivate func report(_ state: SavedState) throws -> Outcome {
    let clock = state.clock
    (run.origin, lastTime) = (clock.first, clock.last)
    run.observedFrom = lastTime &- state.observed
    try run.load(state)
    for loss in state.lost where loss.losses.counted > 0 { run.sink.lost(loss.losses.counted) }
    runBlocks(.end, Machine(code, run, byteOrder: source.machine.byteOrder), at: lastTime)
    outcome.records = state.recordings.reduce(0) { $0 &+ $1.records }
    outcome.losses = state.lost
    conclude()
    outcome.warnings += state.notes
    return outcome
  }
}

extension SavedState {
  /// By buffer and CPU, of all recordings.
  fileprivate var lost: [StreamLosses] {
    var all: [StreamLosses] = []
    for loss in recordings.flatMap(\.lost) {
      if let index = all.firstIndex(where: { $0.buffer == loss.buffer && $0.cpu == loss.cpu }) {
        all[index].losses.add(loss.losses)
      } else {
        all.append(loss)
      }
    }
    return all
  }
}

extension Run {
  fileprivate func load(_ state: SavedState) throws(StateError) {
    let numbers = state.strings.intern(in: strings)
    for map in state.maps {
      guard let index = shapes.firstIndex(where: { $0.name == map.shape.name }) else { continue }
      var taker = RowTaker(shapes[index], strings, map.rule)
      guard taker.take(map, numbers, into: &tables[index]) else {
        throw StateError("@\(map.shape.name) does not fit the script's 'end'")
      }
    }
  }
}

/// The recordings of a state, without their events.
final class StateSource: TraceSource {
  let name: String
  let formatDescription = "state"
  let machine: TracedMachine
  let schemas: [EventSchema] = []
  let clock: TraceClock
  let savedComms: [(tid: Int32, comm: String)] = []
  let damage = DamageLog()
  /// What to add to a time for nanoseconds since 1970 (wraps), where that is known.
  let dateOffset: UInt64?

  init(_ state: SavedState) {
    let clock = state.clock
    name = state.scriptName
    machine = state.machine
    dateOffset = clock.dateOffset
    // Of clocks that count cycles only that matters here: the times themselves are as the run had them.
    self.clock = TraceClock(name: clock.isNanoseconds ? clock.name : "counter")
  }

  func kernelSymbols() -> KernelSymbols { .none }
  func openStreams() -> [any PageStream] { [] }
}
