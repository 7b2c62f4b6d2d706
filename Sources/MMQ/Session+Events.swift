// From records to the blocks that want them.

internal import MMQTrace

extension Session {
  func dispatch() -> Dispatch {
    var handlers: [Int: [Handler]] = [:]
    var keys: [Int: [RecordKey]] = [:]
    for binding in script.program.bindings {
      guard case .events(let events) = binding.trigger else { continue }
      let block = code.blocks[binding.block]
      for event in events where event.source == place {
        handlers[event.id, default: []].append(
          Handler(
            entry: block.entry, minimumSize: block.minimumEventSize,
            probe: probeName(binding, event)))
        keys[event.id, default: []] += code.recordKeys(of: block)
      }
    }
    return Dispatch(
      types: (source.schemas + source.taskSchemas).map(\.id) + (run.stacks.map { [$0.type] } ?? []),
      handlers: handlers, taskTypes: taskTypes,
      seesAll: selection != nil, until: tickStamp,
      settled: run.stacks == nil ? nil : UnsafePointer(settled), keys: keys, of: run.tables)
  }

  /// Runs through all records in order of time, while other threads read and decompress what comes next.
  func pumpAhead(
    _ merge: inout Merge, _ machine: borrowing Machine, _ dispatch: borrowing Dispatch,
    isAnew: Bool
  ) throws {
    guard let ahead else {
      return try pumpInOrder(&merge, machine, dispatch, isAnew: isAnew)
    }
    var result = Result<Void, any Error>.success(())
    ahead.run(threads: min(options.threads - 1, merge.laneCount)) {
      result = Result { try pumpInOrder(&merge, machine, dispatch, isAnew: isAnew) }
    }
    try result.get()
  }

  /// `isAnew`: what was prepared for parts is of no use.
  private func pumpInOrder(
    _ merge: inout Merge, _ machine: borrowing Machine, _ dispatch: borrowing Dispatch,
    isAnew: Bool
  ) throws {
    if isAnew {
      try learn()
      merge = Merge(try openStreams(), dispatch.wish, isOrdered: isOrdered, isOpen: false)
      keepBufferNames(merge)
    }
    if !run.isExiting { open(&merge) }
    pump(&merge, machine, dispatch)
  }

  /// Has the lanes stand at their first records, whether somebody wants these or not: what is lost behind them
  /// is then said one by one.
  private func open(_ merge: inout Merge) {
    tickStamp.pointee = 0
    merge.open()
    findTickStamp()
  }

  func pump(
    _ merge: inout Merge, _ machine: borrowing Machine, _ dispatch: borrowing Dispatch
  ) {
    takeLosses(merge)
    while !run.isExiting, let turn = merge.turn() {
      run.lane = turn.lane
      merge.finishTurn(atEnd: drain(merge.lanes + turn.lane, turn.limit, machine, dispatch))
    }
    if !run.isExiting { passTime(of: merge) }
    account(merge)
  }

  /// Runs through what is wanted of one lane below the limit; true at the lane's end. Lanes stop at the
  /// next tick, too.
  func drain(
    _ lane: UnsafeMutablePointer<Lane>, _ limit: UInt64, _ machine: borrowing Machine,
    _ dispatch: borrowing Dispatch
  ) -> Bool {
    if usesStacks { run.records = lane }
    if isFiltered { return drainFiltered(lane, limit, machine, dispatch) }
    repeat {
      let found = lane.pointee.record
      if found.stamp >= tickStamp.pointee { fireTicks(before: time(found.stamp), machine) }
      var done = run.isExiting ? 1 : handleAlone(lane, limit, machine, dispatch)
      if done == 0 {
        handle(found, lane.pointee.cpu, machine, dispatch)
        done = 1
      }
      if run.isExiting {
        lastTime = max(lastTime, time(lane.pointee.records[done - 1].stamp))
        return false
      }
      if !lane.pointee.pass(done), !goOn(lane, machine, dispatch) { return true }
    } while lane.pointee.record.stamp < limit
    return false
  }

