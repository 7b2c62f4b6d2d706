// Writing trace.dat recordings of versions 6 and 7.

public import MMQTrace

/// Writes a recording from front to back: its memory doesn't grow with the recording. The order is
/// `beginBuffer`, then for each CPU `beginCPU` and `write`, at last `finish`.
public final class TraceDatWriter {
  public struct Options: Sendable {
    /// 6 or 7.
    public var version: Int
    /// Version 6 knows only `none`.
    public var compression: RecordingCompression
    /// Names of the instances that will follow the top-level buffer; version 6 needs them first.
    public var instances: [String]

    public init(
      version: Int = 7, compression: RecordingCompression = .zstd, instances: [String] = []
    ) {
      self.version = version
      self.compression = compression
      self.instances = instances
    }
  }

  /// The data of one CPU: where it is in the file.
  struct CPU {
    var cpu: UInt32
    var offset: UInt64
    var size: UInt64 = 0
    /// Chunks so far, if compressed.
    var chunks: UInt32 = 0
  }

  /// The buffer that is being written.
  struct Buffer {
    var name: String
    var clock: String
    var pageSize: UInt32
    /// Where its section (version 7) or table (version 6) is.
    var place: UInt64
    var cpus: [CPU] = []
  }

  let file: OutputFile
  let metadata: RecordingMetadata
  let options: Options
  let compressor: Compressor
  var buffer: Buffer?
  /// Pages that wait for their chunk to be full.
  var chunk: [UInt8] = []
  /// Version 6: where the offset of each instance goes. Version 7: where the next options' does.
  var openPlaces: [UInt64] = []
  static let pagesPerChunk = 10
  private static let mostCPUs = 65536

  /// Creates the file and writes the metadata.
  public convenience init(
    path: String, metadata: RecordingMetadata, options: Options = Options()
  ) throws(TraceError) {
    try Self.check(metadata, options)
    try self.init(try OutputFile(path: path), metadata, options)
  }

  /// Writes the metadata to a file that is empty yet.
  init(
    _ file: OutputFile, _ metadata: RecordingMetadata, _ options: Options
  ) throws(TraceError) {
    self.file = file
    self.metadata = metadata
    self.options = options
    compressor = Compressor(options.compression)
    try writeHead()
    if options.version == 6 { try writeMetadata6() } else { try writeMetadata7() }
  }

  private static func check(
    _ metadata: RecordingMetadata, _ options: Options
  ) throws(TraceError) {
    guard options.version == 7 || options.version == 6 && options.compression == .none else {
      throw TraceError("version \(options.version) with \(options.compression) doesn't exist")
    }
    guard metadata.cpuCount <= Self.mostCPUs else {
      throw TraceError("\(metadata.cpuCount) CPUs are too many")
    }
  }

  /// Starts a buffer; `""` is the top level, which comes first. `pageSize` is that of its
  /// sub-buffers.
  public func beginBuffer(name: String, clock: String, pageSize: Int) throws(TraceError) {
    try endBuffer()
    buffer = Buffer(
      name: name, clock: clock, pageSize: UInt32(clamping: pageSize), place: file.position)
    if options.version == 6 { try beginBuffer6() } else { try beginBuffer7() }
  }

  /// Starts the data of a CPU of the buffer, in ascending order.
  public func beginCPU(_ cpu: UInt32) throws(TraceError) {
    try endCPU()
    guard options.version == 7 || cpu < metadata.cpuCount else {
      throw TraceError("CPU \(cpu) is not one of the \(metadata.cpuCount) that were announced")
    }
    try file.align(to: alignment)
    buffer?.cpus.append(CPU(cpu: cpu, offset: file.position))
  }

  /// Adds whole sub-buffers to the current CPU.
  public func write(_ pages: UnsafeRawBufferPointer) throws(TraceError) {
    guard let buffer, let last = buffer.cpus.indices.last else {
      throw TraceError("sub-buffers without a CPU")
    }
    if options.compression == .none {
      self.buffer?.cpus[last].size += UInt64(pages.count)
      try file.write(pages)
      return
    }
    if buffer.cpus[last].size == 0 { try reserveChunkCount(last) }
    chunk.append(contentsOf: pages)
    if chunk.count >= Int(buffer.pageSize) * Self.pagesPerChunk { try writeChunk() }
  }

  /// The count of chunks comes first, and is known last.
  func reserveChunkCount(_ cpu: Int) throws(TraceError) {
    buffer?.cpus[cpu].size = 4
    try file.write([0, 0, 0, 0])
  }

  /// Completes the file. Nothing may be written after it.
  public func finish() throws(TraceError) {
    try endBuffer()
    if options.version == 7 { try writeStrings() }
    try file.flush()
  }

  private func endBuffer() throws(TraceError) {
    try endCPU()
    guard let done = buffer else { return }
    if options.version == 6 { try endBuffer6(done) } else { try endBuffer7(done) }
    buffer = nil
  }

  private func endCPU() throws(TraceError) {
    guard let cpu = buffer?.cpus.last, cpu.size > 0, options.compression != .none else { return }
    try writeChunk()
    try file.patch(encoded { $0.integer(buffer?.cpus.last?.chunks ?? 0) }, at: cpu.offset)
  }

  private func writeChunk() throws(TraceError) {
    guard !chunk.isEmpty, let last = buffer?.cpus.indices.last else { return }
    let packed = try compressor.compress(chunk)
    try file.write(
      encoded {
        $0.integer(UInt32(packed.count))
        $0.integer(UInt32(chunk.count))
      })
    try file.write(packed)
    buffer?.cpus[last].size += UInt64(packed.count) + 8
    buffer?.cpus[last].chunks += 1
    chunk.removeAll(keepingCapacity: true)
  }

  // MARK: Common parts

  var alignment: UInt64 {
    let size = UInt64(metadata.pageSize)
    return size >= 512 && size & (size - 1) == 0 ? size : 4096
  }

  func encoded(_ fill: (inout ByteWriter) -> Void) -> [UInt8] {
    var writer = ByteWriter(metadata.byteOrder)
    fill(&writer)
    return writer.bytes
  }

  /// Magic, version, byte order, long size, page size.
  private func writeHead() throws(TraceError) {
    try file.write(
      encoded {
        $0.raw([0x17, 0x08, 0x44])
        $0.raw("tracing".utf8)
        $0.string(String(options.version))
        $0.integer(UInt8(metadata.byteOrder == .little ? 0 : 1))
        $0.integer(UInt8(metadata.longSize))
        $0.integer(metadata.pageSize)
      })
  }

  /// An item of the metadata; what is missing is written as empty.
  func item(_ id: UInt16) -> [UInt8] {
    if let item = metadata.items[id] { return item }
    switch id {
    case 16:
      return encoded {
        for name in ["header_page", "header_event"] {
          $0.string(name)
          $0.integer(UInt64(0))
        }
      }
    case 21: return [UInt8](repeating: 0, count: 8)
    default: return [UInt8](repeating: 0, count: 4)
    }
  }
}
