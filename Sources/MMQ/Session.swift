// A run of a script over a source: records in order of time, to the blocks that want them.

public import MMQTrace

internal import MMQLanguage

/// Runs one script over one source, once.
public final class Session {
  let script: Script
  let source: any TraceSource
  /// The sources that are read after this one, and this one's place among all.
  let followers: [any TraceSource]
  let place: Int
  let code: Code
  let run: Run
  let names: TaskNames?
  let groups: ThreadGroups?
  let strings: StringPool
  let memory: RunMemory
  var outcome = Outcome()
  let time: StampConversion
  let wantsMaps: () -> Bool
  var ticker = Ticker([], origin: 0)
  /// The first stamp at or after the next tick: lanes stop there. Before the run it is 0, so that they
  /// stand at their first records.
  let tickStamp: UnsafeMutablePointer<UInt64>
  let usesStacks: Bool
  /// Older records than this raw stamp need not wait for their stacks: those of a recording, as soon as it is
  /// at its end.
  let settled: UnsafeMutablePointer<UInt64>
  var skips = SkipCounts()
  /// When the run over this source began, and how far it is.
  var firstTime: UInt64 = 0
  var lastTime: UInt64 = 0
  /// The times that the run has gone through, of this source and of those before.
  var spans: [ObservedSpan] = []
  let options: RunOptions
  let selection: Selection?
  /// Losses of a live run that the sink has not heard of, and what it has heard of.
  var hasUnsaidLosses = false
  var saidLosses: UInt64 = 0
  var hasSaidDropped = false
  /// What the texts of events leave out, once the run has gone on to a follower, and what there is to say
  /// of the followers.
  var eventTexts: [String]?
  var laterWarnings: [RunWarning] = []
  /// Messages say which input they are of.
  var namesInputs = false
  /// How often records of a live run came after others that were later.
  var lateRounds: UInt64 = 0
  /// What was found in parts of a recording that are not read in their order.
  var partTally = PartTally()
  /// Losses are said at the end, in the order of the recording.
  var talliesLosses = false
  var isInParts = false
  /// No record should tell of tasks; one did.
  var guessesNoNames = false
  var hasGuessedWrong = false
  /// Names change while records are read in parts: each record's moment is asked for.
  var needsMoments = false
  /// Instructions that all threads may still run.
  let pool: InstructionPool?
  /// Reads blocks of a recording before they are needed, where there is more than one thread.
  let ahead: WorkQueue?
  /// Of a run that goes by steps, once it has begun.
  var progression: Progression?
  var isFinished = false
  /// It runs, for whoever asked first.
  var isAtWork = false
  /// Set where only a part of the records is asked for.
  var filter: RecordFilter? { didSet { isFiltered = filter != nil } }
  /// To ask the filter itself at each turn of a lane would copy it.
  private(set) var isFiltered = false
  /// Records that it took.
  var selected: UInt64 = 0
  /// The maps before the blocks of `end` ran, with what must be said of them; set by a run with
  /// `RunOptions.keepsState` that did not fail.
  public internal(set) var state: SavedState?
  var stateNotes = StateNotes()

  /// Records that were seen, but could not be used.
  struct SkipCounts {
    /// Too short for the fields that a block reads; by type of record.
    var short: [Int: UInt64] = [:]
    /// Of a type that the source does not describe.
    var unknown: [Int: UInt64] = [:]
    /// Without even a type.
    var empty: UInt64 = 0
  }

