// Blocks that no event runs: at the start and the end, at ticks and when somebody asks.

internal import MMQTrace

extension Session {
  enum Moment { case begin, signal, end }

  func runBlocks(_ moment: Moment, _ machine: borrowing Machine, at time: UInt64) {
    for binding in script.program.bindings {
      switch (binding.trigger, moment) {
      case (.begin, .begin) where !run.isExiting, (.signal, .signal) where !run.isExiting,
        (.end, .end):
        if moment == .end { run.beginEnd() }
        execute(binding, machine, at: time)
      default: break
      }
    }
  }

  private func execute(_ binding: BoundBlock, _ machine: borrowing Machine, at time: UInt64) {
    machine.execute(
      code.blocks[binding.block].entry, .tick(at: time, probe: strings.intern(binding.name)))
    run.tidyStrings()
  }

  func periods() -> [(binding: Int, period: UInt64)] {
    script.program.bindings.enumerated().compactMap { index, binding in
      if case .interval(let period) = binding.trigger { return (index, period) }
      return nil
    }
  }

  /// A program of only begin and end is done without reading a record.
  var hasEventBlocks: Bool {
    script.program.bindings.contains { binding in
      switch binding.trigger {
      case .begin, .end: false
      case .interval, .signal, .events: true
      }
    }
  }

  func fireTicks(before time: UInt64, _ machine: borrowing Machine) {
    while !run.isExiting, let (binding, boundary) = ticker.due(at: time) {
      execute(script.program.bindings[binding], machine, at: boundary)
      stateNotes.hasTicked = true
      run.sink.flush()
    }
    findTickStamp()
  }

  /// How long a stop may wait to be noticed, in nanoseconds.
  private static let patience: UInt64 = 50_000_000

  /// Fires ticks as the machine's own time goes on; without timers, and blocks for signals, there is
  /// nothing to wait for.
  func keepTime(_ machine: borrowing Machine) {
    run.sink.flush()
    while !run.isExiting, !run.isCancelled(), ticker.next != .max || answersSignals {
      let now = HostClock.now
      fireTicks(before: now, machine)
      answerIfAsked(machine)
      sayDropped()
      if !run.isExiting { HostClock.sleep(until: min(ticker.next, now + Session.patience)) }
    }
  }

  /// Somebody outside wants to see the maps as they are, or what the script has to say then.
  func answerIfAsked(_ machine: borrowing Machine) {
    guard wantsMaps() else { return }
    if !answersSignals { run.printMaps() }
    runBlocks(.signal, machine, at: HostClock.now)
    run.sink.flush()
  }

  private var answersSignals: Bool {
    script.program.bindings.contains { if case .signal = $0.trigger { true } else { false } }
  }

  func findTickStamp() {
    tickStamp.pointee = ticker.next == .max ? .max : time.firstStamp(notBefore: ticker.next)
  }
}
