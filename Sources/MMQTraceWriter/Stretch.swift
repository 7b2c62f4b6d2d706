// Long recordings from short ones: copies of a recording's pages, each later than the one before.

public import MMQTrace

/// Copies a recording with its pages repeated.
public struct Stretch: Sendable {
  /// How long the copy is to be.
  public enum Length: Sendable, Equatable {
    case times(UInt64)
    /// At least this many events, in whole repetitions.
    case events(UInt64)
  }

  public var length: Length
  /// Nanoseconds from one repetition to the next; nil takes the time that the recording covers.
  public var shift: UInt64?
  /// 6 or 7; nil keeps the version.
  public var version: Int?
  /// Nil keeps the compression, as far as the version has it.
  public var compression: RecordingCompression?
  /// Only the first sub-buffers of each CPU; nil takes all.
  public var pages: Int?
  /// Leaves the kernel's symbols out, which are most of a small recording.
  public var dropsSymbols = false

  /// What was written.
  public struct Result: Sendable, Equatable {
    public var events: UInt64
    public var pages: UInt64
    public var times: UInt64
  }

  public init(_ length: Length = .times(1)) {
    self.length = length
  }

  /// What one pass over the source holds.
  private struct Measure {
    var events: UInt64 = 0
    var pages: UInt64 = 0
    var first = UInt64.max
    var last: UInt64 = 0
  }

  /// Writes the copy of `source` to `path`.
  public func copy(_ source: TraceDat, to path: String) throws(TraceError) -> Result {
    let measure = measure(source)
    let times = times(measure)
    let step = step(measure, source.clock)
    let writer = try TraceDatWriter(
      path: path, metadata: try metadata(source), options: options(source))
    var stream = 0
    for (index, buffer) in source.buffers.enumerated() {
      if index == 0 && !buffer.name.isEmpty {
        try writer.beginBuffer(name: "", clock: clock(source, nil), pageSize: 4096)
      }
      let size = buffer.cpus.isEmpty ? 4096 : source.openStreams()[stream].layout.subBufferSize
      try writer.beginBuffer(
        name: buffer.name, clock: clock(source, buffer.clock), pageSize: size)
      for cpu in buffer.cpus {
        try writer.beginCPU(cpu)
        for k in 0..<times {
          try copyPages(source.openStreams()[stream], k &* step, writer)
        }
        stream += 1
      }
    }
    try writer.finish()
    return Result(events: measure.events &* times, pages: measure.pages &* times, times: times)
  }

  private func clock(_ source: TraceDat, _ own: String?) -> String {
    own ?? source.clock.name ?? "local"
  }

  private func metadata(_ source: TraceDat) throws(TraceError) -> RecordingMetadata {
    var metadata = try source.copyMetadata()
    if dropsSymbols { metadata.items[19] = nil }
    return metadata
  }

  private func options(_ source: TraceDat) -> TraceDatWriter.Options {
    let version = version ?? (compression ?? .none != .none ? 7 : source.version)
    let kept = RecordingCompression(rawValue: source.compression) ?? .none
    return TraceDatWriter.Options(
      version: version, compression: compression ?? (version == 6 ? .none : kept),
      instances: source.buffers.map(\.name).filter { !$0.isEmpty })
  }

  private func measure(_ source: TraceDat) -> Measure {
    var result = Measure()
    for stream in source.openStreams() {
      var cursor = RingCursor(byteOrder: stream.layout.byteOrder)
      var left = pages ?? .max
      while left > 0, let page = stream.nextPage() {
        left -= 1
        result.pages += 1
        _ = cursor.open(page, stream.layout)
        while cursor.next() {
          result.events += 1
          result.first = min(result.first, cursor.stamp)
          result.last = max(result.last, cursor.stamp)
        }
      }
    }
    return result
  }

  private func times(_ measure: Measure) -> UInt64 {
    switch length {
    case .times(let times): times
    case .events(let events):
      events / max(1, measure.events) + (events % max(1, measure.events) > 0 ? 1 : 0)
    }
  }

  /// In the unit of time stamps, which are cycles with some clocks.
  private func step(_ measure: Measure, _ clock: TraceClock) -> UInt64 {
    guard let shift else {
      return measure.last >= measure.first ? measure.last - measure.first + 1000 : 0
    }
    guard let cycles = clock.cycles, cycles.shift < 64 else { return shift }
    let product = shift.multipliedFullWidth(by: 1 << UInt64(cycles.shift))
    let multiplier = UInt64(cycles.multiplier)
    guard product.high < multiplier else { return shift }
    return multiplier.dividingFullWidth(product).quotient
  }

  private func copyPages(
    _ stream: any PageStream, _ shift: UInt64, _ writer: TraceDatWriter
  ) throws(TraceError) {
    let size = stream.layout.subBufferSize
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
    defer { copy.deallocate() }
    var left = pages ?? .max
    while left > 0, let page = stream.nextPage() {
      left -= 1
      copy.copyMemory(from: page)
      copy[page.count...].initializeMemory(as: UInt8.self, repeating: 0)
      SubBufferShift.apply(shift, to: copy, stream.layout)
      try writer.write(UnsafeRawBufferPointer(copy))
    }
  }
}
