// One CPU's samples as sub-buffers.

/// Goes through the runs of one CPU. They follow each other in time but where several buffers of perf
/// were filled on the CPU (`perf record --per-thread`): those are merged.
final class PerfStream: PageStream {
  let cpu: UInt32
  let buffer = ""
  let layout: RingLayout
  private let place: PerfPlace
  private let layouts: PerfSampleLayouts
  private let stacks: PerfStacks?
  private let runs: [PerfIndex.Run]
  private let losses: [PerfIndex.Loss]
  private let pages: UnsafeMutablePointer<PagePacker>
  private var nextRun = 0
  private var nextLoss = 0
  /// Runs that are being read, in the order of their starts, and those that were read to their ends.
  private var reading: [PerfRunReader] = []
  private var done: [PerfRunReader] = []

  /// With `stacks` each sample is followed by its stack.
  init(
    _ cpu: UInt32, _ index: PerfIndex.CPU, _ place: PerfPlace, _ layouts: PerfSampleLayouts,
    _ stacks: PerfStacks?, _ pool: BlockPool = BlockPool()
  ) {
    (self.cpu, self.place, self.layouts, self.stacks) = (cpu, place, layouts, stacks)
    (runs, losses) = (index.runs, index.losses)
    layout = PagePacker.layout(layouts.order)
    pages = .allocate(capacity: 1)
    pages.initialize(to: PagePacker(layouts.order, pool))
  }

  deinit { pages.deinitialize(count: 1).deallocate() }

  func nextPage() -> UnsafeRawBufferPointer? {
    pages.pointee.begin()
    while let place = earliest() {
      if nextLoss < losses.count, losses[nextLoss].time <= reading[place].time {
        // Lost before this record: it is the first one of its sub-buffer.
        guard pages.pointee.isEmpty else { return pages.pointee.finished() }
        takeLoss()
        continue
      }
      switch reading[place].copy(into: pages, below: limit(besides: place)) {
      case .limit: continue
      case .full: return pages.pointee.finished()
      case .end: done.append(reading.remove(at: place))
      }
    }
    let hasLosses = nextLoss < losses.count
    guard pages.pointee.isEmpty else { return pages.pointee.finished() }
    while nextLoss < losses.count { takeLoss() }
    return hasLosses ? pages.pointee.finished() : nil
  }

  private func takeLoss() {
    pages.pointee.lose(losses[nextLoss].events)
    nextLoss += 1
  }

  /// The place of the run whose record is the earliest, after all runs were opened that may have it.
  private func earliest() -> Int? {
    var best = earliestOpen()
    while nextRun < runs.count, best.map({ runs[nextRun].first <= reading[$0].time }) != false {
      let reader = done.popLast() ?? PerfRunReader(place, layouts, stacks)
      if reader.start(runs[nextRun], cpu, readEnd) {
        reading.append(reader)
      } else {
        done.append(reader)
      }
      nextRun += 1
      best = earliestOpen()
    }
    return best
  }

  /// The end of the last run that is worth reading together with the next one, because little lies between.
  private func readEnd() -> UInt64 {
    var end = runs[nextRun].range.upperBound
    for run in runs[(nextRun + 1)...] {
      guard run.place >= end, run.place - end <= 8 << 10, end - runs[nextRun].place < 64 << 10
      else {
        break
      }
      end = run.range.upperBound
    }
    return end
  }

  private func earliestOpen() -> Int? {
    if reading.count < 2 { return reading.isEmpty ? nil : 0 }
    return reading.indices.min { (reading[$0].time, $0) < (reading[$1].time, $1) }
  }

  /// Up to where the run may be read before something else is due.
  private func limit(besides place: Int) -> UInt64 {
    var limit = UInt64.max
    for other in reading.indices where other != place {
      let time = reading[other].time
      limit = min(limit, place < other && time != .max ? time + 1 : time)
    }
    if nextRun < runs.count { limit = min(limit, runs[nextRun].first) }
    if nextLoss < losses.count { limit = min(limit, losses[nextLoss].time) }
    return limit
  }
}

/// Where runs are read from.
enum PerfPlace {
  case file(InputFile)
  /// It must live longer than the records.
  case block(PerfBlock)

  func records(_ order: ByteOrder) -> PerfRecords {
    switch self {
    case .file(let file): PerfRecords(file, 0..<0, order)
    case .block(let block): PerfRecords(block.bytes, at: block.place, order)
    }
  }
}

/// Reads one run after another.
final class PerfRunReader {
  /// Of the record at hand.
  private(set) var time: UInt64 = 0
  private var raw = UnsafeRawBufferPointer(start: nil, count: 0)
  private var chain: UnsafeRawBufferPointer?
  private var cpu: UInt32 = 0
  private let layouts: PerfSampleLayouts
  private let stacks: PerfStacks?
  private let records: UnsafeMutablePointer<PerfRecords>

  enum Stop { case limit, full, end }

  init(_ place: PerfPlace, _ layouts: PerfSampleLayouts, _ stacks: PerfStacks?) {
    (self.layouts, self.stacks) = (layouts, stacks)
    records = .allocate(capacity: 1)
    records.initialize(to: place.records(layouts.order))
  }

  deinit { records.deinitialize(count: 1).deallocate() }

  /// Goes to the first sample of a run; false where there is none any more.
  func start(_ run: PerfIndex.Run, _ cpu: UInt32, _ readEnd: () -> UInt64) -> Bool {
    let isHeld = records.pointee.holds(run.range)
    records.pointee.restart(run.range, readingTo: isHeld ? 0 : readEnd())
    self.cpu = cpu
    guard let event = next(cpu) else { return false }
    (time, raw) = (event.time, event.raw)
    return true
  }

  /// Copies the record at hand and those that follow, up to a time.
  func copy(into pages: UnsafeMutablePointer<PagePacker>, below limit: UInt64) -> Stop {
    let cpu = cpu
    var (time, raw) = (time, raw)
    defer { (self.time, self.raw) = (time, raw) }
    while true {
      guard pages.pointee.append(raw, at: time) else { return .full }
      if let stacks, let chain {
        stacks.withRecord(behind: raw, chain) {
          _ = pages.pointee.append($0, at: time, isBehind: true)
        }
      }
      guard let event = next(cpu) else { return .end }
      (time, raw) = (event.time, event.raw)
      if time >= limit { return .limit }
    }
  }

  @inline(__always)
  private func next(_ cpu: UInt32) -> PerfEvent? {
    while let record = records.pointee.next() {
      if records.pointee.type == PerfRecordType.sample {
        if let event = PerfEvent(record, records.pointee.size, layouts), event.cpu == cpu {
          if stacks != nil { chain = layouts.callchain(record, records.pointee.size) }
          return event
        }
      } else {
        records.pointee.skipTail(of: record)
      }
    }
    return nil
  }
}