  /// As above where only some records are asked for: each is looked at. The others tell of names,
  /// but run no block and no tick.
  private func drainFiltered(
    _ lane: UnsafeMutablePointer<Lane>, _ limit: UInt64, _ machine: borrowing Machine,
    _ dispatch: borrowing Dispatch
  ) -> Bool {
    guard let filter else { return false }
    let isLaneTaken = selection?.takes(lane.pointee.stream) != false
    repeat {
      let found = lane.pointee.record
      let now = time(found.stamp)
      let isTaken = isLaneTaken && filter.takes(record(found), at: now)
      if isTaken {
        selected &+= 1
        lastTime = max(lastTime, now)
        if found.stamp >= tickStamp.pointee { fireTicks(before: now, machine) }
        if run.isExiting { return false }
      }
      handle(found, lane.pointee.cpu, machine, dispatch, isTaken: isTaken)
      if run.isExiting { return false }
      if !lane.pointee.pass(), !goOn(lane, machine, dispatch) { return true }
    } while lane.pointee.record.stamp < limit
    return false
  }

  /// To the next wanted record; false at the end of the lane. Between sub-buffers, takes note of losses,
  /// and of being cancelled. A live run is asked between its rounds, because it still has to read what
  /// was recorded until then.
  func goOn(
    _ lane: UnsafeMutablePointer<Lane>, _ machine: borrowing Machine,
    _ dispatch: borrowing Dispatch
  ) -> Bool {
    while !lane.pointee.search() {
      guard lane.pointee.turnPage() else { return false }
      takeLoss(lane)
      run.tidyStrings()
      guard !source.isLive else { continue }
      answerIfAsked(machine)
      options.progress?.note(lane)
      if run.isCancelled() {
        run.exit(code: 0)
        passTime(to: lane.pointee.cursor.stamp)
        return false
      }
    }
    dispatch.prefetch.fetch(lane.pointee.records)
    return true
  }

  /// Most records are wanted by one block each, and tell nothing of tasks: the machine runs through as many of
  /// them in a row as there are. How many that were; 0 where there is more to do.
  @inline(__always)
  private func handleAlone(
    _ lane: UnsafeMutablePointer<Lane>, _ limit: UInt64, _ machine: borrowing Machine,
    _ dispatch: borrowing Dispatch
  ) -> Int {
    if needsMoments { return 0 }
    return machine.execute(
      dispatch.alone, lane.pointee.records, below: min(limit, tickStamp.pointee),
      cpu: lane.pointee.cpu, time)
  }

  /// Runs the blocks that want a record, if there are any.
  @inline(__always)
  func handle(
    _ found: WantedRecord, _ cpu: UInt32, _ machine: borrowing Machine,
    _ dispatch: borrowing Dispatch, isTaken: Bool = true
  ) {
    guard let list = dispatch.list(of: found.slot) else {
      if isTaken { skip(found) }
      return
    }
    if run.timeline != nil, !findMoment(found.stamp, list.tellsOfTasks) { return }
    // Those who read parts share what is known of names.
    let changesTasks = list.tellsOfTasks && run.timeline == nil && !isInParts
    if changesTasks {
      names?.enter(list.type, record(found))
      groups?.enter(list.type, record(found))
    }
    for handler in list.handlers where isTaken {
      if Int(found.size) >= handler.minimumSize {
        machine.execute(
          handler.entry,
          EventContext(
            base: found.base, size: Int(found.size), time: time(found.stamp), cpu: cpu,
            probe: handler.probe))
        if run.isExiting { break }
      } else {
        skips.short[list.type, default: 0] += 1
      }
    }
    if changesTasks {
      names?.leave(list.type, record(found))
      groups?.leave(list.type, record(found))
    }
  }

  /// Takes note of a record that no block can be asked about.
  private func skip(_ found: WantedRecord) {
    switch found.slot {
    case RecordWish.withoutType: skips.empty += 1
    case Dispatch.Slot.unknown:
      let type = record(found).base.load(UInt16.self, at: 0, source.machine.byteOrder)
      skips.unknown[Int(type), default: 0] += 1
    default: break
    }
  }

  func record(_ found: WantedRecord) -> EventRef { found.record(source.machine.byteOrder) }
}
