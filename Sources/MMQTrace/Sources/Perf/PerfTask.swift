// What perf records of threads: their names and their starts.

/// A COMM or a FORK record.
struct PerfTask {
  enum Kind {
    case comm([UInt8])
    /// The new thread has its maker's name.
    case fork(maker: Int32)
  }

  let time: UInt64
  let thread: Int32
  let process: Int32
  let kind: Kind

  /// COMM: `u32` process, `u32` thread, name. FORK: `u32` process, parent, thread, maker, `u64` time.
  init?(
    _ record: UnsafeRawPointer, _ type: UInt32, _ size: Int, _ layouts: PerfSampleLayouts
  ) {
    let order = layouts.order
    let isFork = type == PerfRecordType.fork
    guard size >= (isFork ? 32 : 16) else { return nil }
    process = record.load(Int32.self, at: 8, order)
    thread = record.load(Int32.self, at: isFork ? 16 : 12, order)
    if isFork {
      kind = .fork(maker: record.load(Int32.self, at: 20, order))
      time = record.load(UInt64.self, at: 24, order)
    } else {
      let text = UnsafeRawBufferPointer(start: record + 16, count: size - 16)
      kind = .comm(Array(text.prefix { $0 != 0 }))
      // Without a trailer it is one that perf made at the start, or an old kernel's.
      time = layouts.trailer(record, size)?.time ?? 0
    }
  }
}

/// A thread's name and process from some time on.
struct PerfTaskState {
  var time: UInt64
  var thread: Int32
  var process: Int32
  /// nil where it is not known.
  var comm: [UInt8]?

  /// From records as they are in the file. What was so at the first sample holds from it on, whatever was
  /// before; what changes after the last sample concerns nobody.
  static func all(_ tasks: [PerfTask], from first: UInt64, to last: UInt64) -> [PerfTaskState] {
    var names: [Int32: [UInt8]] = [:]
    var atFirst: [Int32: PerfTaskState] = [:]
    var states: [PerfTaskState] = []
    // Stable, as perf does it: equal times in the order of the file.
    let order = tasks.indices.sorted { (tasks[$0].time, $0) < (tasks[$1].time, $1) }
    for index in order where tasks[index].time <= last {
      let task = tasks[index]
      switch task.kind {
      case .comm(let name): names[task.thread] = name
      case .fork(let maker): names[task.thread] = names[maker]
      }
      let state = PerfTaskState(
        time: max(task.time, first), thread: task.thread, process: task.process,
        comm: names[task.thread])
      if task.time <= first { atFirst[task.thread] = state } else { states.append(state) }
    }
    return atFirst.sorted { $0.key < $1.key }.map(\.value) + states
  }
}

/// Records of mmq's own that tell of tasks: no script sees them.
enum PerfTaskEvents {
  static let names = ["comm", "group"]

  /// Both events, with types that no event of the file has.
  static func schemas(besides others: [EventSchema]) -> [EventSchema] {
    let taken = Set(others.map(\.id))
    let free = (0...0xffff).reversed().lazy.filter { !taken.contains($0) }.prefix(names.count)
    return zip(names, free).map { name, id in
      EventSchema(id: id, system: "perf", name: name, fields: fields)
    }
  }

  private static let fields = [
    field("common_type", 0, 2, .integer), field("tid", 4, 4, .integer),
    field("pid", 8, 4, .integer), field("comm", 12, 16, .string),
  ]
  private static let size = 28

  private static func field(
    _ name: String, _ offset: Int, _ size: Int, _ shape: Field.Shape
  ) -> Field {
    Field(
      name: name, typeText: "", offset: offset, size: size, isSigned: name != "common_type",
      shape: shape, isCommon: name == "common_type")
  }

  static func record(_ state: PerfTaskState, type: Int, _ order: ByteOrder) -> [UInt8] {
    var bytes: [UInt8] = []
    func append(_ value: UInt32) {
      withUnsafeBytes(of: order == .little ? value.littleEndian : value.bigEndian) { bytes += $0 }
    }
    let type = UInt32(type)
    append(order == .little ? type : type << 16)
    append(UInt32(bitPattern: state.thread))
    append(UInt32(bitPattern: state.process))
    bytes += (state.comm ?? []).prefix(15)
    return bytes + [UInt8](repeating: 0, count: size - bytes.count)
  }
}

/// The states of tasks as a stream of records.
final class PerfTaskStream: PageStream {
  let cpu = UInt32.max
  let buffer = ""
  let layout: RingLayout
  let tellsOfTasksOnly = true
  private let states: [PerfTaskState]
  private let types: [Int]
  private var pages: PagePacker
  private var next = 0

  init(_ states: [PerfTaskState], _ schemas: [EventSchema], _ order: ByteOrder) {
    self.states = states
    types = schemas.map(\.id)
    pages = PagePacker(order, BlockPool())
    layout = PagePacker.layout(order)
  }

  func nextPage() -> UnsafeRawBufferPointer? {
    pages.begin()
    while next < states.count, append(states[next]) { next += 1 }
    return pages.isEmpty ? nil : pages.finished()
  }

  /// A name, if it is known, and the process. A name that comes twice does no harm.
  private func append(_ state: PerfTaskState) -> Bool {
    for (index, type) in types.enumerated() where index > 0 || state.comm != nil {
      let record = PerfTaskEvents.record(state, type: type, layout.byteOrder)
      let isIn = record.withUnsafeBytes { pages.append($0, at: state.time) }
      if !isIn { return false }
    }
    return true
  }
}
