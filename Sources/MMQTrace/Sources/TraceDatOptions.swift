// The options of a trace.dat: the same numbers and layouts in versions 6 and 7.

/// What the options of a recording say, as far as mmq needs it.
struct TraceDatOptions {
  /// Numbers of options (`TRACECMD_OPTION_*`); those from `headerInfo` to `cmdlines` are also the
  /// numbers of the sections that they point to.
  enum ID {
    static let done: UInt16 = 0
    static let date: UInt16 = 1
    static let cpuStatistics: UInt16 = 2
    static let buffer: UInt16 = 3
    static let traceClock: UInt16 = 4
    static let uname: UInt16 = 5
    static let offset: UInt16 = 7
    static let cpuCount: UInt16 = 8
    static let version: UInt16 = 9
    static let timeShift: UInt16 = 12
    static let cycles: UInt16 = 14
    static let headerInfo: UInt16 = 16
    static let ftraceFormats: UInt16 = 17
    static let eventFormats: UInt16 = 18
    static let kallsyms: UInt16 = 19
    static let printk: UInt16 = 20
    static let cmdlines: UInt16 = 21
    /// What both versions store alike, in the order of version 6.
    static let metadata = headerInfo...cmdlines
    static let bufferText: UInt16 = 22
    /// What stays true of a copy with other data.
    static let copied = [date, traceClock, uname, offset, cpuCount, version, cycles]
    /// The largest number in use.
    static let last: UInt16 = 25
  }

  /// One buffer: where its data is, CPU by CPU.
  struct Buffer {
    struct CPU {
      var cpu: UInt32
      var offset: UInt64
      var size: UInt64
    }
    var name: String
    var clock: String?
    /// Where its section (version 7) or its table (version 6) starts.
    var place: UInt64
    var pageSize: UInt32?
    var cpus: [CPU] = []
  }

  /// Nanoseconds since 1970 to add to time stamps.
  var date: UInt64?
  /// Nanoseconds to add to time stamps.
  var offset: UInt64 = 0
  /// The clocks that the recording names: by the list of `trace_clock`, then by buffers.
  var clocks: [String] = []
  var uname: String?
  var cpuCount: UInt32?
  var recorder: String?
  var cycles: TraceClock.CycleConversion?
  var cpuStatistics: [(buffer: String, text: String)] = []
  var buffers: [Buffer] = []
  /// Sections by number.
  var sections: [UInt16: UInt64] = [:]
  /// The options that a copy of the recording needs, as they are.
  var copied: [(id: UInt16, data: [UInt8])] = []
  private var statisticsBuffer = ""
  private static let mostBuffers = 4096
  /// No machine that Linux runs on has more CPUs.
  static let mostCPUs = 65536

  /// Takes one option. Throws where its data is shorter than its kind needs.
  mutating func take(
    _ id: UInt16, _ data: [UInt8], at place: UInt64, version: Int, _ order: ByteOrder,
    _ damage: DamageLog
  ) throws(TraceError) {
    var reader = ByteReader(data, order: order, base: place)
    if ID.copied.contains(id) { copied.append((id, data)) }
    switch id {
    case ID.date: date = (date ?? 0) &+ (try number(data, at: place) &* 1000)
    case ID.offset: offset &+= try number(data, at: place)
    case ID.cpuStatistics: takeStatistics(text(data))
    case ID.traceClock: takeClockList(text(data))
    case ID.uname: uname = text(data)
    case ID.version: recorder = text(data)
    case ID.cpuCount: try takeCPUCount(&reader)
    case ID.cycles: try takeCycles(&reader, damage)
    case ID.timeShift:
      damage.note(
        "time shift",
        "the time shift of a guest's recording (option at byte \(hex(place))) is not "
          + "applied: its times are the guest's")
    case ID.buffer: try takeBuffer(&reader, version)
    case ID.bufferText:
      damage.error("text buffer", "a buffer recorded as text is skipped, at byte \(hex(place))")
    case ID.metadata where version >= 7:
      if sections[id] == nil { sections[id] = try reader.u64() }
    default: break
    }
  }

  private mutating func takeCPUCount(_ reader: inout ByteReader) throws(TraceError) {
    let count = try reader.u32()
    guard count <= TraceDatOptions.mostCPUs else {
      throw TraceError("\(count) CPUs cannot be", at: reader.offset)
    }
    cpuCount = count
  }

  private mutating func takeCycles(
    _ reader: inout ByteReader, _ damage: DamageLog
  ) throws(TraceError) {
    let place = reader.offset
    let multiplier = try reader.u32()
    let shift = try reader.u32()
    let offset = try reader.u64()
    if multiplier == 0 || shift >= 128 {
      damage.note("cycle conversion", "a conversion of cycles that means nothing, at \(hex(place))")
    } else {
      cycles = .init(multiplier: multiplier, shift: shift, offset: offset)
    }
  }

  private mutating func takeBuffer(_ reader: inout ByteReader, _ version: Int) throws(TraceError) {
    guard buffers.count < TraceDatOptions.mostBuffers else {
      throw TraceError("more than \(TraceDatOptions.mostBuffers) buffers", at: reader.offset)
    }
    let place = try reader.u64()
    var buffer = Buffer(name: try reader.string(), place: place)
    if version >= 7 {
      buffer.clock = try reader.string()
      buffer.pageSize = try reader.u32()
      let count = try reader.u32()
      guard UInt64(count) <= reader.remaining / 20 else {
        throw TraceError("a buffer of \(count) CPUs, which the file cannot hold", at: reader.offset)
      }
      for _ in 0..<count {
        buffer.cpus.append(
          .init(cpu: try reader.u32(), offset: try reader.u64(), size: try reader.u64()))
      }
    }
    buffers.append(buffer)
  }

  /// A block of an instance starts with an option that holds only `\nBuffer: NAME\n\n`.
  private mutating func takeStatistics(_ text: String) {
    let title = "\nBuffer: "
    if text.hasPrefix(title) {
      statisticsBuffer = String(text.dropFirst(title.count).prefix { $0 != "\n" })
    } else {
      cpuStatistics.append((statisticsBuffer, text))
    }
  }

  /// The clock in use stands in brackets: `local [mono] boot`.
  private mutating func takeClockList(_ text: String) {
    guard let open = text.firstIndex(of: "["), let close = text[open...].firstIndex(of: "]") else {
      return
    }
    clocks.append(String(text[text.index(after: open)..<close]))
  }
}

/// A text without its NUL.
private func text(_ data: [UInt8]) -> String {
  String(decoding: data.prefix { $0 != 0 }, as: UTF8.self)
}

/// A decimal or `0x` number as text, with a sign or without; negative ones wrap.
private func number(_ data: [UInt8], at place: UInt64) throws(TraceError) -> UInt64 {
  var digits = text(data).drop { $0 == " " }.prefix { !$0.isWhitespace }
  let isNegative = digits.hasPrefix("-")
  if isNegative || digits.hasPrefix("+") { digits = digits.dropFirst() }
  let isHex = digits.hasPrefix("0x") || digits.hasPrefix("0X")
  guard let value = UInt64(isHex ? digits.dropFirst(2) : digits, radix: isHex ? 16 : 10) else {
    throw TraceError("a number was expected in an option", at: place)
  }
  return isNegative ? 0 &- value : value
}
