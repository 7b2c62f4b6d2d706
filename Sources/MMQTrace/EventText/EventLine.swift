// A line of the kernel's `trace` file: task, CPU, flags, time, event and its text.

/// Writes records as lines. Made once per recording.
///
/// A line is `%16s-%-7d [CPU] FLAGS SECONDS.MICROSECONDS: event: text`, as trace_print_context in
/// kernel/trace/trace_output.c prints it. The task's name is the last one that the recorder saved.
public struct EventLine {
  private let source: any TraceSource
  private var context: EventTextContext
  private let schemas: [Int: EventSchema]
  /// By record type; made when its first record comes, since a recording describes many more events
  /// than it has records of.
  private var kinds: [Kind?]
  private let comms: [Int32: [UInt8]]
  private let comm: ((Int32) -> [UInt8]?)?
  /// The columns of tasks whose names stay as they are.
  private var tasks: [Int32: [UInt8]] = [:]
  /// Damaged records may have any thread ids.
  private static let mostTasks = 1 << 15
  private let isNanoseconds: Bool
  /// Linux 6.13 gave the flag bit 2 a new meaning.
  private let hasLazyResched: Bool

  /// What the lines of one type of record need.
  private final class Kind {
    let text: EventText
    let common: CommonFields
    /// Those that were met so far.
    var reasons: TextReasons = []

    init(_ text: EventText, _ common: CommonFields) { (self.text, self.common) = (text, common) }
  }

  /// `symbols` are used instead of the source's own. `comm` is asked first for a thread's name: on a
  /// live machine it knows new ones.
  public init(
    _ source: any TraceSource, symbols: KernelSymbols? = nil,
    comm: ((Int32) -> [UInt8]?)? = nil
  ) {
    self.source = source
    self.comm = comm
    context = EventTextContext(source, symbols: symbols)
    schemas = Dictionary(
      source.schemas.filter { (0..<RecordWish.typeCount) ~= $0.id }.map { ($0.id, $0) },
      uniquingKeysWith: { first, _ in first })
    kinds = Array(repeating: nil, count: (schemas.keys.max() ?? -1) + 1)
    comms = Dictionary(
      source.savedComms.map { ($0.tid, Array($0.comm.utf8)) }, uniquingKeysWith: { _, last in last }
    )
    isNanoseconds = source.clock.isNanoseconds
    hasLazyResched = source.machine.isLinux(6, 13)
  }

  /// Appends the line of a record without a line break at its end. `time` is in nanoseconds, or in
  /// the units of a clock that doesn't count them.
  public mutating func append(
    _ record: EventRef, type: Int, cpu: UInt32, time: UInt64, to out: inout [UInt8]
  ) {
    guard let kind = kind(type) else {
      appendContext(record, .usual, cpu, time, &out)
      out.append("Unknown type ")
      return out.appendDecimal(UInt64(truncatingIfNeeded: type))
    }
    appendContext(record, kind.common, cpu, time, &out)
    out.append(contentsOf: kind.text.prefix)
    let met = kind.text.append(record, to: &out)
    if !met.isSubset(of: kind.reasons) { kind.reasons.formUnion(met) }
  }

  private mutating func kind(_ type: Int) -> Kind? {
    guard kinds.indices.contains(type) else { return nil }
    if let kind = kinds[type] { return kind }
    guard let schema = schemas[type] else { return nil }
    context.values.learn(for: schema.printFormat, from: source)
    let kind = Kind(EventText(schema, context), CommonFields(schema))
    kinds[type] = kind
    return kind
  }

  /// The reasons met so far, by record type.
  public var reasons: [Int: TextReasons] {
    var reasons: [Int: TextReasons] = [:]
    for (type, kind) in kinds.enumerated() {
      if let kind, !kind.reasons.isEmpty { reasons[type] = kind.reasons }
    }
    return reasons
  }

  /// A sentence for each reason met, with the event's name in front.
  public func sentences(_ schemas: [EventSchema]) -> [String] {
    schemas.flatMap { schema -> [String] in
      guard kinds.indices.contains(schema.id), let kind = kinds[schema.id] else { return [] }
      return kind.text.sentences(kind.reasons).map { "\(schema.fullName): \($0)" }
    }
  }

  // MARK: The part before the event

  private mutating func appendContext(
    _ record: EventRef, _ common: CommonFields, _ cpu: UInt32, _ time: UInt64,
    _ out: inout [UInt8]
  ) {
    let tid = Int32(truncatingIfNeeded: common.pid.flatMap { record.integer($0) } ?? 0)
    let cpu =
      common.cpu.flatMap { record.integer($0) }.map { UInt32(truncatingIfNeeded: $0) } ?? cpu
    if tid != 0, let name = common.comm.flatMap({ record.string($0) }) {
      EventLine.appendTask(name, tid, &out)
    } else {
      appendTask(tid, &out)
    }
    out.append(" [")
    out.appendNumber(
      UInt64(cpu), isSigned: false, base: 10, TextFormat(isZeroPadded: true, width: 3))
    out.append("] ")
    if let field = common.flags {
      let flags = record.integer(field) ?? 0
      let depth = common.preemptCount.flatMap { record.integer($0) } ?? 0
      appendFlags(UInt8(truncatingIfNeeded: flags), UInt8(truncatingIfNeeded: depth), &out)
      out.append(UInt8(ascii: " "))
    }
    appendTime(time, &out)
    out.append(": ")
  }

