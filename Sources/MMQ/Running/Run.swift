// The state of one run: maps, strings, names, output. One value, so that several can run side by
// side and be merged.

internal import MMQLanguage
internal import MMQTrace

/// What running code and the host functions work on.
///
/// Properties that are touched at every event lie behind pointers: a class's own properties are
/// checked for exclusive access, which would cost more than the work.
final class Run {
  let strings: StringPool
  /// What maps and strings may have.
  let memory: RunMemory
  let shapes: [MapShape]
  let tables: UnsafeMutablePointer<Table>
  let sink: any OutputSink
  /// Of a run with limits; nil where there are none.
  let meter: UnsafeMutablePointer<Meter>?
  private(set) var clock = RunClock.dateless
  private(set) var byteOrder = ByteOrder.host
  /// The place of the source that is read among all of the run.
  private(set) var source = 0
  /// Asked now and then: the run is to end properly.
  private let hostCancels: () -> Bool
  /// Asked beside the host, where nobody listens any more.
  var isStopped: (() -> Bool)?
  /// Of the block at hand; behind a pointer, since calls of host functions set it.
  private let block: UnsafeMutablePointer<BlockState>
  /// Time of the first record of the input.
  var origin: UInt64 = 0
  /// How long the run has gone on at a time is the time less this, which wraps: when the run began, less how long
  /// it went on over other sources before.
  var observedFrom: UInt64 = 0
  private(set) var isExiting = false
  /// Set for what runs to its end whoever wanted the run to stop: what a live run had recorded until
  /// then, and blocks of `end`.
  var outlastsCancelling = false
  private(set) var exitCode: Int32 = 0
  var faults = Faults()
  let loopLimit: UInt64
  /// The kernel's own text of events, made when first asked for.
  var makeEventLine: (() -> EventLine)?
  private(set) var eventLine: EventLine?
  private var lineOfEvent: [UInt8] = []
  /// nil where losses do not stand among the events.
  var listedLosses: ListedLosses?
  /// The events by record type, for print(args).
  private var schemas: [Int: EventSchema] {
    if let knownSchemas { return knownSchemas }
    let schemas = Dictionary(makeSchemas().map { ($0.id, $0) }, uniquingKeysWith: { a, _ in a })
    knownSchemas = schemas
    return schemas
  }
  private var knownSchemas: [Int: EventSchema]?
  private var makeSchemas: () -> [EventSchema] = { [] }
  /// Of the loops over maps, by their place in the code.
  var snapshots: [Int: Snapshot] = [:]
  /// The script's text, for the places of messages.
  var script: Source?
  /// Set by the first use of rand.
  var random: SplitMix64?
  /// The names of threads at any moment, if records are not read in order of time; and the moment.
  var timeline: NameTimeline?
  var moment = NameTimeline.Moment.start
  /// Thread groups, if the script asks for them.
  private(set) var groups: ThreadGroups?
  /// Names of the lanes' buffers, and the lane of the record at hand.
  var bufferNames: [UInt64] = []
  var lane = 0
  /// Looks a thread up on the machine at hand, if that is the traced one.
  var findComm: ((Int32) -> [UInt8]?)?
  let maxCatBytes: Int
  /// Of the machine that runs the code: they may hold strings.
  var registers = UnsafeBufferPointer<UInt64>(start: nil, count: 0)
  /// How stacks lie behind their events, if the script asks for them; and where the record at hand is from.
  var stacks: StackLayout?
  var records: UnsafeMutablePointer<Lane>?
  /// The last event that was asked for its stack, and its time.
  var askedForStack: (UnsafeRawPointer, UInt64, Int)?
  private var names: TaskNames?
  /// Behind a pointer: `comm` looks into it at every event.
  private let nameStrings: UnsafeMutablePointer<NameStrings>
  private var known = KnownStrings()
  /// Ids of names of functions, by address.
  private let symbolNames: UnsafeMutablePointer<Table>
  private var symbols: () -> KernelSymbols = { .none }
  private var symbolsGrow = false
  private var loadedSymbols: KernelSymbols?
  /// The line that printf() writes.
  private let line: UnsafeMutablePointer<ByteBuffer>

