// A recording as a directory of raw sub-buffers, beside the texts that say what is in them.

internal import Glibc
public import MMQTrace

/// Takes a recording apart: what tracefs would hold of it.
public struct RawCopy: Sendable {
  /// Only the first sub-buffers of each CPU; nil takes all.
  public var pages: Int?
  /// Leaves the kernel's symbols out.
  public var dropsSymbols = false

  public init() {}

  /// Writes the copy of `source` to a new directory.
  public func copy(_ source: TraceDat, to path: String) throws(TraceError) -> Stretch.Result {
    try makeDirectory(path)
    try writeTexts(source, path)
    var result = Stretch.Result(events: 0, pages: 0, times: 1)
    for stream in source.openStreams() { try copy(stream, below: path, &result) }
    return result
  }

  // MARK: Sub-buffers

  private func copy(
    _ stream: any PageStream, below path: String, _ result: inout Stretch.Result
  ) throws(TraceError) {
    let place = stream.buffer.isEmpty ? path : "\(path)/instances/\(stream.buffer)"
    let directory = "\(place)/per_cpu/cpu\(stream.cpu)"
    try makeDirectory(directory)
    let file = try OutputFile(path: directory + "/trace_pipe_raw")
    var cursor = RingCursor(byteOrder: stream.layout.byteOrder)
    var left = pages ?? .max
    while left > 0, let page = stream.nextPage() {
      left -= 1
      result.pages += 1
      _ = cursor.open(page, stream.layout)
      while cursor.next() { result.events += 1 }
      try file.write(page)
      try file.align(to: UInt64(stream.layout.subBufferSize))
    }
    try file.flush()
  }

  // MARK: Texts

  private func writeTexts(_ source: TraceDat, _ path: String) throws(TraceError) {
    let metadata = try source.copyMetadata()
    try makeDirectory(path + "/events")
    try each(16, metadata) { (reader: inout ByteReader) throws(TraceError) in
      for _ in 0..<2 {
        let name = try reader.string()
        try write(try reader.bytes(try reader.u64()), "\(path)/events/\(name)")
      }
    }
    try each(17, metadata) { (reader: inout ByteReader) throws(TraceError) in
      try writeFormats(&reader, of: "ftrace", path)
    }
    try each(18, metadata) { (reader: inout ByteReader) throws(TraceError) in
      for _ in 0..<(try reader.u32()) {
        try writeFormats(&reader, of: try reader.string(), path)
      }
    }
    for (id, name) in [(19, "kallsyms"), (20, "printk_formats")] where id != 19 || !dropsSymbols {
      try each(UInt16(id), metadata) { (reader: inout ByteReader) throws(TraceError) in
        try write(try reader.bytes(UInt64(try reader.u32())), "\(path)/\(name)")
      }
    }
    try each(21, metadata) { (reader: inout ByteReader) throws(TraceError) in
      try write(try reader.bytes(try reader.u64()), path + "/saved_cmdlines")
    }
    if let clock = source.clock.name {
      try write(Array("[\(clock)]\n".utf8), path + "/trace_clock")
    }
    if let uname = source.machine.uname { try write(Array("\(uname)\n".utf8), path + "/uname") }
  }

  /// Reads one item of the metadata, if it is there.
  private func each(
    _ item: UInt16, _ metadata: RecordingMetadata,
    _ body: (inout ByteReader) throws(TraceError) -> Void
  ) throws(TraceError) {
    guard let bytes = metadata.items[item] else { return }
    var reader = ByteReader(bytes, order: metadata.byteOrder)
    try body(&reader)
  }

  private func writeFormats(
    _ reader: inout ByteReader, of system: String, _ path: String
  ) throws(TraceError) {
    for _ in 0..<(try reader.u32()) {
      let text = try reader.bytes(try reader.u64())
      let start = String(decoding: text.prefix(200), as: UTF8.self)
      let name = start.split(separator: "\n").first?.dropFirst("name: ".count) ?? "?"
      let directory = "\(path)/events/\(system)/\(name)"
      try makeDirectory(directory)
      try write(text, directory + "/format")
    }
  }

  private func write(_ bytes: [UInt8], _ path: String) throws(TraceError) {
    let file = try OutputFile(path: path)
    try file.write(bytes)
    try file.flush()
  }

  /// With all that it lies in.
  private func makeDirectory(_ path: String) throws(TraceError) {
    var made = path.hasPrefix("/") ? "" : "."
    for part in path.split(separator: "/") {
      made += "/" + part
      guard mkdir(made, 0o777) != 0, errno != EEXIST else { continue }
      throw TraceError("cannot be made: \(String(cString: strerror(errno)))")
    }
  }
}
