// Where things stand in a sample: perf_event_open(2), PERF_RECORD_SAMPLE.

/// The places that follow from an event's attributes. All count from the start of the record.
struct PerfSampleLayout: Equatable {
  private(set) var time: Int?
  private(set) var cpu: Int?
  /// How many events the sample stands for.
  private(set) var period: Int?
  /// Where the parts begin whose size each sample has for itself.
  private var fixedEnd = 8
  private let reads: Bool
  private let readFormat: UInt64
  let hasCallchain: Bool
  let hasRaw: Bool
  /// In records that are no samples, counted from their end.
  private(set) var trailerTime: Int?
  private(set) var trailerCPU: Int?
  private(set) var trailerSize = 0

  private typealias Bit = PerfAttribute.Sample

  init(_ attribute: PerfAttribute) {
    let kinds = attribute.sampleType
    reads = kinds & Bit.read != 0
    readFormat = attribute.readFormat
    hasCallchain = kinds & Bit.callchain != 0
    hasRaw = kinds & Bit.raw != 0
    let order = [
      Bit.identifier, Bit.ip, Bit.tid, Bit.time, Bit.address, Bit.id, Bit.stream, Bit.cpu,
      Bit.period,
    ]
    for bit in order where kinds & bit != 0 {
      if bit == Bit.time { time = fixedEnd }
      if bit == Bit.cpu { cpu = fixedEnd }
      if bit == Bit.period { period = fixedEnd }
      fixedEnd += 8
    }
    if attribute.hasTrailers { setTrailer(kinds) }
  }

  private mutating func setTrailer(_ kinds: UInt64) {
    for bit in [Bit.identifier, Bit.cpu, Bit.stream, Bit.id, Bit.time, Bit.tid]
    where kinds & bit != 0 {
      trailerSize += 8
      if bit == Bit.time { trailerTime = trailerSize }
      if bit == Bit.cpu { trailerCPU = trailerSize }
    }
  }

  /// The tracepoint's own record in a sample of `size` bytes; nil where it isn't whole.
  @inline(__always)
  func raw(
    _ sample: UnsafeRawPointer, _ size: Int, _ order: ByteOrder
  ) -> UnsafeRawBufferPointer? {
    var at = fixedEnd
    if reads {
      guard let end = endOfRead(sample, at, size, order) else { return nil }
      at = end
    }
    if hasCallchain {
      guard at &+ 8 <= size else { return nil }
      let count = sample.load(UInt64.self, at: at, order)
      guard count <= UInt64(size &- at &- 8) / 8 else { return nil }
      at &+= 8 &+ Int(count) &* 8
    }
    guard at &+ 4 <= size else { return nil }
    let length = Int(sample.load(UInt32.self, at: at, order))
    guard length <= size &- at &- 4 else { return nil }
    return UnsafeRawBufferPointer(start: sample + at + 4, count: length)
  }

  /// The addresses of a sample's call chain; nil where it has none.
  func callchain(
    _ sample: UnsafeRawPointer, _ size: Int, _ order: ByteOrder
  ) -> UnsafeRawBufferPointer? {
    guard hasCallchain, let at = reads ? endOfRead(sample, fixedEnd, size, order) : fixedEnd,
      at + 8 <= size
    else { return nil }
    let count = sample.load(UInt64.self, at: at, order)
    guard count <= UInt64(size - at - 8) / 8 else { return nil }
    return UnsafeRawBufferPointer(start: sample + at + 8, count: Int(count) * 8)
  }

  /// Bits of `read_format`: time enabled, time running, id, group, lost.
  private func endOfRead(
    _ sample: UnsafeRawPointer, _ start: Int, _ size: Int, _ order: ByteOrder
  ) -> Int? {
    let times = (readFormat & 3).nonzeroBitCount * 8
    let perValue = 8 + (readFormat & (4 | 16)).nonzeroBitCount * 8
    guard readFormat & 8 != 0 else { return start + times + perValue }
    guard start + 8 + times <= size else { return nil }
    let count = sample.load(UInt64.self, at: start, order)
    let end = start + 8 + times
    guard count <= UInt64((size - end) / perValue) else { return nil }
    return end + Int(count) * perValue
  }

