// What perf says of each of its events: struct perf_event_attr of linux/perf_event.h.

/// One event that perf recorded.
struct PerfAttribute {
  /// `PERF_TYPE_*`; 2 is a tracepoint.
  let type: UInt32
  /// Of a tracepoint, its number.
  let config: UInt64
  /// A sample is taken of so many events; with `isFrequency`, of so many that there are that many samples a second.
  let period: UInt64
  let sampleType: UInt64
  let readFormat: UInt64
  /// The ids that samples name it by: one for each CPU.
  var ids: [UInt64]
  private let flags: UInt64
  private let order: ByteOrder
  private let clock: Int32

  /// Bits of `sample_type`.
  enum Sample {
    static let ip: UInt64 = 1 << 0
    static let tid: UInt64 = 1 << 1
    static let time: UInt64 = 1 << 2
    static let address: UInt64 = 1 << 3
    static let read: UInt64 = 1 << 4
    static let callchain: UInt64 = 1 << 5
    static let id: UInt64 = 1 << 6
    static let cpu: UInt64 = 1 << 7
    static let period: UInt64 = 1 << 8
    static let stream: UInt64 = 1 << 9
    static let raw: UInt64 = 1 << 10
    static let identifier: UInt64 = 1 << 16
  }

  /// The smallest that a kernel ever had.
  static let smallest = 64

  /// nil where the bytes are too few. Newer kernels append to the struct: what they append isn't needed.
  init?(_ bytes: [UInt8], order: ByteOrder, ids: [UInt64]) {
    guard bytes.count >= PerfAttribute.smallest else { return nil }
    var reader = ByteReader(bytes, order: order)
    do throws(TraceError) {
      type = try reader.u32()
      let size = try reader.u32()
      guard size >= PerfAttribute.smallest else { return nil }
      config = try reader.u64()
      period = try reader.u64()
      sampleType = try reader.u64()
      readFormat = try reader.u64()
      flags = try reader.u64()
      let hasClock = min(Int(size), bytes.count) >= 96
      if hasClock { try reader.skip(92 - 48) }
      clock = try hasClock ? Int32(bitPattern: reader.u32()) : 0
    } catch {
      return nil
    }
    (self.order, self.ids) = (order, ids)
  }

  var isTracepoint: Bool { type == 2 }
  private var isFrequency: Bool { flag(10) }
  /// Its samples are fewer than its events.
  var isSampled: Bool { isTracepoint && (isFrequency || period > 1) }
  /// It has no samples: what it counted is in those of others.
  var isOnlyCounted: Bool { isTracepoint && !isFrequency && period == 0 }
  /// How many events each sample stands for; nil where each one says so.
  var eventsOfEach: UInt64? {
    isFrequency || sampleType & Sample.period != 0 ? nil : period
  }
  /// As `perf record` was asked for it.
  var samplingOption: String { isFrequency ? "-F \(period)" : "-c \(period)" }

  /// Records that are no samples end with the time, the CPU and so on.
  var hasTrailers: Bool { flag(18) }

  /// The flags are bit fields, which big-endian machines lay out from the other end.
  private func flag(_ number: UInt64) -> Bool {
    flags >> (order == .little ? number : 63 - number) & 1 != 0
  }

  /// The clock of the time stamps: perf's own unless `perf record -k` chose one.
  var clockName: String {
    guard flag(25) else { return "perf" }
    return PerfAttribute.clocks[clock] ?? "clock \(clock)"
  }

  /// By the numbers of clock_gettime(2), as `trace_clock` of tracefs names them.
  private static let clocks: [Int32: String] = [
    0: "realtime", 1: "mono", 4: "mono_raw", 7: "boot", 11: "tai",
  ]
}
