// A run leaves its state: the maps before `end`, and what must be said of them.

internal import Glibc
internal import MMQTrace

/// What is found on the way for the state.
struct StateNotes {
  /// Which recording it is.
  var identity: UInt64 = 0
  /// Maps that the blocks of `begin` left something in.
  var begun: [String] = []
  /// Blocks of `interval` ran: what they printed and cleared is not here any more.
  var hasTicked = false
  /// Losses that are among those of the outcome, at the edge of the part that is asked for.
  var edges: [(place: StateRecording.LossPlace, losses: Losses)] = []
}

extension Session {
  // MARK: On the way

  /// A recording is known by its machine, its clock, and the time of its first record: copies and other
  /// formats of it have the same. Each run of what is read once, of a kernel or a host, is one of its own.
  func noteRecording() {
    guard options.keepsState else { return }
    var identity = Fingerprint()
    identity.add(source.machine.uname ?? "")
    identity.add(UInt64(source.machine.cpuCount ?? 0))
    identity.add(source.clock.name ?? "")
    identity.add(run.origin)
    if source.isLive || source is HostSource {
      identity.add(Session.hostName)
      identity.add(UInt64(getpid()))
      identity.add(HostClock.now)
    }
    stateNotes.identity = identity.value
  }

  private static var hostName: String {
    var name = utsname()
    uname(&name)
    return withUnsafeBytes(of: name.nodename) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }

  /// After the blocks of `begin`: each part of a recording runs them, so what they count would count
  /// again.
  func noteBegin() {
    guard options.keepsState else { return }
    stateNotes.begun = run.shapes.indices.filter { run.tables[$0].count > 0 }.map {
      run.shapes[$0].name
    }
  }

  /// Of a gap that reaches beyond what is asked for, the time after it: the part behind it tells of it, too.
  func edge(of gap: Lane.Gap) -> UInt64? {
    guard let filter else { return nil }
    let after = time(gap.after)
    if let before = gap.before.map({ time($0) }), filter.first <= min(before, after),
      max(before, after) <= filter.last
    {
      return nil
    }
    return after
  }

  func noteEdge(_ loss: LostEvents, _ buffer: String, _ cpu: UInt32, _ edge: UInt64?) {
    guard let edge else { return }
    var losses = Losses()
    losses.add(loss)
    stateNotes.edges.append(
      (StateRecording.LossPlace(buffer: buffer, cpu: cpu, edge: edge), losses))
  }

  // MARK: Before the end

  /// Of a run that failed there is none.
  func keepState() {
    guard options.keepsState, let saved = script.saved, run.faults.failure == nil else { return }
    let use = MapUse(script.program, script.text)
    var strings = StringSaver(strings)
    let order = run.shapes.indices.filter { !run.shapes[$0].isKept }.sorted {
      run.shapes[$0].name.utf8.lexicographicallyPrecedes(run.shapes[$1].name.utf8)
    }
    let maps = order.map { index in
      var map = SavedMap(
        run.shapes[index].unbounded, rule(index, use), holdsTimes: use.timed.contains(index))
      map.take(&run.tables[index], &strings)
      return map
    }
    state = SavedState(
      script: saved, recordings: [stateRecording], machine: source.machine, maps: maps,
      strings: strings.strings, partProblem: partProblem(maps, use),
      endAsksForTime: use.endAsksForTime)
  }

  private func rule(_ map: Int, _ use: MapUse) -> MergeRule {
    if case .aggregation = run.shapes[map].content { return .aggregates }
    return use.added.contains(map) ? .adds : .equals
  }

  private var stateRecording: StateRecording {
    var losses: [StateRecording.LossPlace: Losses] = [:]
    for loss in outcome.losses {
      losses[.init(buffer: loss.buffer, cpu: loss.cpu), default: Losses()].add(loss.losses)
    }
    for edge in stateNotes.edges {
      losses[.init(buffer: edge.place.buffer, cpu: edge.place.cpu)]?.remove(edge.losses)
      losses[edge.place, default: Losses()].add(edge.losses)
    }
    return StateRecording(
      name: source.isLive ? Session.hostName : source.name, kernel: source.machine.uname,
      records: outcome.records, damage: source.damage.findings, identity: stateNotes.identity,
      parts: [StatePart(selection, filter)], spans: spans, clock: stateClock,
      losses: losses.filter { $0.value != Losses() }, found: foundForState)
  }

  private var stateClock: StateClock {
    StateClock(
      name: source.clock.name, isNanoseconds: source.clock.isNanoseconds,
      dateOffset: run.clock.dateOffset, first: run.origin,
      last: lastTime)
  }

  private var foundForState: [RunWarning] {
    var all = outcome.warnings.map { RunWarning($0) } + warnings()
    if !source.isLive, run.isCancelled() {
      all.append("WARNING: the run was stopped before the end of the recording")
    }
    return all
  }

  /// Why parts of this recording do not add up to it; nil where they do.
  private func partProblem(_ maps: [SavedMap], _ use: MapUse) -> String? {
    if !script.program.eventsCommute {
      let reasons = script.plan().probes.flatMap { $0.period == nil ? $0.orderReasons : [] }
      return "the order of all events matters" + (reasons.first.map { " (\($0))" } ?? "")
    }
    if stateNotes.hasTicked { return "'interval' has run in one of them" }
    let counted = maps.first { $0.addsUp && stateNotes.begun.contains($0.shape.name) }
    if let map = use.addedAndAssigned.min() {
      return "@\(run.shapes[map].name) is added to, but assigned, too"
    }
    if let counted { return "'begin' counts in @\(counted.shape.name), once for each part" }
    return run.droppedUpdates.isEmpty ? nil : "updates of full maps were dropped"
  }
}
