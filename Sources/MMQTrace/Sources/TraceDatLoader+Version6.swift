// Version 6: the items follow each other, then come the tables of the data.

extension TraceDatLoader {
  mutating func loadVersion6() throws(TraceError) {
    var reader = ByteReader(file: file, at: headEnd, order: order)
    do throws(TraceError) {
      for id in TraceDatOptions.ID.metadata {
        let start = reader.offset
        try readItem(id, &reader)
        items[id] = Section(offset: start, size: reader.offset - start, isCompressed: false)
      }
      try readTables(&reader)
    } catch {
      throw TraceError("is cut or damaged before its events: \(error.message)")
    }
  }

  /// The count of CPUs, the options, and the table of the top-level buffer and of the instances.
  private mutating func readTables(_ reader: inout ByteReader) throws(TraceError) {
    var count = try reader.u32()
    var tag = try readTag(&reader)
    if tag == "options" {
      try readOptions(&reader)
      tag = try readTag(&reader)
      count = options.cpuCount ?? count
    }
    guard count <= TraceDatOptions.mostCPUs else {
      throw TraceError("\(count) CPUs cannot be", at: reader.offset)
    }
    options.cpuCount = count
    let instances = options.buffers
    options.buffers = []
    guard tag != "latency" else {
      throw TraceError("it holds a latency trace as text; mmq reads recordings of the ring buffer")
    }
    guard tag == "flyrecord" else { throw TraceError("no data follows", at: reader.offset) }
    let top = TraceDatOptions.Buffer(name: "", place: reader.offset)
    options.buffers.append(try table(top, count, &reader))
    for instance in instances {
      readInstance(instance, count)
    }
  }

  /// `options  `, `latency  ` or `flyrecord`, and a NUL.
  private func readTag(_ reader: inout ByteReader) throws(TraceError) -> String {
    let tag = try reader.bytes(10)
    return String(decoding: tag.prefix { $0 != 32 && $0 != 0 }, as: UTF8.self)
  }

  private mutating func readOptions(_ reader: inout ByteReader) throws(TraceError) {
    while true {
      let id = try reader.u16()
      if id == 0 { return }
      let size = UInt64(try reader.u32())
      let place = reader.offset
      let data = try reader.bytes(size)
      do throws(TraceError) {
        try options.take(id, data, at: place, version: 6, order, damage)
      } catch {
        damage.error("damaged option", "option \(id): \(error.message)")
      }
    }
  }

  private mutating func readInstance(_ instance: TraceDatOptions.Buffer, _ count: UInt32) {
    var reader = ByteReader(file: file, at: instance.place, order: order)
    do throws(TraceError) {
      guard try readTag(&reader) == "flyrecord" else {
        throw TraceError("no table of data", at: instance.place)
      }
      options.buffers.append(try table(instance, count, &reader))
    } catch {
      damage.error("lost buffer", "buffer '\(instance.name)' is lost: \(error.message)")
    }
  }

  /// Of each CPU `u64` offset and `u64` size; then the clock, `u64` size and `[name]`, which old
  /// recorders don't write.
  private func table(
    _ empty: TraceDatOptions.Buffer, _ count: UInt32, _ reader: inout ByteReader
  ) throws(TraceError) -> TraceDatOptions.Buffer {
    guard UInt64(count) <= reader.remaining / 16 else {
      throw TraceError("a table of \(count) CPUs, which the file cannot hold", at: reader.offset)
    }
    var buffer = empty
    for cpu in 0..<count {
      buffer.cpus.append(.init(cpu: cpu, offset: try reader.u64(), size: try reader.u64()))
    }
    let data = buffer.cpus.filter { $0.size > 0 }.map(\.offset).min() ?? file.size
    if let size = try? reader.u64(), size <= 256, reader.offset + size <= data,
      let text = try? reader.bytes(size)
    {
      let name = text.filter { $0 > 32 && $0 != 91 && $0 != 93 }
      buffer.clock = name.isEmpty ? nil : String(decoding: name, as: UTF8.self)
    }
    return buffer
  }
}
