// One pass over a perf.data that finds where each CPU's samples are, and what else matters.

internal import Synchronization

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
    /// Events of all losses that were found, and what perf counted at the end.
    fileprivate var placed: UInt64 = 0
    fileprivate var exactlyLost: UInt64 = 0
  }

  private(set) var cpus: [UInt32: CPU] = [:]
  private(set) var first = UInt64.max
  private(set) var last: UInt64 = 0
  private(set) var tasks: [PerfTask] = []
  private let keepsTasks: Bool
  private let layouts: PerfSampleLayouts
  private let findings: PerfFindings
  private var cpuOfID: [UInt64: UInt32] = [:]
  private var lostByID: [(id: UInt64, events: UInt64)] = []
  /// The run at hand, and the CPU of it or of the one before.
  private var run = Run(place: 0, size: 0, first: 0)
  private var runCPU: UInt32 = 0
  private var runLast: UInt64 = 0
  private let isSampled: Bool
  private var samples = PerfSampling.Tally()

  /// Linux has no more: a larger number is damage.
  private static let mostCPUs: UInt32 = 8192

  init(_ layouts: PerfSampleLayouts, _ findings: PerfFindings, keepsTasks: Bool = true) {
    (self.layouts, self.findings, self.keepsTasks) = (layouts, findings, keepsTasks)
    isSampled = findings.sampling.isNeeded
  }

  /// Of all records of a file.
  init(
    _ file: InputFile, _ data: Range<UInt64>, _ layouts: PerfSampleLayouts, _ findings: PerfFindings
  ) {
    self.init(layouts, findings)
    var records = PerfRecords(file, data, layouts.order, window: 256 << 10)
    read(&records)
    settle()
  }

  /// Takes records as far as they go.
  mutating func read(_ records: inout PerfRecords) {
    while let record = records.next() {
      if records.type == PerfRecordType.sample {
        take(sample: record, records.size, records.place)
      } else {
        take(record, records.type, records.size)
        records.skipTail(of: record)
      }
    }
    closeRun()
    if let problem = records.problem {
      findings.error("damaged data", at: records.nextPlace, problem.message)
    }
  }

  /// Hands over what was found since the last time. What is counted goes on.
  mutating func hand() -> [(cpu: UInt32, found: CPU)] {
    let found = cpus.filter { !$0.value.runs.isEmpty || !$0.value.losses.isEmpty }
    for cpu in found.keys { (cpus[cpu]!.runs, cpus[cpu]!.losses) = ([], []) }
    return found.sorted { $0.key < $1.key }.map { ($0.key, $0.value.sorted()) }
  }

  @inline(__always)
  private mutating func take(sample: UnsafeRawPointer, _ size: Int, _ place: UInt64) {
    guard let event = PerfEvent(sample, size, layouts), event.cpu < PerfIndex.mostCPUs else {
      return refuse(sample, size, place)
    }
    if isSampled {
      let period = layouts.period(sample, size)
      findings.sampling.add(event, period, layouts.order, to: &samples)
    }
    if event.cpu == runCPU, event.time >= runLast, run.size > 0 {
      run.size = place &+ UInt64(size) &- run.place
      runLast = event.time
    } else {
      closeRun()
      run = Run(place: place, size: UInt64(size), first: event.time)
      (runCPU, runLast) = (event.cpu, event.time)
    }
  }

  private func refuse(_ sample: UnsafeRawPointer, _ size: Int, _ place: UInt64) {
    if let layout = layouts.layout(sample, size), !layout.pointee.hasRaw {
      findings.note(
        "other samples", at: place, "samples of events that are no tracepoints are skipped")
    } else {
      findings.error(
        "damaged sample", at: place, "the sample at byte \(hex(place)) cannot be read")
    }
  }

  private mutating func closeRun() {
    guard run.size > 0 else { return }
    cpus[runCPU, default: CPU()].runs.append(run)
    first = min(first, run.first)
    last = max(last, runLast)
    run.size = 0
  }

  private mutating func take(_ record: UnsafeRawPointer, _ type: UInt32, _ size: Int) {
    let order = layouts.order
    switch type {
    case PerfRecordType.comm, PerfRecordType.fork:
      guard keepsTasks, let task = PerfTask(record, type, size, layouts) else { return }
      tasks.append(task)
    case PerfRecordType.lost where size >= 24:
      // Without a trailer it follows the samples of its CPU.
      let place = layouts.trailer(record, size)
      let loss = Loss(
        time: place?.time ?? runLast, events: record.load(UInt64.self, at: 16, order))
      let cpu = place?.cpu ?? runCPU
      take(loss, of: cpu < PerfIndex.mostCPUs ? cpu : 0)
    case PerfRecordType.lostSamples where size >= 24:
      // What a BPF program filtered out is not lost.
      guard record.load(UInt16.self, at: 4, order) & 0x8000 == 0 else { return }
      lostByID.append(
        (
          record.load(UInt64.self, at: size - 8, order), record.load(UInt64.self, at: 8, order)
        ))
    case PerfRecordType.idIndex where size >= 16: takeIDs(record, size, order)
    default: break
    }
  }

  private mutating func take(_ loss: Loss, of cpu: UInt32) {
    cpus[cpu, default: CPU()].losses.append(loss)
    cpus[cpu]!.placed &+= loss.events
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

  /// After all records. LOST says where events were lost, and LOST_SAMPLES, at the end, how many: they
  /// count the same ones. What only the latter counts is lost somewhere.
  mutating func settle() {
    findings.sampling.report(samples, to: findings.damage)
    for (id, events) in lostByID where events > 0 {
      let cpu = cpuOfID[id] ?? cpus.keys.min() ?? 0
      cpus[cpu, default: CPU()].exactlyLost &+= events
    }
    for (cpu, found) in cpus {
      if found.exactlyLost > found.placed {
        cpus[cpu]!.losses.append(Loss(time: .max, events: found.exactlyLost - found.placed))
      }
      cpus[cpu] = cpus[cpu]!.sorted()
    }
  }
}

extension PerfIndex.CPU {
  fileprivate func sorted() -> PerfIndex.CPU {
    var sorted = self
    sorted.losses.sort { $0.time < $1.time }
    // Stable: runs that start at one time stay in the order of the file.
    if zip(runs, runs.dropFirst()).contains(where: { $0.first > $1.first }) {
      sorted.runs.sort { ($0.first, $0.place) < ($1.first, $1.place) }
    }
    return sorted
  }
}

/// What is wrong with records, said once, however many passes go over them.
final class PerfFindings: Sendable {
  let damage: DamageLog
  let sampling: PerfSampling
  /// Up to here all is said.
  private let said = Atomic<UInt64>(0)

  init(_ damage: DamageLog, _ sampling: PerfSampling) {
    (self.damage, self.sampling) = (damage, sampling)
  }

  func error(_ kind: String, at place: UInt64, _ message: @autoclosure () -> String) {
    if isNew(place) { damage.error(kind, at: place, message()) }
  }

  func note(_ kind: String, at place: UInt64, _ message: @autoclosure () -> String) {
    if isNew(place) { damage.note(kind, message()) }
  }

  /// A pass goes from the start to the end.
  private func isNew(_ place: UInt64) -> Bool {
    guard place >= said.load(ordering: .relaxed) else { return false }
    said.store(place + 1, ordering: .relaxed)
    return true
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
