// A run of a script over a source: records in order of time, to the blocks that want them.

public import MMQTrace

internal import MMQLanguage

/// Runs one script over one source, once.
public final class Session {
  private let script: Script
  private let source: any TraceSource
  private let code: Code
  private let run: Run
  private let names: TaskNames?
  private let strings: StringPool
  private var outcome = Outcome()
  private let time: StampConversion
  private let isSwapped: Bool
  private var ticker = Ticker([], origin: 0)
  private var skips = SkipCounts()
  private var lastTime: UInt64 = 0

  /// Records that were seen, but could not be used.
  struct SkipCounts {
    /// Too short for the fields that a block reads; by type of record.
    var short: [Int: UInt64] = [:]
    /// Of a type that the source does not describe.
    var unknown: [Int: UInt64] = [:]
    /// Without even a type.
    var empty: UInt64 = 0
  }

  /// Prepares a run. `isCancelled` is asked now and then, and ends the run properly. Throws where
  /// the script cannot be compiled.
  public init(
    _ script: Script, _ source: any TraceSource, sink: any OutputSink,
    isCancelled: @escaping () -> Bool = { false }
  ) throws {
    self.script = script
    self.source = source
    time = StampConversion(source.clock)
    isSwapped = source.machine.byteOrder != .host
    strings = StringPool()
    code = try Compiler.compile(script.program, script.target, strings).get()
    names =
      script.program.usesComm ? TaskNames(saved: source.savedComms, schemas: source.schemas) : nil
    run = Run(
      code, strings: strings, sink: sink, clock: RunClock(knowsDate: source.clock.isWallClock),
      settings: script.program.settings, names: names, symbols: source.kernelSymbols,
      isCancelled: isCancelled)
  }

  /// Runs to the end of the source, to exit(), or until cancelled.
  public func start() throws -> Outcome {
    run.sink.attached(script.probeCount)
    if let names, !names.types.isEmpty { try learn(names) }
    var merge = Merge(try source.openStreams(), isOrdered: script.program.needsTimeOrder)
    let machine = Machine(code, run, byteOrder: source.machine.byteOrder)
    run.origin = merge.firstStamp.map { time($0) } ?? 0
    lastTime = run.origin
    ticker = Ticker(periods(), origin: run.origin)
    runBlocks(.begin, machine, at: run.origin)
    if hasEventBlocks { pump(&merge, machine) }
    runBlocks(.end, machine, at: lastTime)
    finish(&merge)
    return outcome
  }

  private var nextTick: UInt64 { ticker.next }

  /// A pass over the whole source that tells the names that threads have before their first word.
  private func learn(_ names: TaskNames) throws {
    let types = Set(names.types)
    let order = source.machine.byteOrder
    var merge = Merge(try source.openStreams())
    while let turn = merge.turn() {
      let lane = merge.lanes + turn.lane
      var isAtEnd = false
      repeat {
        let cursor = lane.pointee.cursor
        let record = EventRef(base: cursor.record, size: cursor.recordSize, byteOrder: order)
        if record.size >= 2 {
          let type = Int(record.base.load(UInt16.self, at: 0, order))
          if types.contains(type) { names.learn(type, record) }
        }
        isAtEnd = !lane.pointee.next()
      } while !isAtEnd && lane.pointee.cursor.stamp < turn.limit
      merge.finishTurn(atEnd: isAtEnd)
    }
  }

  // MARK: Blocks without an event

  private enum Moment { case begin, end }

  private func runBlocks(_ moment: Moment, _ machine: borrowing Machine, at time: UInt64) {
    for binding in script.program.bindings {
      switch (binding.trigger, moment) {
      case (.begin, .begin) where !run.isExiting, (.end, .end):
        execute(binding, machine, at: time)
      default: break
      }
    }
  }

  private func execute(_ binding: BoundBlock, _ machine: borrowing Machine, at time: UInt64) {
    machine.execute(
      code.blocks[binding.block].entry, .tick(at: time, probe: strings.intern(binding.name)))
  }

  private func periods() -> [(binding: Int, period: UInt64)] {
    script.program.bindings.enumerated().compactMap { index, binding in
      if case .interval(let period) = binding.trigger { return (index, period) }
      return nil
    }
  }

  /// A program of only begin and end is done without reading a record.
  private var hasEventBlocks: Bool {
    script.program.bindings.contains { binding in
      switch binding.trigger {
      case .begin, .end: false
      case .interval, .events: true
      }
    }
  }

  private func fireTicks(before time: UInt64, _ machine: borrowing Machine) {
    while !run.isExiting, let (binding, boundary) = ticker.due(at: time) {
      execute(script.program.bindings[binding], machine, at: boundary)
      run.sink.flush()
    }
  }

  // MARK: Events