  /// Prepares a run over a source, and then over its followers: one after the other, as the script's
  /// target has them. `isCancelled` is asked now and then, and ends the run properly; so is
  /// `wantsMaps`, which has all maps printed at once. Throws where the script cannot be compiled.
  public convenience init(
    _ script: Script, _ source: any TraceSource, followedBy followers: [any TraceSource] = [],
    sink: any OutputSink, options: RunOptions = RunOptions(),
    isCancelled: @escaping () -> Bool = { false },
    wantsMaps: @escaping () -> Bool = { false }
  ) throws {
    try self.init(
      script, source, followedBy: followers, sink: sink, options: options,
      names: Session.names(script, source),
      pool: options.limits.instructions.map { InstructionPool($0) }, isCancelled: isCancelled,
      wantsMaps: wantsMaps)
    let live = source as? any LiveTraceSource
    run.makeEventLine = { [names] in
      EventLine(
        source, symbols: options.kernelSymbols,
        comm: live.map { live in { names?.name(of: $0) ?? live.comm(of: $0) } })
    }
    run.findComm = live.map { live in { live.comm(of: $0) } }
  }

  /// The names of a source's tasks, where the script asks for names.
  static func names(_ script: Script, _ source: any TraceSource) -> TaskNames? {
    guard script.program.usesComm else { return nil }
    // A live source is asked when its events are recorded: its answer must not be older than they are.
    return TaskNames(
      saved: source is any LiveTraceSource ? [] : source.savedComms,
      schemas: source.schemas + source.taskSchemas, followsEnds: source is any LiveTraceSource)
  }

  /// A session that reads parts for another one.
  convenience init(
    helping leader: Session, among threads: Int, _ timeline: NameTimeline?, isGuess: Bool,
    sink: any OutputSink = TextRenderer { _ in }, isCancelled: @escaping () -> Bool
  ) throws {
    try self.init(
      leader.script, leader.source, at: leader.place, sink: sink, options: leader.options,
      names: timeline?.names, pool: leader.pool, share: threads, isCancelled: isCancelled,
      wantsMaps: { false })
    isInParts = true
    talliesLosses = true
    run.timeline = timeline
    needsMoments = timeline?.hasChanges == true
    guessesNoNames = isGuess
    run.origin = leader.run.origin
    run.observedFrom = leader.run.observedFrom
    // An initializer does not call observers.
    (filter, isFiltered) = (leader.filter, leader.isFiltered)
  }

  private convenience init(
    _ script: Script, _ source: any TraceSource, at place: Int = 0,
    followedBy followers: [any TraceSource] = [], sink: any OutputSink, options: RunOptions,
    names: TaskNames?, pool: InstructionPool?, share: Int = 1,
    isCancelled: @escaping () -> Bool, wantsMaps: @escaping () -> Bool
  ) throws {
    let memory = RunMemory(options, source, share: share)
    let strings = StringPool(memory: memory)
    let code = try Compiler.compile(
      script.program, script.target, strings, reusesValues: options.reusesValues
    ).get()
    let run = Run(
      code, strings: strings, memory: memory,
      meter: options.limits == .none ? nil : Meter(options.limits, pool),
      sink: options.limits.output == nil ? sink : LimitedSink(sink, options.limits.output ?? 0),
      settings: script.program.settings, isCancelled: isCancelled)
    (run.sink as? LimitedSink)?.run = run
    run.script = script.text
    self.init(
      script, source, at: place, followedBy: followers, code, run, options: options, names: names,
      pool: pool, wantsMaps: wantsMaps)
    for binding in script.program.bindings { internNames(of: binding) }
    strings.keepAll()
  }

