// A run over parts of a recording side by side, for programs that only add up: each thread has maps of
// its own, and at the end they are added.

internal import MMQTrace
internal import Synchronization

extension Session {
  /// Neither the script nor the choice of records depends on what came before, but for names of tasks
  /// and for ticks; nor does it depend on how much memory there is, but for where it ends. A choice of
  /// records decides when ticks are seen, so it is for programs without them.
  var canDivide: Bool {
    guard let source = source as? any DivisibleSource else { return false }
    let hasIntervals = script.program.hasIntervals
    return script.program.eventsCommute && groups == nil && !memory.drops && canShareInstructions
      && (selection == nil || !hasIntervals)
      && (source.partsAreInOrder || names == nil && !hasIntervals)
  }

  /// What a thread has taken from a small budget, and not spent, would be missing elsewhere: the run would end
  /// before its limit.
  private var canShareInstructions: Bool {
    (options.limits.instructions ?? .max) >= UInt64(Meter.slice) << 9
  }

  /// To wake a thread takes as long as to read so many bytes of sub-buffers.
  private static let leastWork = 512 << 10

  /// A new pass over all records in parts of at most `size` bytes of sub-buffers, and how many threads it is worth.
  /// Each of them should have some parts, so that all end at about the same time.
  func divide(into size: Int) throws -> (parts: RecordingParts, threads: Int)? {
    guard let source = source as? any DivisibleSource else { return nil }
    guard options.threads > 1 else { return (try source.openParts(of: nil), 1) }
    let parts = try source.openParts(of: size)
    let least = min(Session.leastWork, max(1, size / 2))
    let work = Int(clamping: parts.subBufferBytes)
    let threads = max(1, min(options.threads, work / least))
    let share = max(least / 4, work / (4 * threads))
    return (share < size ? try source.openParts(of: share) : parts, threads)
  }

  /// Reads all parts, on as many threads as there may be, and adds up what they found. False where too
  /// much tells of the names that the script asks for: then only reading in order of time will do.
  func readParts(_ machine: borrowing Machine) throws -> Bool {
    if script.program.hasIntervals { return try loadingSymbols { try readTickByTick(machine) } }
    guard let names else { return try readParts(nil, isGuess: false) }
    // Most recordings tell of no task: that is tried first, unless streams are left out.
    let readsAll = selection?.cpus == nil && selection?.buffer == nil
    if readsAll, try readParts(NameTimeline(names), isGuess: true) { return true }
    guard let records = try taskRecords() else { return false }
    learn(records)
    return try readParts(NameTimeline(names, following: records), isGuess: false)
  }

  /// False for a guess that was wrong: nothing has come of it.
  private func readParts(
    _ timeline: NameTimeline?, isGuess: Bool, alone: Bool = false
  ) throws -> Bool {
    guard let (parts, most) = try divide(into: options.partSize) else { return false }
    let threads = alone ? 1 : most
    let instructions = pool?.rest ?? 0
    let crew = Crew(parts, leader: self, threads, timeline, isGuess: isGuess)
    Workers.run(threads - 1) { _ in
      crew.work()
    } while: {
      symbolsAhead?.prepare()
      // As long as names are guessed, nobody should see them.
      crew.work(asks: !isGuess) { [run] in run.isCancelled() }
    }
    crew.answer.sayIfComplete()
    let helpers = crew.takeSessions()
    // One thread has all of the memory, where a share of it was too small.
    let isShort =
      threads > 1 && helpers.contains(where: \.run.isOutOfMemory)
      && !helpers.contains(where: \.hasGuessedWrong)
    if isShort || helpers.contains(where: { isVain($0, isGuess: isGuess) }) {
      pool?.rest = instructions
      return isShort ? try readParts(timeline, isGuess: isGuess, alone: true) : false
    }
    take(helpers, parts)
    if run.isCancelled() { run.exit(code: 0) }
    return true
  }

  /// A wrong guess; and what broke off before the guess could show to be wrong.
  private func isVain(_ helper: Session, isGuess: Bool) -> Bool {
    helper.hasGuessedWrong || isGuess && helper.run.faults.failure != nil
  }

  /// Takes part after part, as long as there are any.
  func read(_ parts: RecordingParts, _ machine: borrowing Machine, betweenParts: () -> Void) {
    findTickStamp()
    let dispatch = dispatch()
    run.bufferNames = parts.buffers.map { strings.intern($0) }
    strings.keepAll()
    let lane = UnsafeMutablePointer<Lane>.allocate(capacity: 1)
    defer { lane.deallocate() }
    var queue = PartQueue(parts, selection, symbolsAhead, threads: options.threads)
    while !run.isExiting, let part = queue.next() {
      lane.initialize(to: Lane(part.stream, dispatch.wish))
      defer { lane.deinitialize(count: 1) }
      begin(part, lane)
      // Whoever wants to stop is asked between sub-buffers, wherever the first record is.
      if goOn(lane, machine, dispatch) { _ = drain(lane, .max, machine, dispatch) }
      end(part, lane)
      betweenParts()
    }
  }

  /// Before records of a part are run.
  func begin(_ part: RecordingParts.Part, _ lane: UnsafeMutablePointer<Lane>) {
    partTally.part = part.number
    run.lane = part.lane
    takeLoss(lane)
  }

  /// After all records of a part that are to be run.
  func end(_ part: RecordingParts.Part, _ lane: UnsafeMutablePointer<Lane>) {
    takeLoss(lane)
    if lane.pointee.cursor.records > 0 { passTime(to: lane.pointee.latestStamp) }
    partTally.add(lane.pointee, of: part)
  }

