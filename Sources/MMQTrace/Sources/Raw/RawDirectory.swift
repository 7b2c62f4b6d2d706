// A directory of raw sub-buffers: what a crash kernel, an embedded board, or `cat` leaves of tracefs.

/// Files of sub-buffers, one for each CPU, as `per_cpu/cpuN/trace_pipe_raw` gives them, beside copies of
/// files of tracefs that say what is in them: `events/`, and where they are there `kallsyms`,
/// `saved_cmdlines`, `saved_tgids`, `printk_formats`, `trace_clock` and `uname`.
public final class RawDirectory: DivisibleSource {
  public let name: String
  public let machine: TracedMachine
  public let schemas: [EventSchema]
  public let clock: TraceClock
  public let savedComms: [(tid: Int32, comm: String)]
  public let savedGroups: [(thread: Int32, process: Int32)]
  public let printkFormats: String
  public let damage: DamageLog
  private let layout: RingLayout
  private let extents: [Extent]
  private let files: [RawFile]
  private let symbols: KeptSymbols

  /// Reads everything but the records and the symbols. `formats` are for a directory that has none.
  public init(path: String, formats: EventFormats? = nil) throws(TraceError) {
    let damage = DamageLog()
    let files = try RawFile.all(in: path, damage)
    let events = EventDirectory.find(in: path)
    guard events != nil || formats != nil else {
      throw TraceError(
        "has no formats of events: copy events/ of the traced machine's tracefs into it, or name them with "
          + "--formats")
    }
    let layout = RawLayout.find(events?.headerPage, for: files, damage)
    name = path
    self.layout = layout
    self.files = files
    self.damage = damage
    schemas =
      events?.schemas(longSize: layout.commitSize, damage) ?? formats?.schemas ?? []
    extents = files.flatMap { RawScan(of: $0, layout).extents(damage) }
    machine = TracedMachine(
      byteOrder: layout.byteOrder, longSize: layout.commitSize, pageSize: 4096,
      uname: KernelFile.line(of: path + "/uname"),
      cpuCount: files.map { Int($0.cpu) + 1 }.max())
    clock = TraceClock(name: KernelFile.line(of: path + "/trace_clock").flatMap(RawDirectory.clock))
    printkFormats = KernelFile.line(of: path + "/printk_formats") ?? ""
    savedComms = SavedTasks.comms(RawDirectory.text(path + "/saved_cmdlines"), damage)
    savedGroups = SavedTasks.groups(RawDirectory.text(path + "/saved_tgids"), damage)
    symbols = KeptSymbols { KernelSymbols(kallsyms: RawDirectory.text(path + "/kallsyms")) }
  }

  public var formatDescription: String {
    "raw sub-buffers of \(layout.subBufferSize) bytes"
  }

  public var bytesRead: (soFar: UInt64, inOnePass: UInt64)? {
    (files.reduce(0) { $0 + $1.file.bytesRead }, extents.storedBytes)
  }

  public func openStreams() -> [any PageStream] { extents.streams(ahead: nil) }

  public func openStreams(_ ahead: WorkQueue) -> [any PageStream] { extents.streams(ahead: ahead) }

  public func openParts(of size: Int?) -> RecordingParts {
    RecordingParts(extents, partSize: size)
  }

  /// One sub-buffer of each run is enough.
  public var firstStamp: UInt64? { extents.firstStamp }
  public var lastStamp: UInt64? { extents.lastStamp }

  /// For any thread.
  public func kernelSymbols() -> KernelSymbols { symbols.get() }

  public var keptSymbols: KeptSymbols? { symbols }

  /// What is not there is empty.
  private static func text(_ path: String) -> [UInt8] { (try? KernelFile.text(of: path)) ?? [] }

  /// The clock in brackets of tracefs' own list, or the one word that somebody wrote down.
  private static func clock(_ text: String) -> String? {
    guard let open = text.firstIndex(of: "["), let close = text[open...].firstIndex(of: "]") else {
      return text.isEmpty || text.contains(" ") ? nil : text
    }
    return String(text[text.index(after: open)..<close])
  }
}