  /// What is known of a source belongs to its own session; the run goes on from one to the next.
  init(
    _ script: Script, _ source: any TraceSource, at place: Int,
    followedBy followers: [any TraceSource], _ code: Code, _ run: Run, options: RunOptions,
    names: TaskNames?, pool: InstructionPool?, wantsMaps: @escaping () -> Bool
  ) {
    self.options = options
    self.pool = pool
    self.wantsMaps = wantsMaps
    self.script = script
    usesStacks = script.program.usesStacks
    self.source = usesStacks ? source.withStacks : source
    self.place = place
    self.followers = followers
    self.names = names
    self.code = code
    self.run = run
    (memory, strings) = (run.memory, run.strings)
    selection = options.selection
    time = StampConversion(source.clock)
    // To start a thread takes longer than to read a little.
    let isSmall = (source.bytesRead?.inOnePass ?? .max) < 2 << 20
    ahead = options.threads > 1 && source is any DivisibleSource && !isSmall ? WorkQueue() : nil
    tickStamp = .allocate(capacity: 1)
    tickStamp.initialize(to: 0)
    settled = .allocate(capacity: 1)
    settled.initialize(to: source.isLive ? 0 : .max)
    let needsGroups = script.program.usesPid || options.selection?.process != nil
    groups =
      needsGroups ? ThreadGroups(schemas: source.schemas + source.taskSchemas) : nil
    if !source.isLive { groups?.take(source.savedGroups) }
    run.enter(
      self.source, place, names, groups,
      symbols: { [source = self.source] in source.kernelSymbols(besides: options.kernelSymbols) })
    if options.listsLosses { run.listedLosses = ListedLosses() }
    if usesStacks { run.stacks = source.stackSchema.flatMap { StackLayout($0) } }
  }

  /// What `probe` will say: known before the run, so that it stays.
  private func internNames(of binding: BoundBlock) {
    _ = strings.intern(binding.name)
    guard case .events(let events) = binding.trigger else { return }
    for event in events { _ = probeName(binding, event) }
  }

  func probeName(_ binding: BoundBlock, _ event: EventSchema) -> UInt64 {
    strings.intern(binding.givenName ?? "tracepoint:\(event.fullName)")
  }

  deinit {
    tickStamp.deallocate()
    settled.deallocate()
  }

  /// Runs to the end of the source, to exit(), or until cancelled. `whenAttached` is called before
  /// anything of the script runs. Throws a `StepError` for a session that has run.
  public func start(whenAttached: () -> Void = {}) throws -> Outcome {
    try work {
      guard progression == nil else { throw StepError(message: "the run has begun by steps") }
      guard !isFinished else { throw StepError(message: "the run has ended: a session runs once") }
      if source is HostSource {
        whenAttached()
        _ = try stepOn(events: .max, until: .max)
        return try finishSteps()
      }
      isFinished = true
      return try runWhole(whenAttached)
    }
  }

  private func runWhole(_ whenAttached: () -> Void) throws -> Outcome {
    if let live = source as? any LiveTraceSource { return try start(live, whenAttached) }
    run.sink.attached(script.probeCount)
    whenAttached()
    let machine = Machine(code, run, byteOrder: source.machine.byteOrder)
    try read(machine, runsBegin: true)
    if source.isLive { lastTime = max(lastTime, HostClock.now) }
    spans.append(span)
    let last = try readFollowers(machine)
    if selection != nil, hasEventBlocks, !run.isExiting { outcome.selected = selected }
    keepState()
    runBlocks(.end, machine, at: last)
    conclude()
    return outcome
  }

  /// All records of this source, and the ticks between them.
  func read(_ machine: borrowing Machine, runsBegin: Bool = false) throws {
    let isDivided = canDivide
    if !taskTypes.isEmpty, !isDivided, source.canReadAgain { try learn() }
    let dispatch = dispatch()
    // Where the time of the first record is to be had for less, nothing else is read before `begin` has
    // run, as that may be all. Parts are opened by themselves.
    let first = (source as? any DivisibleSource)?.firstStamp
    var merge = Merge(
      isDivided && first != nil ? [] : try openStreams(), dispatch.wish,
      isOrdered: !isDivided && isOrdered, isOpen: first == nil)
    let origin = (first ?? merge.firstStamp).map { time($0) } ?? (source.isLive ? HostClock.now : 0)
    var leavesOut = false
    if let selection {
      filter = RecordFilter(
        selection, origin: origin, threadField: script.target.threadField, groups: groups,
        schemas: source.schemas)
      // CPUs that are not asked for are still read where they tell of tasks.
      if !isDivided, taskTypes.isEmpty, source.canReadAgain {
        let streams = try openStreams().filter { selection.takes($0) }
        merge = Merge(streams, dispatch.wish, isOrdered: isOrdered, isOpen: first == nil)
        leavesOut = true
      }
    }
    keepBufferNames(merge)
    beginTime(at: origin)
    noteRecording()
    if runsBegin { runBlocks(.begin, machine, at: firstTime) }
    noteBegin()
    if source.isLive {
      keepTime(machine)
    } else if hasEventBlocks {
      // After an exit() in `begin` there is nothing to prepare anew, either.
      let readsParts = isDivided && !run.isExiting
      let isDone = try readsParts && readParts(machine)
      if !isDone {
        try loadingSymbols { try pumpAhead(&merge, machine, dispatch, isAnew: readsParts) }
      }
      if isDone || leavesOut { passTimeLeftOut() }
    }
  }

