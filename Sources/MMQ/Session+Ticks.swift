// A run over parts of a recording side by side, for programs that only add up between their ticks: all
// threads read up to the next tick, what they found is added, and the tick's blocks run.

internal import MMQTrace
internal import Synchronization

extension Session {
  /// False where reading in order of time is better, or all that will do. Nothing has run then.
  func readTickByTick(_ machine: borrowing Machine) throws -> Bool {
    guard let (parts, crew) = try divide(into: options.tickPartSize) else { return false }
    var timeline: NameTimeline?
    if let names {
      // To decompress everything twice would cost more than it brings.
      guard !parts.isCompressed, let records = try taskRecords() else { return false }
      learn(records)
      timeline = NameTimeline(names, following: records)
    }
    let stop = StopFlag()
    let readers = (0..<crew).compactMap { number in
      try? WindowReader(for: self, among: crew, timeline) { [run] in
        // Only the caller's thread asks the host.
        if number == 0, run.isCancelled() { stop.isSet.store(true, ordering: .relaxed) }
        return stop.isSet.load(ordering: .relaxed)
      }
    }
    guard readers.count == crew else { return false }
    let window = TickWindow(parts, readers[0].wish, end: tickStamp)
    var start: UInt64 = 0
    var stepsBack = false
    window.run(by: readers) { read in
      repeat {
        let instructions = pool?.rest ?? 0
        read()
        // One thread has all of the memory, where a share of it was too small.
        let isShort = crew > 1 && readers.contains(where: \.session.run.isOutOfMemory)
        stepsBack = isShort || window.isOutOfOrder
        if stepsBack {
          pool?.rest = instructions
          return
        }
        for reader in readers { takeWindow(of: reader.session) }
        if readers.contains(where: \.session.run.isExiting) { run.exit(code: 0) }
        answerIfAsked(machine)
        start = tickStamp.pointee
      } while goOn(after: window, machine)
    }
    if stepsBack {
      try goOnInOrder(from: start, timeline, machine)
      return true
    }
    window.close(by: readers[0])
    take(readers.map(\.session), parts)
    return true
  }

  /// Adds what a window found: it stays, whatever the next one finds.
  private func takeWindow(of helper: Session) {
    run.take(helper.run)
    helper.run.faults = Faults()
    skips.add(helper.skips)
    selected += helper.selected
    helper.skips = SkipCounts()
    _ = run.stopsForMemory(at: nil)
  }

  /// The time of some CPU steps back, from one part to another: which tick its records come before is
  /// known only where they are read in their order. What was read up to the last tick is as it would be
  /// then; the window after it is forgotten. So it is where a thread's share of the memory was too small.
  private func goOnInOrder(
    from start: UInt64, _ timeline: NameTimeline?, _ machine: borrowing Machine
  ) throws {
    // Names have been followed to the end.
    run.timeline = timeline
    needsMoments = timeline?.hasChanges == true
    let dispatch = dispatch()
    var merge = Merge(try openStreams(), dispatch.wish)
    keepBufferNames(merge)
    talliesLosses = true
    readOfTasks(&merge, dispatch, below: start, takesLosses: true) { _, _ in }
    pump(&merge, machine, dispatch)
    sayLosses(of: partTally)
  }

  /// Fires the ticks before the next record; false where there is none, or where one of them exits.
  private func goOn(after window: TickWindow, _ machine: borrowing Machine) -> Bool {
    guard !run.isExiting, let stamp = window.nextStamp else { return false }
    fireTicks(before: time(stamp), machine)
    if run.isExiting { lastTime = max(lastTime, time(stamp)) }
    return !run.isExiting
  }
}

/// Tells all readers that somebody wants to stop.
private final class StopFlag: Sendable {
  let isSet = Atomic(false)
}

/// A part that was begun, and the place in it.
///
/// Unchecked: it belongs to the thread that took it.
private final class Unit: @unchecked Sendable {
  let part: RecordingParts.Part
  let lane: UnsafeMutablePointer<Lane>
  /// The lane stands at a record.
  var isOpen = false
  /// Records of it were run since the window was opened.
  var hasRun = false

  init(_ part: RecordingParts.Part, _ wish: RecordWish) {
    self.part = part
    lane = .allocate(capacity: 1)
    lane.initialize(to: Lane(part.stream, wish))
  }

  deinit { lane.deinitialize(count: 1).deallocate() }

  /// The raw time stamp of its next record.
  var stamp: UInt64 { lane.pointee.record.stamp }
}

/// A session that reads for another one, with maps of its own.
private final class WindowReader {
  let session: Session
  private let machine: Machine
  private let dispatch: Dispatch

  init(
    for leader: Session, among threads: Int, _ timeline: NameTimeline?,
    isCancelled: @escaping () -> Bool
  ) throws {
    session = try Session(
      helping: leader, among: threads, timeline, isGuess: false, isCancelled: isCancelled)
    session.findTickStamp()
    machine = Machine(session.code, session.run, byteOrder: session.source.machine.byteOrder)
    dispatch = session.dispatch()
    session.run.bufferNames = leader.run.bufferNames.map {
      session.strings.intern(UnsafeRawBufferPointer(leader.strings.bytes(of: $0)))
    }
    session.strings.keepAll()
  }

