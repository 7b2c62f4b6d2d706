// A look at the headers of all sub-buffers of a raw dump: what is missing, and what is out of order.

/// Nobody checked what lies in such a file. The writer's ring may have been copied from anywhere in it on,
/// and memory that a crash dump left out reads as zeros.
struct RawScan {
  private let raw: RawFile
  private let layout: RingLayout
  /// Sub-buffers whose times do not step back, as ranges of bytes.
  private var runs: [Range<UInt64>] = []
  private var stepsBack = 0
  /// Empty sub-buffers that others follow, and those at the end.
  private var holes: UInt64 = 0
  private var unused: UInt64 = 0

  /// Times that jump to and fro more often are damage: the rest is read as it lies.
  private static let mostRuns = 64

  init(of raw: RawFile, _ layout: RingLayout) {
    self.raw = raw
    self.layout = layout
    let size = UInt64(layout.subBufferSize)
    var start: UInt64 = 0
    var last: UInt64 = 0
    for place in stride(from: 0, to: raw.file.size, by: layout.subBufferSize) {
      guard let stamp = stamp(at: place) else { break }
      guard stamp > 0 else {
        unused += 1
        continue
      }
      (holes, unused) = (holes + unused, 0)
      if stamp < last {
        stepsBack += 1
        if runs.count + 1 < RawScan.mostRuns {
          runs.append(start..<place)
          start = place
        }
      }
      last = stamp
    }
    if start < raw.file.size, raw.file.size - start > unused * size {
      runs.append(start..<raw.file.size)
    }
  }

  /// The time of a sub-buffer; 0 for one that holds only zeros where its header should be. nil behind the
  /// last whole header.
  private func stamp(at place: UInt64) -> UInt64? {
    let head = 8 + layout.commitSize
    var bytes: (UInt64, UInt64) = (0, 0)
    let got = withUnsafeMutableBytes(of: &bytes) {
      try? raw.file.read(at: place, into: UnsafeMutableRawBufferPointer(rebasing: $0[..<head]))
    }
    guard got == head else { return nil }
    if bytes == (0, 0) { return 0 }
    let stamp = withUnsafeBytes(of: bytes.0) {
      $0.baseAddress!.load(UInt64.self, at: 0, layout.byteOrder)
    }
    // A clock may be at 0 when it starts.
    return max(1, stamp)
  }

  /// One extent for each run: the merge of all CPUs puts runs in the order of their times, too. What is
  /// wrong is said.
  func extents(_ damage: DamageLog) -> [Extent] {
    sayWhatIsWrong(damage)
    return runs.map { run in
      Extent(
        of: raw.file, cpu: raw.cpu, buffer: raw.buffer, layout: layout, offset: run.lowerBound,
        end: run.upperBound, method: .none, damage: damage)
    }
  }

  private func sayWhatIsWrong(_ damage: DamageLog) {
    let title = Extent.title(raw.cpu, raw.buffer)
    let rest = raw.file.size % UInt64(layout.subBufferSize)
    if rest > 0 {
      damage.error(
        "cut sub-buffer",
        "\(title): the last sub-buffer is cut: \(rest) of \(layout.subBufferSize) bytes")
    }
    if holes > 0 {
      damage.error(
        "holes", "\(title): \(RawScan.count(holes)) only zeros: what was in there is lost")
    }
    if unused > 0 {
      damage.note("unused end", "\(title): at its end \(RawScan.count(unused)) only zeros")
    }
    if stepsBack > 0 {
      damage.note(
        "order",
        "\(title): times step back from one sub-buffer to the next in \(stepsBack) "
          + "place\(stepsBack == 1 ? "" : "s"): they are read in order of time")
    }
  }

  private static func count(_ number: UInt64) -> String {
    number == 1 ? "1 sub-buffer is" : "\(number) sub-buffers are"
  }
}