  private func dispatch() -> Dispatch {
    var handlers: [Int: [Handler]] = [:]
    for binding in script.program.bindings {
      guard case .events(let events) = binding.trigger else { continue }
      let block = code.blocks[binding.block]
      for event in events {
        handlers[event.id, default: []].append(
          Handler(
            entry: block.entry, minimumSize: block.minimumEventSize,
            probe: strings.intern("tracepoint:\(event.fullName)")))
      }
    }
    return Dispatch(
      types: source.schemas.map(\.id), handlers: handlers, taskTypes: Set(names?.types ?? []))
  }

  private func pump(_ merge: inout Merge, _ machine: borrowing Machine) {
    let dispatch = dispatch()
    for lane in 0..<merge.laneCount { takeLoss(merge.lanes + lane) }
    while !run.isExiting, let turn = merge.turn() {
      merge.finishTurn(atEnd: drain(merge.lanes + turn.lane, turn.limit, machine, dispatch))
    }
  }

  /// Runs through one lane's records below the limit; true at the lane's end.
  ///
  /// This is the loop that every record passes. It works on a copy of the cursor and on values that
  /// it took out of their objects before.
  private func drain(
    _ lane: UnsafeMutablePointer<Lane>, _ limit: UInt64, _ machine: borrowing Machine,
    _ dispatch: borrowing Dispatch
  ) -> Bool {
    var cursor = lane.pointee.cursor
    let time = time
    let isSwapped = isSwapped
    let slots = dispatch.slots
    var nextTick = nextTick
    var records: UInt64 = 0
    var now: UInt64 = 0
    defer {
      lane.pointee.cursor = cursor
      outcome.records += records
      lastTime = max(lastTime, now)
    }
    repeat {
      records &+= 1
      now = time(cursor.stamp)
      if now >= nextTick {
        fireTicks(before: now, machine)
        if run.isExiting { return false }
        nextTick = self.nextTick
      }
      if cursor.recordSize >= 2 {
        let raw = cursor.record.loadUnaligned(as: UInt16.self)
        let type = Int(isSwapped ? raw.byteSwapped : raw)
        let slot = slots[type]
        if slot != Dispatch.Slot.unwanted {
          handle(cursor, type, slot, now, lane.pointee.cpu, machine, dispatch)
          if run.isExiting { return false }
        }
      } else {
        skips.empty += 1
      }
      if !cursor.next() {
        lane.pointee.cursor = cursor
        let goesOn = lane.pointee.nextPage()
        cursor = lane.pointee.cursor
        takeLoss(lane)
        if !goesOn { return true }
        if run.isCancelled() {
          run.exit(code: 0)
          return false
        }
      }
    } while cursor.stamp < limit
    return false
  }

  @inline(__always)
  private func handle(
    _ cursor: RingCursor, _ type: Int, _ slot: UInt16, _ time: UInt64, _ cpu: UInt32,
    _ machine: borrowing Machine, _ dispatch: borrowing Dispatch
  ) {
    guard slot >= Dispatch.Slot.firstList else {
      skips.unknown[type, default: 0] += 1
      return
    }
    let list = dispatch.lists[Int(slot &- Dispatch.Slot.firstList)]
    if list.tellsOfTasks { names?.enter(type, record(cursor)) }
    for handler in list.handlers {
      if cursor.recordSize >= handler.minimumSize {
        machine.execute(
          handler.entry,
          EventContext(
            base: cursor.record, size: cursor.recordSize, time: time, cpu: cpu,
            probe: handler.probe))
        if run.isExiting { break }
      } else {
        skips.short[type, default: 0] += 1
      }
    }
    if list.tellsOfTasks { names?.leave(type, record(cursor)) }
  }

  private func record(_ cursor: RingCursor) -> EventRef {
    EventRef(base: cursor.record, size: cursor.recordSize, byteOrder: source.machine.byteOrder)
  }

  // MARK: The end

  private func takeLoss(_ lane: UnsafeMutablePointer<Lane>) {
    let loss = lane.pointee.lostBefore
    guard loss != .none else { return }
    lane.pointee.lostBefore = .none
    if case .counted(let events) = loss { run.sink.lost(events) }
    let (buffer, cpu) = (lane.pointee.stream.buffer, lane.pointee.cpu)
    var index = outcome.losses.firstIndex { $0.buffer == buffer && $0.cpu == cpu }
    if index == nil {
      outcome.losses.append((buffer, cpu, Losses()))
      index = outcome.losses.count - 1
    }
    outcome.losses[index!].losses.add(loss)
  }

  private func finish(_ merge: inout Merge) {
    if script.program.settings.printsMapsOnExit { run.printMaps() }
    run.sink.flush()
    for index in 0..<merge.laneCount {
      merge.lanes[index].reportCorruptPages(to: source.damage)
    }
    outcome.exitCode = run.exitCode
    outcome.hasFailed = run.faults.endlessLoop != nil
    outcome.warnings = warnings()
  }

  private func warnings() -> [String] {
    RunWarnings(
      faults: run.faults, skips: skips, ticker: ticker, code: code, script: script,
      schemas: source.schemas, clock: source.clock, usesTicks: !periods().isEmpty
    ).sentences()
  }
}
