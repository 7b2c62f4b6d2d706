// One pass over a perf.data that finds where each CPU's samples are, and what else matters.

/// Where the samples of each CPU are. perf writes what it finds in one CPU's buffer, then in the next
/// one's, so that runs are long, and few beside the samples.
struct PerfIndex {
  /// A stretch of the file with samples of one CPU, in order of time.
  struct Run {
    var place: UInt64
    var size: UInt64
    var first: UInt64
    var range: Range<UInt64> { place..<(place + size) }
  }

  struct Loss {
    var time: UInt64
    var events: UInt64
  }

  struct CPU {
    var runs: [Run] = []
    var losses: [Loss] = []
    /// What perf counted at the end.
    fileprivate var exactlyLost: UInt64 = 0
  }

  private(set) var cpus: [UInt32: CPU] = [:]
  private(set) var first = UInt64.max
  private(set) var last: UInt64 = 0
  private(set) var tasks: [PerfTask] = []
  /// The records are inside of others.
  private(set) var isCompressed = false
  private var cpuOfID: [UInt64: UInt32] = [:]
  private var lostByID: [(id: UInt64, events: UInt64)] = []
  /// The run at hand.
  private var run = Run(place: 0, size: 0, first: 0)
  private var runCPU: UInt32?
  private var runLast: UInt64 = 0

  /// Linux has no more: a larger number is damage.
  private static let mostCPUs: UInt32 = 8192

  init(
    _ file: InputFile, _ data: Range<UInt64>, _ layouts: PerfSampleLayouts, _ damage: DamageLog
  ) {
    var records = PerfRecords(file, data, layouts.order, window: 256 << 10)
    while !isCompressed, let record = records.next() {
      if records.type == PerfRecordType.sample {
        take(sample: record, records.size, records.place, layouts, damage)
      } else {
        take(record, records.type, records.size, layouts)
        records.skipTail(of: record)
      }
    }
    if isCompressed { return }
    closeRun()
    settle()
    if let problem = records.problem { damage.error("damaged data", problem.message) }
  }

  @inline(__always)
  private mutating func take(
    sample: UnsafeRawPointer, _ size: Int, _ place: UInt64, _ layouts: PerfSampleLayouts,
    _ damage: DamageLog
  ) {
    guard let event = PerfEvent(sample, size, layouts), event.cpu < PerfIndex.mostCPUs else {
      return refuse(sample, size, place, layouts, damage)
    }
    if event.cpu == runCPU, event.time >= runLast {
      run.size = place &+ UInt64(size) &- run.place
      runLast = event.time
    } else {
      closeRun()
      run = Run(place: place, size: UInt64(size), first: event.time)
      (runCPU, runLast) = (event.cpu, event.time)
    }
  }

  private func refuse(
    _ sample: UnsafeRawPointer, _ size: Int, _ place: UInt64, _ layouts: PerfSampleLayouts,
    _ damage: DamageLog
  ) {
    if let layout = layouts.layout(sample, size), !layout.pointee.hasRaw {
      damage.note("other samples", "samples of events that are no tracepoints are skipped")
    } else {
      damage.error(
        "damaged sample", at: place, "the sample at byte \(hex(place)) cannot be read")
    }
  }

  private mutating func closeRun() {
    guard let cpu = runCPU else { return }
    cpus[cpu, default: CPU()].runs.append(run)
    first = min(first, run.first)
    last = max(last, runLast)
    runCPU = nil
  }

  private mutating func take(
    _ record: UnsafeRawPointer, _ type: UInt32, _ size: Int, _ layouts: PerfSampleLayouts
  ) {
    let order = layouts.order
    switch type {
    case PerfRecordType.comm, PerfRecordType.fork:
      if let task = PerfTask(record, type, size, layouts) { tasks.append(task) }
    case PerfRecordType.lost where size >= 24:
      // Without a trailer it follows the samples of its CPU.
      let place = layouts.trailer(record, size)
      let loss = Loss(
        time: place?.time ?? runLast, events: record.load(UInt64.self, at: 16, order))
      let cpu = place?.cpu ?? runCPU ?? 0
      cpus[cpu < PerfIndex.mostCPUs ? cpu : 0, default: CPU()].losses.append(loss)
    case PerfRecordType.lostSamples where size >= 24:
      // What a BPF program filtered out is not lost.
      guard record.load(UInt16.self, at: 4, order) & 0x8000 == 0 else { return }
      lostByID.append(
        (
          record.load(UInt64.self, at: size - 8, order), record.load(UInt64.self, at: 8, order)
        ))
    case PerfRecordType.idIndex where size >= 16: takeIDs(record, size, order)
    case PerfRecordType.compressed, PerfRecordType.compressed2: isCompressed = true
    default: break
    }
  }

  /// `u64` count, then `u64` id, index, CPU, thread of each.
  private mutating func takeIDs(_ record: UnsafeRawPointer, _ size: Int, _ order: ByteOrder) {
    let count = min(record.load(UInt64.self, at: 8, order), UInt64((size - 16) / 32))
    for k in 0..<Int(count) {
      let id = record.load(UInt64.self, at: 16 + k * 32, order)
      let cpu = UInt32(truncatingIfNeeded: record.load(UInt64.self, at: 32 + k * 32, order))
      if cpu < PerfIndex.mostCPUs { cpuOfID[id] = cpu }
    }
  }

  /// LOST says where events were lost, and LOST_SAMPLES, at the end, how many: they count the same
  /// ones. What only the latter counts is lost somewhere.
  private mutating func settle() {
    for (id, events) in lostByID where events > 0 {
      let cpu = cpuOfID[id] ?? cpus.keys.min() ?? 0
      cpus[cpu, default: CPU()].exactlyLost &+= events
    }
    for cpu in cpus.keys {
      let placed = cpus[cpu]!.losses.reduce(0) { $0 &+ $1.events }
      let all = cpus[cpu]!.exactlyLost
      if all > placed { cpus[cpu]!.losses.append(Loss(time: .max, events: all - placed)) }
      cpus[cpu]!.losses.sort { $0.time < $1.time }
      // Stable: runs that start at one time stay in the order of the file.
      let runs = cpus[cpu]!.runs
      if zip(runs, runs.dropFirst()).contains(where: { $0.first > $1.first }) {
        cpus[cpu]!.runs.sort { ($0.first, $0.place) < ($1.first, $1.place) }
      }
    }
  }
}

/// A sample of a tracepoint.
struct PerfEvent {
  let time: UInt64
  let cpu: UInt32
  /// It starts with `common_type`.
  let raw: UnsafeRawBufferPointer

  /// nil where it is of another kind of event, or not whole.
  @inline(__always)
  init?(_ sample: UnsafeRawPointer, _ size: Int, _ layouts: PerfSampleLayouts) {
    guard let layout = layouts.layout(sample, size), layout.pointee.hasRaw,
      layout.pointee.fits(size), let raw = layout.pointee.raw(sample, size, layouts.order),
      raw.count >= 2
    else { return nil }
    time = layout.pointee.time.map { sample.load(UInt64.self, at: $0, layouts.order) } ?? 0
    cpu = layout.pointee.cpu.map { sample.load(UInt32.self, at: $0, layouts.order) } ?? 0
    self.raw = raw
  }
}