  /// Whether the parts of fixed size are there.
  @inline(__always)
  func fits(_ size: Int) -> Bool { fixedEnd <= size }
}

/// The layouts of all events of a file.
///
/// Unchecked: nobody changes them.
final class PerfSampleLayouts: @unchecked Sendable {
  let order: ByteOrder
  private let attributes: [PerfAttribute]
  private let layouts: UnsafeMutablePointer<PerfSampleLayout>
  /// The place of an id's layout and 1, for small ids; the kernel numbers them from 1 on.
  private let small: UnsafeMutablePointer<UInt16>
  private let large: [UInt64: UInt16]
  private let hasIdentifier: Bool
  private let isUniform: Bool

  private static let smallIDs = 1 << 16

  /// Of one event at least, and of fewer than 65535.
  init(_ attributes: [PerfAttribute], _ order: ByteOrder) {
    (self.order, self.attributes) = (order, attributes)
    let layouts = UnsafeMutablePointer<PerfSampleLayout>.allocate(capacity: attributes.count)
    self.layouts = layouts
    small = .allocate(capacity: PerfSampleLayouts.smallIDs)
    small.initialize(repeating: 0, count: PerfSampleLayouts.smallIDs)
    var large: [UInt64: UInt16] = [:]
    for (index, attribute) in attributes.enumerated() {
      (layouts + index).initialize(to: PerfSampleLayout(attribute))
      for id in attribute.ids {
        if id < UInt64(PerfSampleLayouts.smallIDs) {
          small[Int(id)] = UInt16(index + 1)
        } else {
          large[id] = UInt16(index + 1)
        }
      }
    }
    self.large = large
    // All events of a file agree on this, so that the event can be found at all.
    hasIdentifier = attributes.contains { $0.sampleType & PerfAttribute.Sample.identifier != 0 }
    let first = layouts.pointee
    isUniform = attributes.indices.allSatisfy { layouts[$0] == first }
  }

  var haveCallchains: Bool { attributes.indices.contains { layouts[$0].hasCallchain } }

  deinit {
    layouts.deinitialize(count: attributes.count).deallocate()
    small.deallocate()
  }

  /// Of a sample; nil where it names an event that the file doesn't describe.
  @inline(__always)
  func layout(_ sample: UnsafeRawPointer, _ size: Int) -> UnsafePointer<PerfSampleLayout>? {
    if isUniform { return UnsafePointer(layouts) }
    guard hasIdentifier, size >= 16 else { return nil }
    return layout(of: sample.load(UInt64.self, at: 8, order))
  }

  func callchain(_ sample: UnsafeRawPointer, _ size: Int) -> UnsafeRawBufferPointer? {
    layout(sample, size)?.pointee.callchain(sample, size, order)
  }

  /// How many events a whole sample stands for, where it says that.
  func period(_ sample: UnsafeRawPointer, _ size: Int) -> UInt64? {
    layout(sample, size)?.pointee.period.map { sample.load(UInt64.self, at: $0, order) }
  }

  /// Of a record that is no sample; nil where it says neither time nor CPU.
  func trailer(_ record: UnsafeRawPointer, _ size: Int) -> (time: UInt64, cpu: UInt32?)? {
    var layout = UnsafePointer(layouts)
    if hasIdentifier, !isUniform, size >= 16 {
      layout = self.layout(of: record.load(UInt64.self, at: size - 8, order)) ?? layout
    }
    guard layout.pointee.trailerSize + 8 <= size, let time = layout.pointee.trailerTime else {
      return nil
    }
    return (
      record.load(UInt64.self, at: size - time, order),
      layout.pointee.trailerCPU.map { record.load(UInt32.self, at: size - $0, order) }
    )
  }

  private func layout(of id: UInt64) -> UnsafePointer<PerfSampleLayout>? {
    let place = id < UInt64(PerfSampleLayouts.smallIDs) ? small[Int(id)] : large[id] ?? 0
    return place == 0 ? nil : UnsafePointer(layouts + Int(place) - 1)
  }
}
