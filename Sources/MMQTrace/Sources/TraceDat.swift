// trace-cmd's recordings: trace.dat of versions 6 and 7.

/// An opened `trace.dat`. Follows the man pages trace-cmd.dat.v6 and trace-cmd.dat.v7.
public final class TraceDat: DivisibleSource {
  public let name: String
  public let machine: TracedMachine
  public let schemas: [EventSchema]
  public let clock: TraceClock
  public let savedComms: [(tid: Int32, comm: String)]
  /// Only recordings of mmq have them.
  public let savedGroups: [(thread: Int32, process: Int32)]
  public let damage: DamageLog
  /// 6 or 7.
  public let version: Int
  /// `none`, `zlib` or `zstd`.
  public let compression: String
  /// Lines of `0xaddress : "text"`, the strings that `trace_printk` names by address.
  public let printkFormats: String
  /// The recorder's version, if recorded.
  public let recorder: String?
  /// The kernel's `per_cpu/cpuN/stats` at the end of the recording; `""` is the top-level buffer.
  public let cpuStatistics: [(buffer: String, text: String)]
  /// The buffers in the order of the file, those without data included.
  public let buffers: [Buffer]
  private let file: InputFile
  let loader: TraceDatLoader
  private let extents: [Extent]
  private let symbols: KeptSymbols

  /// One buffer of the recording.
  public struct Buffer: Sendable {
    /// The instance's name; `""` for the top-level buffer.
    public var name: String
    /// What the recording calls its clock; wrong for some instances.
    public var clock: String?
    /// CPUs with data, ascending.
    public var cpus: [UInt32]
  }

  /// True if a file that starts with `head` is a trace.dat; 10 bytes are enough.
  public static func recognises(_ head: UnsafeRawBufferPointer) -> Bool {
    head.count >= TraceDatLoader.magic.count
      && head.prefix(TraceDatLoader.magic.count).elementsEqual(TraceDatLoader.magic)
  }

  /// Opens a recording; `-` is standard input.
  public convenience init(path: String) throws(TraceError) {
    try self.init(try InputFile(path: path))
  }

  /// Reads the metadata. Throws where nothing can be read; other damage is in `damage`.
  public init(_ file: InputFile) throws(TraceError) {
    let damage = DamageLog()
    var loader = try TraceDatLoader(file, damage)
    try loader.load()
    let extents = loader.extents()
    let options = loader.options
    name = file.path
    version = loader.version
    compression = loader.method.rawValue
    schemas = loader.schemas.all
    savedComms = loader.comms
    savedGroups = loader.groups
    printkFormats = loader.printkFormats
    recorder = options.recorder
    cpuStatistics = options.cpuStatistics
    machine = TracedMachine(
      byteOrder: loader.order, longSize: loader.layout.commitSize, pageSize: loader.pageSize,
      uname: options.uname, cpuCount: options.cpuCount.map(Int.init))
    clock = loader.clock()
    buffers = options.buffers.map { buffer in
      Buffer(
        name: buffer.name, clock: buffer.clock,
        cpus: extents.filter { $0.buffer == buffer.name }.map(\.cpu))
    }
    self.damage = damage
    self.file = file
    self.loader = loader
    self.extents = extents
    symbols = KeptSymbols { [loader] () throws(TraceError) in try loader.symbols() }
  }

  public var formatDescription: String {
    version == 6 ? "trace.dat version 6" : "trace.dat version 7, \(compressionText)"
  }

  private var compressionText: String { compression == "none" ? "uncompressed" : compression }

  public var bytesRead: (soFar: UInt64, inOnePass: UInt64)? {
    (file.bytesRead, extents.storedBytes)
  }

  public func openStreams() -> [any PageStream] { extents.streams(ahead: nil) }

  public func openStreams(_ ahead: WorkQueue) -> [any PageStream] { extents.streams(ahead: ahead) }

  public func openParts(of size: Int?) -> RecordingParts {
    RecordingParts(extents, partSize: size)
  }

  /// For any thread.
  public func kernelSymbols() -> KernelSymbols {
    symbols.get { problem in
      damage.error("damaged symbols", "the kernel's symbols cannot be read: \(problem.message)")
    }
  }

  public var keptSymbols: KeptSymbols? { symbols }

  /// One chunk, or one sub-buffer, of each CPU is enough.
  public var firstStamp: UInt64? { extents.firstStamp }
  public var lastStamp: UInt64? { extents.lastStamp }
}