  init(
    _ code: Code, strings: StringPool, memory: RunMemory, meter: Meter?, sink: any OutputSink,
    settings: Settings, isCancelled: @escaping () -> Bool
  ) {
    hostCancels = isCancelled
    self.strings = strings
    self.memory = memory
    shapes = code.maps
    tables = .allocate(capacity: max(1, code.maps.count))
    for (index, shape) in code.maps.enumerated() {
      (tables + index).initialize(to: Table(shape, budget: memory.budget))
    }
    self.meter = meter.map {
      let place = UnsafeMutablePointer<Meter>.allocate(capacity: 1)
      place.initialize(to: $0)
      return place
    }
    self.sink = sink
    maxCatBytes = Int(clamping: settings.maxCatBytes)
    loopLimit = settings.maxLoopIterations
    nameStrings = .allocate(capacity: 1)
    nameStrings.initialize(to: NameStrings(nil))
    line = .allocate(capacity: 1)
    line.initialize(to: ByteBuffer())
    block = .allocate(capacity: 1)
    block.initialize(to: BlockState())
    symbolNames = .allocate(capacity: 1)
    symbolNames.initialize(to: KnownStrings.noSymbols)
    strings.whenTooLarge = { [unowned self] in stopForStrings() }
    strings.symbols = { [unowned self] in usedSymbols }
  }

  deinit {
    strings.whenTooLarge = nil
    strings.symbols = { .none }
    tables.deinitialize(count: shapes.count).deallocate()
    nameStrings.pointee.deallocate()
    nameStrings.deallocate()
    line.deinitialize(count: 1).deallocate()
    meter?.deinitialize(count: 1).deallocate()
    block.deallocate()
    symbolNames.deinitialize(count: 1).deallocate()
  }

  // MARK: The block at hand

  /// Its record or tick, for host functions.
  var context: EventContext {
    get { block.pointee.event }
    set { block.pointee.event = newValue }
  }

  /// exit() was called in it: nothing more of it runs.
  private(set) var leavesBlock: Bool {
    get { block.pointee.isLeft }
    set { block.pointee.isLeft = newValue }
  }

  // MARK: From source to source

  func isCancelled() -> Bool { hostCancels() || isStopped?() == true }

  /// Goes to a source, the first one or the next: names, symbols and dates are its own.
  func enter(
    _ source: any TraceSource, _ place: Int, _ names: TaskNames?, _ groups: ThreadGroups?,
    symbols: @escaping () -> KernelSymbols
  ) {
    self.source = place
    clock = RunClock(source)
    byteOrder = source.machine.byteOrder
    (self.names, self.groups, self.symbols) = (names, groups, symbols)
    makeSchemas = { source.schemas }
    (knownSchemas, loadedSymbols, eventLine) = (nil, nil, nil)
    symbolsGrow = source.symbolsGrow
    nameStrings.pointee.deallocate()
    nameStrings.pointee = NameStrings(names)
    known = KnownStrings()
    symbolNames.pointee.clear()
    (timeline, moment, askedForStack) = (nil, .start, nil)
  }

  func exit(code: Int32) {
    isExiting = true
    leavesBlock = true
    exitCode = code
  }

  /// Before each block of `end`: an exit() that led here is no matter to it.
  func beginEnd() {
    outlastsCancelling = true
    leavesBlock = false
  }

  // MARK: Names

  /// The string id of a thread's name at the record at hand. Most threads have a name whose string is
  /// known already.
  @inline(__always)
  func comm(of tid: Int32, on cpu: UInt32) -> UInt64 {
    let known = nameStrings.pointee
    if tid > 0, tid < TaskNames.denseLimit {
      let id = Int(known.names[Int(tid)])
      if id != 0, id < known.count, known.strings[id] != NameStrings.unknown {
        return known.strings[id]
      }
    }
    return findComm(of: tid, on: cpu)
  }

  @inline(never)
  private func findComm(of tid: Int32, on cpu: UInt32) -> UInt64 {
    if tid == 0 { return idleName(on: cpu) }
    if let timeline { return string(ofName: timeline.nameID(of: tid, at: moment), timeline.names) }
    guard let names else { return strings.intern("<...>") }
    var id = names.nameID(of: tid)
    if id == 0, let findComm { id = names.find(tid, findComm) }
    return string(ofName: id, names)
  }

  /// Each CPU has its own task 0.
  private func idleName(on cpu: UInt32) -> UInt64 {
    let cpu = Int(cpu)
    if cpu < known.idle.count, known.idle[cpu] != 0 { return known.idle[cpu] }
    let id = strings.intern("swapper/\(cpu)")
    guard cpu < KnownStrings.mostCPUs else { return id }
    while known.idle.count <= cpu { known.idle.append(0) }
    known.idle[cpu] = id
    return id
  }

  private func string(ofName id: UInt32, _ names: TaskNames) -> UInt64 {
    let string = strings.intern(names.bytes(of: id))
    if Int(id) < names.count { nameStrings.pointee.keep(string, at: Int(id)) }
    return string
  }

  /// The string id of the function that a text names in place of an address.
  func symbolName(ofText id: UInt64) -> UInt64 {
    switch SymbolText(strings.bytes(of: id)) {
    case .name(let name): strings.intern(name)
    case .address(let address): symbolName(of: address)
    }
  }

  /// The string id of the function at an address; without a symbol the address itself.
  @inline(__always)
  func symbolName(of address: UInt64) -> UInt64 {
    withUnsafePointer(to: address) { symbolNames.pointee.find($0)?.pointee }
      ?? findSymbolName(of: address)
  }