  /// Calls `body`, and meanwhile has the symbols read, if they will be asked for.
  func loadingSymbols<T>(_ body: () throws -> T) throws -> T {
    guard !run.isExiting, let symbols = symbolsAhead else { return try body() }
    var result: Result<T, any Error>?
    Workers.run(1) { _ in
      symbols.prepare()
    } while: {
      result = Result { try body() }
    }
    return try result!.get()
  }

  /// The symbols, if the script asks for them and one thread may read them while others do something else.
  var symbolsAhead: KeptSymbols? {
    let isWanted = script.program.usesSymbols && options.kernelSymbols == nil
    return isWanted && options.threads > 1 ? source.keptSymbols : nil
  }

  /// The types of records that tell of tasks what the script asks for.
  var taskTypes: Set<Int> { Set((names?.types ?? []) + (groups?.types ?? [])) }

  /// A new pass over all records.
  func openStreams() throws -> [any PageStream] {
    let divisible = source as? any DivisibleSource
    let streams =
      try ahead.flatMap { try divisible?.openStreams($0) } ?? source.openStreams()
    return taskTypes.isEmpty ? streams : try streams + source.openTaskStreams()
  }

  /// Names and thread groups are those of the record at hand only if records come in order of time.
  var isOrdered: Bool { script.program.needsTimeOrder || names != nil || groups != nil }

  /// A pass over the whole source that tells the names that threads have before their first word.
  func learn() throws {
    if let records = try taskRecords() { return learn(records) }
    let dispatch = Dispatch.ofTasks(taskTypes)
    var merge = Merge(try openStreams(), dispatch.wish)
    readOfTasks(&merge, dispatch) { type, record in
      names?.learn(type, record)
      groups?.learn(type, record)
    }
    names?.endLearning()
  }

  /// Reads on, and hands out the records that tell of tasks; for a live run only those below a stamp.
  /// `takesLosses`: nobody else reads what lies there.
  func readOfTasks(
    _ merge: inout Merge, _ dispatch: borrowing Dispatch, below end: UInt64? = nil,
    takesLosses: Bool = false, _ body: (Int, EventRef) -> Void
  ) {
    func next() -> Merge.Turn? {
      if let end { return merge.turn(below: end) }
      return merge.turn()
    }
    while let turn = next() {
      let lane = merge.lanes + turn.lane
      run.lane = turn.lane
      var isAtEnd = false
      repeat {
        if takesLosses { takeLoss(lane) }
        let found = lane.pointee.record
        if let list = dispatch.list(of: found.slot), list.tellsOfTasks {
          body(list.type, record(found))
        }
        isAtEnd = !lane.pointee.next()
      } while !isAtEnd && lane.pointee.record.stamp < turn.limit
      merge.finishTurn(atEnd: isAtEnd)
    }
  }

  func keepBufferNames(_ merge: borrowing Merge) {
    run.bufferNames = (0..<merge.laneCount).map {
      strings.intern(merge.lanes[$0].stream.buffer)
    }
    strings.keepAll()
  }
}