  /// What sessions found that read the parts is this one's, too.
  func take(_ helpers: [Session], _ parts: RecordingParts) {
    var tally = PartTally()
    for helper in helpers {
      run.take(helper.run)
      skips.add(helper.skips)
      selected += helper.selected
      lastTime = max(lastTime, helper.lastTime)
      tally.add(helper.partTally)
    }
    if run.faults.failure != nil { run.exit(code: 1) }
    _ = run.stopsForMemory(at: nil)
    settle(tally, parts)
  }

  /// Says what was lost in the order of the recording.
  func sayLosses(of tally: PartTally) {
    for found in tally.losses.sorted(by: { ($0.part, $0.before) < ($1.part, $1.before) }) {
      var gap = found.gap
      gap.before = gap.before ?? tally.end(before: found.part)
      note(gap, input: found.input, found.buffer)
    }
  }

  private func settle(_ tally: PartTally, _ parts: RecordingParts) {
    outcome.records += tally.records
    sayLosses(of: tally)
    for input in source.inputs { input.damage.sortByPlace() }
    for (lane, found) in tally.corruptPages.sorted(by: { $0.key < $1.key }) {
      source.inputs[parts.inputs[lane]].damage.reportCorruptPages(
        found.pages, cpu: found.cpu, buffer: parts.buffers[lane])
    }
  }
}

/// The parts that a thread takes, one after the other. As long as it would only wait for symbols, it takes some
/// more and has their sub-buffers read.
private struct PartQueue {
  private let parts: RecordingParts
  private let selection: Selection?
  private let symbols: KeptSymbols?
  private var held: [RecordingParts.Part] = []
  /// Bytes that may still be read so: of all threads together 16 MiB, and what is in no cache any more is no
  /// gain.
  private var room: Int

  init(
    _ parts: RecordingParts, _ selection: Selection?, _ symbols: KeptSymbols?, threads: Int
  ) {
    (self.parts, self.selection, self.symbols) = (parts, selection, symbols)
    room = min(4 << 20, (16 << 20) / threads)
  }

  mutating func next() -> RecordingParts.Part? {
    while let symbols, room > 0, !symbols.isReady, let part = nextWanted() {
      room -= max(1, part.stream.readOn(upTo: room) { !symbols.isReady })
      held.append(part)
    }
    return held.isEmpty ? nextWanted() : held.removeFirst()
  }

  private func nextWanted() -> RecordingParts.Part? {
    while let part = parts.next() {
      if selection?.takes(part.stream) != false { return part }
    }
    return nil
  }
}

/// What is found in parts, before it is said in the order of the recording.
struct PartTally {
  struct Loss {
    var part: Int
    /// Records of the part that came before it: several sessions may have read the part.
    var before: UInt64
    var gap: Lane.Gap
    var input: Int
    var buffer: String
  }

  /// The part at hand.
  var part = 0
  var losses: [Loss] = []
  var records: UInt64 = 0
  /// By lane.
  var corruptPages: [Int: (cpu: UInt32, pages: Int)] = [:]
  /// By part, the raw time stamp of its last record: a gap at the start of the next part begins there.
  private var ends: [Int: UInt64] = [:]

  mutating func add(_ lane: borrowing Lane, of part: RecordingParts.Part) {
    records += lane.cursor.records
    if let last = lane.lastStamp { ends[part.number] = last }
    let cpu = lane.cpu
    corruptPages[part.lane, default: (cpu, 0)].pages += lane.corruptPages
  }

  /// The last record's raw time stamp in the parts of the same lane before this one; nil where there are none.
  func end(before part: Int) -> UInt64? {
    let first = RecordingParts.firstPart(ofLaneOf: part)
    return stride(from: part - 1, through: first, by: -1).lazy.compactMap { ends[$0] }.first
  }

  mutating func add(_ other: PartTally) {
    records += other.records
    losses += other.losses
    ends.merge(other.ends) { max($0, $1) }
    for (lane, found) in other.corruptPages {
      corruptPages[lane, default: (found.cpu, 0)].pages += found.pages
    }
  }
}

/// Sessions that read parts for another one. Each compiles the script for itself: numbers of strings are
/// its own.
///
/// Unchecked: they share the script, the options, the timeline and the filter, values that nobody changes,
/// and the source, of which they use what is for any thread. They are handed over when their threads end.
private final class Crew: @unchecked Sendable {
  private let parts: RecordingParts
  private let leader: Session
  private let threads: Int
  private let timeline: NameTimeline?
  private let isGuess: Bool
  private let isStopped = Atomic(false)
  let answer = PartsAnswer()

  init(
    _ parts: RecordingParts, leader: Session, _ threads: Int, _ timeline: NameTimeline?,
    isGuess: Bool
  ) {
    (self.parts, self.leader, self.threads) = (parts, leader, threads)
    (self.timeline, self.isGuess) = (timeline, isGuess)
  }

  /// After all threads have ended. The sessions know this crew: it must not hold them for ever.
  func takeSessions() -> [Session] { answer.takeSessions() }

  /// Reads parts until none are left, or until somebody stops. Programs that only add up print nothing
  /// before their end, unless somebody asks: the host's thread hears of that.
  func work(asks: Bool = false, isCancelled: @escaping () -> Bool = { false }) {
    let stops = { [self] in isStopped.load(ordering: .relaxed) || isCancelled() }
    guard
      let helper = try? Session(
        helping: leader, among: threads, timeline, isGuess: isGuess, isCancelled: stops)
    else { return }
    let machine = Machine(helper.code, helper.run, byteOrder: helper.source.machine.byteOrder)
    answer.begin(helper)
    helper.read(parts, machine) {
      if asks { answer.hear(leader) }
      answer.pause(helper)
      if asks { answer.sayIfComplete() }
    }
    // The others need not go on.
    if helper.run.isExiting { isStopped.store(true, ordering: .relaxed) }
    answer.end(helper)
  }
}
