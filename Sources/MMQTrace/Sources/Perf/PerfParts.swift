// A perf.data in parts, each of one CPU's samples: for who needs no order, so that one pass will do.

/// Some of a file, in memory. Those who read it share it.
final class PerfBlock {
  let place: UInt64
  private let block: Block
  private let pool: BlockPool

  init(at place: UInt64, from pool: BlockPool) {
    (self.place, self.pool) = (place, pool)
    block = pool.take()
  }

  deinit { pool.give(block) }

  var bytes: UnsafeMutableRawBufferPointer { block[0..<block.filled] }

  func fill(_ size: Int, from file: InputFile) throws(TraceError) {
    block.reserve(size)
    block.filled = try file.read(at: place, into: block[0..<size])
  }
}

/// Reads block after block, and gives what each CPU has of one.
struct PerfCutter: PartCutter {
  private let file: InputFile
  private let end: UInt64
  private let layouts: PerfSampleLayouts
  private let stacks: PerfStacks?
  private let findings: PerfFindings
  private var index: PerfIndex
  private var place: UInt64
  private var isSettled = false
  /// Of the last block.
  private var block: PerfBlock?
  private let blocks = BlockPool()
  private let pages = BlockPool()
  private var found: ArraySlice<(cpu: UInt32, found: PerfIndex.CPU)> = []

  /// What stays in a core's cache between finding the runs and reading them.
  private static let blockSize = 512 << 10

  init(
    _ file: InputFile, _ data: Range<UInt64>, _ layouts: PerfSampleLayouts, _ stacks: PerfStacks?,
    _ findings: PerfFindings
  ) {
    (self.file, self.layouts, self.stacks, self.findings) = (file, layouts, stacks, findings)
    (place, end) = (data.lowerBound, data.upperBound)
    index = PerfIndex(layouts, findings, keepsTasks: false)
  }

  mutating func next(ahead: WorkQueue?) -> (any PageStream)? {
    while found.isEmpty {
      if place < end {
        readBlock()
      } else {
        guard !isSettled else { return nil }
        isSettled = true
        index.settle()
      }
      found = index.hand()[...]
    }
    let (cpu, samples) = found.removeFirst()
    return PerfStream(cpu, samples, block.map { .block($0) } ?? .file(file), layouts, stacks, pages)
  }

  private mutating func readBlock() {
    let block = PerfBlock(at: place, from: blocks)
    do throws(TraceError) {
      try block.fill(Int(min(UInt64(Self.blockSize), end - place)), from: file)
    } catch {
      findings.error("damaged data", at: place, error.message)
    }
    var records = PerfRecords(block.bytes, at: place, layouts.order)
    index.read(&records)
    let isStuck = records.nextPlace == place || records.problem != nil
    if isStuck, records.problem == nil {
      let problem = TraceError("the data ends in the middle of a record", at: records.nextPlace)
      findings.error("damaged data", at: place, problem.message)
    }
    place = isStuck ? end : records.nextPlace
    self.block = block
  }
}
