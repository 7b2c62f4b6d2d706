// What a run has to say at its end, and what is noted for it on the way.

internal import MMQTrace

extension Session {
  /// As below, of all lanes.
  func takeLosses(_ merge: borrowing Merge) {
    for lane in 0..<merge.laneCount {
      run.lane = lane
      takeLoss(merge.lanes + lane)
    }
  }

  /// Takes note of what was lost in a lane; what was not asked for is no loss.
  func takeLoss(_ lane: UnsafeMutablePointer<Lane>) {
    while lane.pointee.hasGaps, let gap = lane.pointee.takeGap() { take(gap, of: lane) }
  }

  private func take(_ gap: Lane.Gap, of lane: UnsafeMutablePointer<Lane>) {
    if isFiltered, selection?.takes(lane.pointee.stream, cpu: gap.cpu) == false { return }
    let (input, buffer) = (lane.pointee.stream.input, lane.pointee.stream.buffer)
    if talliesLosses {
      let part = isInParts ? partTally.part : RecordingParts.firstPart(ofLane: run.lane)
      partTally.losses.append(
        .init(
          part: part, before: lane.pointee.cursor.records, gap: gap, input: input,
          buffer: buffer))
    } else {
      note(gap, input: input, buffer)
    }
  }

  /// A gap that lies outside of what is asked for is no loss.
  func note(_ gap: Lane.Gap, input: Int, _ buffer: String) {
    if let filter, !filter.touches(gap.before.map { time($0) } ?? 0, time(gap.after)) { return }
    run.listedLosses?.add(gap.lost, cpu: gap.cpu, before: time(gap.after))
    note(gap.lost, input: input, buffer, gap.cpu, edge(of: gap))
  }

  private func note(
    _ loss: LostEvents, input: Int, _ buffer: String, _ cpu: UInt32, _ edge: UInt64?
  ) {
    noteEdge(loss, buffer, cpu, edge)
    let input = inputName(input)
    if case .counted(let events) = loss, !source.isLive { run.sink.lost(events) }
    hasUnsaidLosses = true
    var index = outcome.losses.firstIndex {
      $0.cpu == cpu && $0.buffer == buffer && $0.input == input
    }
    if index == nil {
      outcome.losses.append(StreamLosses(input: input, buffer: buffer, cpu: cpu))
      index = outcome.losses.count - 1
    }
    outcome.losses[index!].losses.add(loss)
  }

  /// Takes note of how much was read of all lanes, and of what could not be read.
  func account(_ merge: borrowing Merge) {
    run.listLosses(before: .max)
    for index in 0..<merge.laneCount {
      let lane = merge.lanes + index
      if !lane.pointee.stream.tellsOfTasksOnly { outcome.records += lane.pointee.cursor.records }
      source.inputs[lane.pointee.stream.input].damage.reportCorruptPages(
        lane.pointee.corruptPages, cpu: lane.pointee.cpu, buffer: lane.pointee.stream.buffer)
    }
  }

  func conclude() {
    // What is added at the end may not fit, either.
    _ = run.stopsForMemory(at: nil)
    run.sink.endOfRun()
    if script.program.settings.printsMapsOnExit { run.printMaps() }
    run.sink.flush()
    // They are found in the order in which the CPUs were read.
    outcome.losses.sort { ($0.input, $0.buffer, $0.cpu) < ($1.input, $1.buffer, $1.cpu) }
    outcome.exitCode = run.exitCode
    outcome.failure = runWarnings(eventTexts: []).failure
    outcome.warnings += warnings().map(\.sentence)
  }

  func warnings() -> [RunWarning] {
    runWarnings(eventTexts: eventTexts ?? sentencesOfEventLine()).found() + laterWarnings
  }

  /// What the texts of this source's events leave out.
  func sentencesOfEventLine() -> [String] {
    run.eventLine?.sentences(source.schemas).map { "NOTE: \($0)" } ?? []
  }

  func runWarnings(eventTexts: [String]) -> RunWarnings {
    RunWarnings(
      faults: run.faults, skips: skips, ticker: ticker, code: code, script: script,
      schemas: source.schemas, clock: source.clock,
      usesClock: !periods().isEmpty || script.program.usesClock,
      eventTexts: eventTexts,
      dropped: run.droppedUpdates.filter { $0.reason == .full || memory.drops },
      mapMemory: memory.limit, late: lateRounds,
      hasDoubtfulTasks: !taskTypes.isEmpty && !outcome.losses.isEmpty)
  }
}
