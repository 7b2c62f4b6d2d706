// A run that the host drives: some records at a time.

internal import MMQTrace

/// What a run keeps from one step to the next.
final class Progression {
  let machine: Machine
  let dispatch: Dispatch
  var merge: Merge
  /// The first record has been seen: intervals count from its time.
  var hasOrigin = false
  /// Records before this stamp should have been there in an earlier step.
  var settled: UInt64 = 0

  init(_ machine: consuming Machine, _ dispatch: consuming Dispatch, _ merge: consuming Merge) {
    self.machine = machine
    self.dispatch = dispatch
    self.merge = merge
  }
}

extension Session {
  /// How far a step went.
  public enum Step: Sendable, Equatable {
    /// There was nothing more to run: the end of a recording, or all that was pushed to a `HostSource`.
    case drained
    /// As many events were run as were asked for, or the next one is not before the time.
    case paused
    /// The script said exit(), the run was cancelled, or an error ended it: `finish()` says which.
    case ended
  }

  /// Runs on in order of time: at most so many records that some block wants, or that tell of tasks; only
  /// those before a time, in nanoseconds of the source's clock. Blocks of `begin` run with the first step,
  /// intervals when the first record at or after them does.
  ///
  /// For recordings and a `HostSource`. Throws a `StepError` for the running kernel, which has a pace of its
  /// own, where the options have a selection, and where something that the run calls asks for more of it.
  @discardableResult
  public func step(events: Int = .max, until time: UInt64 = .max) throws -> Step {
    try work { try stepOn(events: events, until: time) }
  }

  func stepOn(events: Int, until time: UInt64) throws -> Step {
    if isFinished { return .ended }
    let progression = try progression ?? begin()
    if run.isExiting { return .ended }
    let end = time == .max ? .max : self.time.firstStamp(notBefore: time)
    look(progression)
    var left = events
    while !run.isExiting, left > 0, let turn = progression.merge.turn(below: end) {
      run.lane = turn.lane
      let lane = progression.merge.lanes + turn.lane
      let isAtEnd =
        events == .max
        ? drain(lane, turn.limit, progression.machine, progression.dispatch)
        : drain(lane, turn.limit, progression.machine, progression.dispatch, &left)
      progression.merge.finishTurn(atEnd: isAtEnd)
    }
    run.sink.flush()
    if run.isExiting { return .ended }
    return pause(progression, until: time, hasEventsLeft: left > 0)
  }

  /// What came since the last step.
  private func look(_ progression: Progression) {
    progression.merge.resume()
    takeLosses(progression.merge)
    guard let first = progression.merge.firstStamp else { return }
    if !progression.hasOrigin {
      progression.hasOrigin = true
      beginTime(at: time(first))
    }
    if isOrdered, first < progression.settled { lateRounds += 1 }
  }

  private func pause(
    _ progression: Progression, until end: UInt64, hasEventsLeft: Bool
  ) -> Step {
    if progression.merge.firstStamp == nil {
      passTime(of: progression.merge)
      if hasEventBlocks { progression.settled = time.firstStamp(notBefore: lastTime) }
      return .drained
    }
    if hasEventsLeft, end < .max {
      lastTime = max(lastTime, end - 1)
      progression.settled = time.firstStamp(notBefore: end)
    }
    return .paused
  }

  /// Ends a run that went by steps: blocks of `end` run, maps are printed. What was not run until then is
  /// left out. A second call gives the same outcome.
  public func finish() throws -> Outcome { try work { try finishSteps() } }

  func finishSteps() throws -> Outcome {
    guard !isFinished else { return outcome }
    let progression = try progression ?? begin()
    isFinished = true
    account(progression.merge)
    // Of a part that nobody has a name for there is no state.
    spans.append(span)
    if progression.merge.firstStamp == nil { keepState() }
    runBlocks(.end, progression.machine, at: lastTime)
    conclude()
    return outcome
  }

  private func begin() throws -> Progression {
    if source.isLive { throw StepError(message: "the running kernel is followed by start()") }
    if selection != nil { throw StepError(message: "a selection is for start()") }
    run.sink.attached(script.probeCount)
    if !taskTypes.isEmpty, source.canReadAgain { try learn() }
    let dispatch = dispatch()
    let merge = Merge(try openStreams(), dispatch.wish, isOrdered: isOrdered)
    keepBufferNames(merge)
    lastTime = merge.firstStamp.map { time($0) } ?? 0
    let progression = Progression(
      Machine(code, run, byteOrder: source.machine.byteOrder), dispatch, merge)
    self.progression = progression
    look(progression)
    noteRecording()
    runBlocks(.begin, progression.machine, at: lastTime)
    noteBegin()
    return progression
  }

  /// As the other `drain`, but only so many records.
  private func drain(
    _ lane: UnsafeMutablePointer<Lane>, _ limit: UInt64, _ machine: borrowing Machine,
    _ dispatch: borrowing Dispatch, _ left: inout Int
  ) -> Bool {
    repeat {
      let found = lane.pointee.record
      if found.stamp >= tickStamp.pointee { fireTicks(before: time(found.stamp), machine) }
      lastTime = max(lastTime, time(found.stamp))
      if run.isExiting { return false }
      handle(found, lane.pointee.cpu, machine, dispatch)
      if run.isExiting { return false }
      // The first record at a tick is found whether it is wanted or not.
      if dispatch.list(of: found.slot) != nil { left -= 1 }
      if !lane.pointee.pass(), !goOn(lane, machine, dispatch) { return true }
    } while left > 0 && lane.pointee.record.stamp < limit
    return false
  }
}

extension Session {
  /// Sinks and functions of the host are called in the midst of a run: to run it on from there would have records
  /// run out of turn, or be left out.
  func work<T>(_ body: () throws -> T) throws -> T {
    guard !isAtWork else {
      throw StepError(message: "the session is at work: nothing that it calls can run it on")
    }
    isAtWork = true
    defer { isAtWork = false }
    return try body()
  }
}

/// A run that cannot go by steps, or not now.
public struct StepError: Error, Sendable, Equatable, CustomStringConvertible {
  /// One sentence without a full stop.
  public var message: String
  public var description: String { message }
}