  /// They are the same for all that read one program.
  var wish: RecordWish { dispatch.wish }

  /// Runs the records of a unit below a stamp; true at the unit's end.
  func read(_ unit: Unit, below end: UInt64) -> Bool {
    if !unit.isOpen {
      unit.isOpen = unit.lane.pointee.next()
      if !unit.isOpen { session.begin(unit.part, unit.lane) }
    }
    if unit.isOpen {
      guard unit.stamp < end else { return false }
      session.begin(unit.part, unit.lane)
      unit.hasRun = true
      guard session.drain(unit.lane, end, machine, dispatch) else { return false }
    }
    session.end(unit.part, unit.lane)
    return true
  }

  /// Takes note of what a unit that is not read to its end has told so far.
  func leave(_ unit: Unit) {
    session.begin(unit.part, unit.lane)
    session.partTally.add(unit.lane.pointee, of: unit.part)
  }
}

/// What lies before the next tick, for several threads.
///
/// Unchecked for the parts' streams and for the wish, which changes only between windows.
private final class TickWindow: @unchecked Sendable {
  private struct State {
    /// Parts that nobody works on, each at some record.
    var units: [Unit] = []
    /// Lanes whose next parts may begin before the window's end.
    var open: [Int] = []
    /// Units that were taken since the window was opened.
    var taken = Int.max
    /// By lane, the last part of which records were run since then.
    var ran: [Int: Int] = [:]
    /// For parts that begin in a window that one thread reads: the others decompress for it.
    var ahead: WorkQueue?
  }

  private let parts: RecordingParts
  private let wish: RecordWish
  private let state = Mutex(State())

  /// `end`: where the raw time stamp of the next tick is. It changes between windows.
  init(_ parts: RecordingParts, _ wish: RecordWish, end: UnsafePointer<UInt64>) {
    self.parts = parts
    self.wish = RecordWish(slots: wish.slots, limit: end, settled: wish.settled)
  }

  private var end: UInt64 { wish.limit.pointee }

  /// Calls `body` with a function that reads a window to its end, with all readers on as many threads.
  func run(by readers: [WindowReader], _ body: (_ read: () -> Void) -> Void) {
    let queue = WorkQueue()
    let jobs = readers.dropFirst().map { reader in Job { self.read(by: reader) } }
    queue.run(threads: jobs.count) {
      body {
        // Where little lies between two ticks, to wake a thread takes longer than the work: then the others
        // decompress ahead.
        let helping = open() > readers.count ? jobs : []
        setAhead(helping.isEmpty && !jobs.isEmpty ? queue : nil)
        for job in helping { queue.order(job) }
        read(by: readers[0])
        for job in helping { queue.collect(job) }
      }
    }
  }

  /// Begins a window; how many units the last one took.
  private func open() -> Int {
    let end = end
    return state.withLock { [parts] state in
      let waiting = Set(state.units.filter { $0.stamp >= end }.map(\.part.lane))
      state.open = parts.buffers.indices.filter { !waiting.contains($0) }
      defer { (state.taken, state.ran) = (0, [:]) }
      return state.taken
    }
  }

  private func setAhead(_ queue: WorkQueue?) { state.withLock { $0.ahead = queue } }

  /// Reads unit after unit, as long as the window has any.
  private func read(by reader: WindowReader) {
    while !reader.session.run.isExiting, let unit = take() {
      putBack(unit, isDone: reader.read(unit, below: end))
    }
  }

  private func take() -> Unit? {
    let end = end
    return state.withLock { [parts, wish] state in
      if let place = state.units.firstIndex(where: { $0.stamp < end }) {
        state.taken += 1
        return state.units.remove(at: place)
      }
      while let lane = state.open.last {
        if let part = parts.next(of: lane, ahead: state.ahead) {
          state.taken += 1
          return Unit(part, wish)
        }
        state.open.removeLast()
      }
      return nil
    }
  }

  /// What follows in its lane is later.
  private func putBack(_ unit: Unit, isDone: Bool) {
    let (lane, number) = (unit.part.lane, unit.part.number)
    state.withLock { state in
      if unit.hasRun { state.ran[lane] = max(state.ran[lane] ?? 0, number) }
      unit.hasRun = false
      guard !isDone else { return }
      state.units.append(unit)
      state.open.removeAll { $0 == lane }
    }
  }

  /// After a window was read: records of some part have run, though a part before it waits for the tick.
  var isOutOfOrder: Bool {
    state.withLock { state in
      state.units.contains { (state.ran[$0.part.lane] ?? 0) > $0.part.number }
    }
  }

  /// The stamp of the earliest record that was not run, after a window was read.
  var nextStamp: UInt64? { state.withLock { $0.units.map(\.stamp).min() } }

  /// The run ends here: in each lane it has come to the first of what is left.
  func close(by reader: WindowReader) {
    var lanes: Set<Int> = []
    let left = state.withLock { $0.units.sorted { $0.part.number < $1.part.number } }
    for unit in left where lanes.insert(unit.part.lane).inserted { reader.leave(unit) }
  }
}