  /// `%16s-%-7d`
  private mutating func appendTask(_ tid: Int32, _ out: inout [UInt8]) {
    if let task = tasks[tid] { return out.append(contentsOf: task) }
    let start = out.count
    if tid == 0 {
      EventLine.appendTask("<idle>".utf8, tid, &out)
    } else if tid < 0 {
      EventLine.appendTask("<XXX>".utf8, tid, &out)
    } else if let name = comm?(tid) ?? comms[tid] {
      EventLine.appendTask(name, tid, &out)
    } else {
      EventLine.appendTask("<...>".utf8, tid, &out)
    }
    if comm == nil, tasks.count < EventLine.mostTasks { tasks[tid] = Array(out[start...]) }
  }

  private static func appendTask(_ name: some Sequence<UInt8>, _ tid: Int32, _ out: inout [UInt8]) {
    let start = out.count
    out.append(contentsOf: name)
    out.pad(from: start, TextFormat(width: 16))
    out.append(UInt8(ascii: "-"))
    out.appendNumber(
      UInt64(bitPattern: Int64(tid)), isSigned: true, base: 10,
      TextFormat(isLeft: true, width: 7))
  }

  /// Microseconds, rounded; other units as a bare number.
  private func appendTime(_ time: UInt64, _ out: inout [UInt8]) {
    guard isNanoseconds else {
      return out.appendNumber(time, isSigned: false, base: 10, TextFormat(width: 12))
    }
    let microseconds = (time &+ 500) / 1000
    out.appendNumber(
      microseconds / 1_000_000, isSigned: false, base: 10, TextFormat(width: 5))
    out.append(UInt8(ascii: "."))
    out.appendNumber(
      microseconds % 1_000_000, isSigned: false, base: 10,
      TextFormat(isZeroPadded: true, width: 6))
  }

  /// Five columns: interrupts, rescheduling, context, preemption depth, migration depth. Follows
  /// trace_print_lat_fmt.
  private func appendFlags(_ flags: UInt8, _ depth: UInt8, _ out: inout [UInt8]) {
    let off: StaticString =
      switch (flags & 0x01 != 0, flags & 0x80 != 0) {
      case (true, true): "D"
      case (true, false): "d"
      case (false, true): "b"
      case (false, false): flags & 0x02 != 0 && !hasLazyResched ? "X" : "."
      }
    out.append(off)
    out.append(resched(flags))
    let context: StaticString =
      switch (flags & 0x40 != 0, flags & 0x08 != 0, flags & 0x10 != 0) {
      case (true, true, _): "Z"
      case (true, false, _): "z"
      case (false, true, true): "H"
      case (false, true, false): "h"
      case (false, false, true): "s"
      case (false, false, false): "."
      }
    out.append(context)
    for nibble in [depth & 15, depth >> 4] {
      if nibble == 0 { out.append(UInt8(ascii: ".")) } else { out.appendHex(UInt64(nibble)) }
    }
  }

  /// need-resched, lazy and the preempt count's own bit.
  private func resched(_ flags: UInt8) -> StaticString {
    let isLazy = hasLazyResched && flags & 0x02 != 0
    return switch (flags & 0x04 != 0, isLazy, flags & 0x20 != 0) {
    case (true, true, true): "B"
    case (false, true, true): "L"
    case (true, true, false): "b"
    case (false, true, false): "l"
    case (true, false, true): "N"
    case (true, false, false): "n"
    case (false, false, true): "p"
    case (false, false, false): "."
    }
  }
}

extension TracedMachine {
  /// Whether its kernel is of that version or later; one without a version is taken for new.
  func isLinux(_ major: Int, _ minor: Int) -> Bool {
    let parts = (kernelRelease ?? "").split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
    guard parts.count == 2 else { return true }
    return (parts[0], parts[1]) >= (major, minor)
  }
}

/// The fields that the line itself shows.
private struct CommonFields {
  var pid: Field?
  var flags: Field?
  var preemptCount: Field?
  /// Of records that were text.
  var cpu: Field?
  var comm: Field?

  init(_ schema: EventSchema) {
    pid = schema.field(named: "common_pid")
    flags = schema.field(named: "common_flags")
    preemptCount = schema.field(named: "common_preempt_count")
    cpu = schema.field(named: Field.commonCPU)
    comm = schema.field(named: Field.commonComm)
  }

  private init() {
    func field(_ name: String, _ offset: Int, _ size: Int) -> Field {
      Field(
        name: name, typeText: "", offset: offset, size: size, isSigned: false, shape: .integer,
        isCommon: true)
    }
    pid = field("common_pid", 4, 4)
    flags = field("common_flags", 2, 1)
    preemptCount = field("common_preempt_count", 3, 1)
  }

  /// Where all kernels of today have them: for records of unknown types.
  static let usual = CommonFields()
}