  @inline(never)
  private func findSymbolName(of address: UInt64) -> UInt64 {
    let name = usedSymbols.find(address)?.name ?? "0x" + String(address, radix: 16)
    let id = strings.intern(name)
    withUnsafePointer(to: address) { symbolNames.pointee.findOrInsert($0)?.pointee = id }
    return id
  }

  private var usedSymbols: KernelSymbols {
    let symbols = loadedSymbols ?? self.symbols()
    if !symbolsGrow { loadedSymbols = symbols }
    if symbols.isEmpty { faults.noSymbols = true }
    return symbols
  }

  /// Before strings are freed, and when ids of names get another meaning.
  func forgetKnownStrings() {
    known = KnownStrings()
    symbolNames.pointee.clear()
    nameStrings.pointee.forget()
  }

  // MARK: Strings of the record

  func string(in event: EventContext, at offset: Int, capacity: Int) -> UInt64 {
    strings.intern(event.record(.host).string(at: offset, capacity: capacity))
  }

  func dynamicString(
    in event: EventContext, at offset: Int, isRelative: Bool, _ isSwapped: Bool
  ) -> UInt64 {
    let order: ByteOrder = isSwapped == (ByteOrder.host == .little) ? .big : .little
    guard let text = event.record(order).dynamicString(at: offset, isRelative: isRelative) else {
      faults.strayStrings += 1
      return 0
    }
    return strings.intern(text)
  }

  // MARK: Output

  func printf(_ plan: PrintfPlan, _ words: UnsafePointer<UInt64>) {
    line.pointee.removeAll()
    plan.print(words, strings, escapes: sink.escapesControlBytes, to: &line.pointee)
    line.pointee.bytes.withUnsafeBytes { sink.text(.printf, $0) }
  }

  /// Text by a format; `escapes` says whether control bytes of strings are shown as `\x1b`.
  func formatted(
    _ plan: PrintfPlan, _ words: UnsafePointer<UInt64>, escapes: Bool = false
  ) -> [UInt8] {
    var text = ByteBuffer()
    plan.print(words, strings, escapes: escapes, to: &text)
    return text.bytes
  }

  func printTime(_ format: [UInt8]) {
    let text = clock.text(of: context.time, format)
    if !clock.knowsDate { faults.noDate = true }
    text.withUnsafeBytes { sink.text(.time, $0) }
  }

  /// The line of the record at hand, as the kernel's `trace` file has it.
  func printEvent() {
    guard context.size >= 2 else { return }
    if listedLosses != nil { listLosses(before: context.time) }
    let record = context.record(byteOrder)
    let type = Int(record.base.load(UInt16.self, at: 0, byteOrder))
    sink.event(
      line: { line(of: record, type) },
      fields: { schemas[type].map { Value(event: $0, record, strings) } ?? .record([]) })
  }

  private func line(of record: EventRef, _ type: Int) -> [UInt8] {
    if eventLine == nil { eventLine = makeEventLine?() }
    // Nobody else holds it between two events: it is filled again where it is.
    lineOfEvent.removeAll(keepingCapacity: true)
    eventLine?.append(record, type: type, cpu: context.cpu, time: context.time, to: &lineOfEvent)
    return lineOfEvent
  }

  /// print(@map): a scalar that was never set prints its zero, as in bpftrace.
  func printMap(_ map: Int, top: Int, divisor: Int64) {
    let shape = shapes[map]
    spend(tables[map].count)
    if leavesBlock { return }
    if shape.key == nil, tables[map].count == 0, shape.hasZero {
      _ = tables[map].findOrInsert(&context.time)  // there is room for one row
      sink.map(report(map, top: top, divisor: divisor))
      tables[map].clear()
    } else {
      sink.map(report(map, top: top, divisor: divisor))
    }
  }

  /// At the end: every map of this run that holds something, in byte order of names.
  func printMaps() {
    let order = shapes.indices.sorted {
      shapes[$0].name.utf8.lexicographicallyPrecedes(shapes[$1].name.utf8)
    }
    for map in order where tables[map].count > 0 && !shapes[map].isKept {
      sink.map(report(map, top: 0, divisor: 0))
    }
  }
}

/// What the machine and host functions tell each other at every event.
private struct BlockState {
  var event = EventContext.tick(at: 0, probe: 0)
  var isLeft = false
}

extension MapShape {
  /// An unset scalar of it prints as zero; a histogram prints nothing.
  fileprivate var hasZero: Bool {
    if case .aggregation(let kind, _) = content { return kind.showsZero }
    return true
  }
}

extension EventContext {
  func record(_ order: ByteOrder) -> EventRef { EventRef(base: base, size: size, byteOrder: order) }
}
