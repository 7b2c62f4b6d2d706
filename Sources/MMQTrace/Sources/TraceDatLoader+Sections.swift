// The content of a section of metadata, unpacked where it is packed.

extension TraceDatLoader {
  /// Where the content of a section is, and how large.
  struct Content {
    /// Of the section's first byte, and of the content's as it is stored.
    var section: UInt64
    var offset: UInt64
    var storedSize: Int
    var size: Int
    var isCompressed: Bool
  }

  /// If compressed, a section is `u32` compressed size, `u32` size, data. Throws where the file does not hold
  /// it, and where its sizes cannot be.
  func content(of section: Section) throws(TraceError) -> Content {
    var reader = ByteReader(file: file, at: section.offset, order: order)
    var size = section.size
    guard section.isCompressed else {
      try reader.check(size)
      return Content(
        section: section.offset, offset: section.offset, storedSize: Int(size), size: Int(size),
        isCompressed: false)
    }
    let packedSize = try reader.u32()
    size = UInt64(try reader.u32())
    guard Decompressor.isBelievable(UInt32(size), from: packedSize, harmless: 1 << 20) else {
      throw TraceError(
        "a section of \(packedSize) bytes says that it holds \(size),", at: section.offset)
    }
    try reader.check(UInt64(packedSize))
    return Content(
      section: section.offset, offset: reader.offset, storedSize: Int(packedSize), size: Int(size),
      isCompressed: true)
  }

  /// Fills so many bytes as the content has. What is packed is read to `room`, if there is enough.
  func read(
    _ content: Content, into target: UnsafeMutableRawBufferPointer,
    through room: UnsafeMutableRawBufferPointer? = nil
  ) throws(TraceError) {
    guard content.isCompressed else {
      return try file.readAll(at: content.offset, into: target)
    }
    var problem: String?
    if let room, room.count >= content.storedSize {
      let packed = UnsafeMutableRawBufferPointer(rebasing: room[..<content.storedSize])
      try file.readAll(at: content.offset, into: packed)
      problem = Decompressor(method).decompress(UnsafeRawBufferPointer(packed), into: target)
    } else {
      let packed = try file.read(at: content.offset, count: content.storedSize)
      problem = packed.withUnsafeBytes { Decompressor(method).decompress($0, into: target) }
    }
    if let problem {
      throw TraceError("a section cannot be decompressed (\(problem)),", at: content.section)
    }
  }

  /// The content, to be read item by item. Places in what was packed count from its start.
  func open(_ section: Section) throws(TraceError) -> ByteReader {
    let content = try content(of: section)
    let bytes = try [UInt8].filled(content.size) { buffer throws(TraceError) in
      try read(content, into: buffer)
    }
    return ByteReader(bytes, order: order, base: section.isCompressed ? 0 : section.offset)
  }

  /// The kernel's symbols, which few programs need: `u32` size, then the text of /proc/kallsyms, read into
  /// the memory that they stay in.
  func symbols() throws(TraceError) -> KernelSymbols {
    guard let section = items[TraceDatOptions.ID.kallsyms] else { return .none }
    let content = try content(of: section)
    let memory = SymbolMemory(byteCount: content.size)
    try read(content, into: memory.bytes, through: memory.room)
    let place = section.isCompressed ? 0 : section.offset
    var head = ByteReader([UInt8](memory.bytes.prefix(4)), order: order, base: place)
    let size = UInt64(try head.u32())
    let room = UInt64(content.size) - 4
    guard size <= room else {
      throw TraceError(
        "the data ends early: \(size) bytes are wanted, \(room) left", at: place + 4)
    }
    memory.read(4..<(4 + Int(size)))
    return KernelSymbols(memory)
  }
}
