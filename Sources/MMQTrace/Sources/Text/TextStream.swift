// A text as sub-buffers.

/// The records of a text in the order of its lines, which is that of time. One stream for all CPUs: each
/// record says on which one it was.
final class TextStream: PageStream {
  let cpu: UInt32
  let buffer = ""
  private(set) var cpuOfLosses = UInt32.max
  let layout: RingLayout
  private let lines: TextLines
  private let reader: TextReader
  private var block: TextSpan?
  /// The last look for lines found none.
  private var isIdle = false
  private let pages: UnsafeMutablePointer<PagePacker>
  /// A record that had no room in the last sub-buffer.
  private var hasRecord = false
  private let whenDone: (TextTally, TraceError?) -> Void
  private var isDone = false

  /// `first`: lines that were read already. `stacks`: where they are wanted. `whenDone` is told what could not be
  /// used.
  init(
    _ lines: TextLines, from first: TextSpan?, _ catalog: TextCatalog, _ stacks: TextStacks? = nil,
    whenDone: @escaping (TextTally, TraceError?) -> Void
  ) {
    (self.lines, block, self.whenDone) = (lines, first, whenDone)
    reader = TextReader(catalog, isFirst: first != nil)
    reader.stacks = stacks
    reader.mayHaveZeros = first?.hasZeros == true
    layout = PagePacker.layout(.host)
    // Without a column of CPUs there is one.
    cpu = catalog.columns.contains(.cpu) ? .max : 0
    pages = .allocate(capacity: 1)
    pages.initialize(to: PagePacker(.host, BlockPool()))
  }

  deinit { pages.deinitialize(count: 1).deallocate() }

  /// Before anything is read.
  func keep(_ stacks: TextStacks) { reader.stacks = stacks }

  func nextPage() -> UnsafeRawBufferPointer? {
    pages.pointee.begin()
    var hasLosses = false
    while takeLosses(&hasLosses) {
      if let isDone = handOutStacked() {
        if isDone { continue }
        break
      }
      if hasRecord, !pages.pointee.append(reader.record, at: reader.stamp) { break }
      hasRecord = false
      var folds: UInt64 = 0
      if let line = block?.takeLine(&folds) {
        if folds > 0 { noteFolds(folds) }
        hasRecord = reader.read(line)
      } else if !nextBlock(), !settleStacks() {
        break
      }
    }
    // A pipe without anything new gives an empty sub-buffer: others may have something to do.
    let isEnd = isDone && pages.pointee.isEmpty && !hasLosses
    return isEnd ? nil : pages.pointee.finished()
  }

  private func noteFolds(_ folds: UInt64) {
    reader.noteFolds(folds)
    lines.hasFolds = true
  }

  /// An event that waited, and its stack; false where the sub-buffer must end first, nil where there is none.
  private func handOutStacked() -> Bool? {
    guard let stacks = reader.stacks, !stacks.isEmpty else { return nil }
    return stacks.next(into: pages)
  }

  /// Nothing comes now that events would wait for; true where some are still to be handed out.
  private func settleStacks() -> Bool {
    guard let stacks = reader.stacks, !stacks.isEmpty, isDone || isIdle else {
      return false
    }
    stacks.settle()
    return true
  }

  /// False at the end, and where nothing is there now.
  private func nextBlock() -> Bool {
    // What is there is seen before more is waited for.
    isIdle = false
    if isDone || lines.mayWait && !pages.pointee.isEmpty { return false }
    block = lines.next()
    reader.mayHaveZeros = block?.hasZeros == true
    isIdle = block?.isEmpty == true
    if block == nil {
      isDone = true
      if lines.isCut, lines.damage == nil { reader.noteCut() }
      whenDone(reader.tally, lines.damage)
    }
    return block?.isEmpty == false
  }

  /// Losses are before the first record of a sub-buffer, and of one CPU: false where it must end for that.
  private func takeLosses(_ hasLosses: inout Bool) -> Bool {
    if !reader.losses.isEmpty, let stacks = reader.stacks, !stacks.isEmpty {
      stacks.settle()
      return true
    }
    while let loss = reader.losses.first {
      guard pages.pointee.isEmpty, !hasLosses || loss.cpu == cpuOfLosses else { return false }
      cpuOfLosses = loss.cpu
      hasLosses = true
      pages.pointee.lose(loss.events)
      reader.forgetLoss()
    }
    return true
  }
}
