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
  /// Sub-buffers that were there before, byte for byte, and are skipped; and those that are not.
  private var doubled: UInt64 = 0
  private var countedTwice: UInt64 = 0
  private var places: [Head: UInt64] = [:]

  private struct Head: Hashable {
    var stamp: UInt64
    var commit: UInt64
  }

  /// A GB of usual sub-buffers: what is kept of them must not grow with the file.
  private static let mostPlaces = 1 << 18

  /// Times that jump to and fro more often are damage: the rest is read as it lies.
  private static let mostRuns = 64

  init(of raw: RawFile, _ layout: RingLayout) {
    self.raw = raw
    self.layout = layout
    let size = UInt64(layout.subBufferSize)
    var start: UInt64 = 0
    var last: UInt64 = 0
    for place in stride(from: 0, to: raw.file.size, by: layout.subBufferSize) {
      guard let head = head(at: place) else { break }
      guard head.stamp > 0 else {
        unused += 1
        continue
      }
      (holes, unused) = (holes + unused, 0)
      if isRepeated(head, at: place) {
        if endRun(at: place, &start) {
          start = place + size
          doubled += 1
        } else {
          countedTwice += 1
        }
        continue
      }
      if head.stamp < last {
        stepsBack += 1
        _ = endRun(at: place, &start)
      }
      last = head.stamp
    }
    places = [:]
    if start < raw.file.size, raw.file.size - start > unused * size {
      runs.append(start..<raw.file.size)
    }
  }

  /// A new run begins; false where there are too many.
  private mutating func endRun(at place: UInt64, _ start: inout UInt64) -> Bool {
    if start == place { return true }
    guard runs.count + 1 < RawScan.mostRuns else { return false }
    runs.append(start..<place)
    start = place
    return true
  }

  /// The same sub-buffer was there before.
  private mutating func isRepeated(_ head: Head, at place: UInt64) -> Bool {
    guard let other = places[head] else {
      if places.count < RawScan.mostPlaces { places[head] = place }
      return false
    }
    let size = layout.subBufferSize
    let bytes = try? raw.file.read(at: place, count: size)
    return bytes != nil && bytes == (try? raw.file.read(at: other, count: size))
  }

  /// The header of a sub-buffer; its time is 0 where there are only zeros. nil behind the last whole one.
  private func head(at place: UInt64) -> Head? {
    let head = 8 + layout.commitSize
    var bytes: (UInt64, UInt64) = (0, 0)
    let got = withUnsafeMutableBytes(of: &bytes) {
      try? raw.file.read(at: place, into: UnsafeMutableRawBufferPointer(rebasing: $0[..<head]))
    }
    guard got == head else { return nil }
    if bytes == (0, 0) { return Head(stamp: 0, commit: 0) }
    let stamp = withUnsafeBytes(of: bytes.0) {
      $0.baseAddress!.load(UInt64.self, at: 0, layout.byteOrder)
    }
    // A clock may be at 0 when it starts.
    return Head(stamp: max(1, stamp), commit: bytes.1)
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
    if doubled > 0 {
      damage.note(
        "doubled sub-buffers",
        "\(title): \(RawScan.count(doubled)) there twice: the second is skipped")
    }
    if countedTwice > 0 {
      damage.error(
        "counted sub-buffers",
        "\(title): \(RawScan.count(countedTwice)) there twice: their events count twice")
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
