// A run over the running kernel: rounds of reading, with time that goes on by itself.

internal import MMQTrace

extension Session {
  /// Nanoseconds from one look at the rings to the next. Waking at every event would slow the traced
  /// program down threefold.
  private static let period: UInt64 = 20_000_000
  /// How old records are when their order is settled, in nanoseconds: a writer takes its time stamp
  /// first, and may be held up before others can see the record.
  private static let patienceForWriters: UInt64 = 4_000_000

  /// As `start`, while events happen. Ends with exit(), or properly when cancelled: recording stops
  /// then, and what was recorded is still read.
  func start(_ live: any LiveTraceSource, _ whenAttached: () -> Void) throws -> Outcome {
    try live.attach(script.liveEvents(ofProcess: selection?.process != nil))
    defer { live.detach() }
    if let names { names.take(live.savedComms) }
    groups?.take(live.savedGroups)
    let origin = HostClock.now
    if let selection {
      filter = RecordFilter(
        selection, origin: origin, threadField: script.target.threadField, groups: groups)
    }
    beginTime(at: origin)
    let dispatch = dispatch()
    var merge = Merge(try live.openStreams(), dispatch.wish, isOrdered: isOrdered)
    keepBufferNames(merge)
    passRecords(of: &merge, dispatch, before: time.firstStamp(notBefore: run.origin))
    run.sink.attached(script.probeCount)
    whenAttached()
    let machine = Machine(code, run, byteOrder: live.machine.byteOrder)
    noteRecording()
    runBlocks(.begin, machine, at: run.origin)
    noteBegin()
    run.sink.flush()
    follow(live, &merge, machine, dispatch)
    account(merge)
    lastTime = max(lastTime, HostClock.now)
    spans.append(span)
    keepState()
    runBlocks(.end, machine, at: lastTime)
    conclude()
    return outcome
  }

  /// What came before the run began, while events were enabled one after the other, or after exit(): it
  /// only tells of tasks.
  private func passRecords(
    of merge: inout Merge, _ dispatch: borrowing Dispatch, before end: UInt64
  ) {
    merge.resume()
    readOfTasks(&merge, dispatch, below: end) { type, record in
      names?.pass(type, record)
      groups?.pass(type, record)
    }
  }

  /// Rounds until the script says exit(), or until somebody stops it; then a last one.
  private func follow(
    _ live: any LiveTraceSource, _ merge: inout Merge, _ machine: borrowing Machine,
    _ dispatch: borrowing Dispatch
  ) {
    var settled: UInt64 = 0
    while !run.isExiting, !run.isCancelled() {
      let now = HostClock.now
      // Order is only as good as the slowest writer, and so are stacks; else there is nothing to wait for.
      let waits = isOrdered || run.stacks != nil
      let end = waits ? now &- Session.patienceForWriters : now
      self.settled.pointee = end
      round(&merge, machine, dispatch, before: end, settled: settled, now: end)
      if hasUnsaidLosses { sayLosses(live.statistics()) }
      tidyNames()
      sayDropped()
      settled = max(settled, end)
      answerIfAsked(machine)
      if !run.isExiting {
        let tick = ticker.next == .max ? .max : ticker.next &+ Session.patienceForWriters
        HostClock.sleep(until: min(tick, now &+ Session.period))
      }
    }
    live.stop()
    run.outlastsCancelling = true
    // A writer that was at work when recording stopped may be done only now.
    for isLast in [false, true] {
      // A stack that is not there at the end will not come.
      if isLast { self.settled.pointee = .max }
      if run.isExiting {
        // No block wants what came after exit(); it is read to see that all can be.
        passRecords(of: &merge, dispatch, before: .max)
      } else {
        round(&merge, machine, dispatch, before: .max, settled: settled, now: HostClock.now)
      }
    }
    compare(live.statistics(), merge)
  }

  /// Reads what is there below a stamp; fires the ticks up to then.
  private func round(
    _ merge: inout Merge, _ machine: borrowing Machine, _ dispatch: borrowing Dispatch,
    before end: UInt64, settled: UInt64, now: UInt64
  ) {
    merge.resume()
    takeLosses(merge)
    if isOrdered, let first = merge.firstStamp, first < settled {
      lateRounds += 1
    }
    while !run.isExiting, let turn = merge.turn(below: end) {
      run.lane = turn.lane
      merge.finishTurn(atEnd: drain(merge.lanes + turn.lane, turn.limit, machine, dispatch))
    }
    fireTicks(before: now, machine)
    run.sink.flush()
  }

  /// Names of tasks are needed in any case: they take what they need, and leave what they can.
  private func tidyNames() {
    guard let names else { return }
    if names.wantsTidying {
      names.tidy()
      run.forgetKnownStrings()
    }
    memory.charge(names: names.size)
  }

  /// The first time that a map cannot take something: how much it was in all is said at the end.
  func sayDropped() {
    guard memory.drops, memory.budget?.pointee.hasDropped == true, !hasSaidDropped else { return }
    hasSaidDropped = true
    run.sink.flush()
    options.say?(
      "WARNING: updates of maps are dropped from now on: " + RunWarnings.exhausted(memory.limit))
  }

  /// Losses as they occur, by the kernel's count: a full sub-buffer has no room to say how many.
  private func sayLosses(_ statistics: [RingStatistics]) {
    hasUnsaidLosses = false
    let lost = statistics.reduce(0) { $0 &+ $1.lost }
    guard lost > saidLosses else { return }
    run.sink.lost(lost - saidLosses)
    saidLosses = lost
    run.sink.flush()
  }

  /// After everything was read: what the kernel counted against what was decoded. The kernel's count
  /// of what was lost also covers gaps whose size no sub-buffer tells. What was lost after exit() is no
  /// loss, but a gap before it may be as large as the kernel's count.
  private func compare(_ statistics: [RingStatistics], _ merge: borrowing Merge) {
    if !run.isExiting || hasUnsaidLosses { sayLosses(statistics) }
    for lane in 0..<merge.laneCount {
      let cpu = merge.lanes[lane].cpu
      guard let ring = statistics.first(where: { $0.cpu == cpu }) else { continue }
      let decoded = merge.lanes[lane].cursor.records
      outcome.rings.append(RingAccount(statistics: ring, decoded: decoded))
      if ring.lost > 0, !run.isExiting || hasUnknownGap(cpu) { settleLoss(of: cpu, ring.lost) }
      guard decoded != ring.read else { continue }
      outcome.warnings.append(
        "WARNING: CPU \(cpu): \(decoded) records were decoded, the kernel counted \(ring.read)")
    }
  }

  private func hasUnknownGap(_ cpu: UInt32) -> Bool {
    outcome.losses.contains { $0.cpu == cpu && $0.losses.unknownGaps > 0 }
  }

  private func settleLoss(of cpu: UInt32, _ events: UInt64) {
    guard let index = outcome.losses.firstIndex(where: { $0.cpu == cpu }) else {
      var losses = Losses()
      losses.add(.counted(events))
      outcome.losses.append(StreamLosses(buffer: "", cpu: cpu, losses: losses))
      return
    }
    guard events > outcome.losses[index].losses.counted else { return }
    outcome.losses[index].losses.settle(events)
  }
}
