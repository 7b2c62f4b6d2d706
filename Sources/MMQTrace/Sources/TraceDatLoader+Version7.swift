// Version 7: sections in any order, found through a chain of options.

extension TraceDatLoader {
  private typealias ID = TraceDatOptions.ID
  private static let mostOptionSections = 4096

  /// Bytes of a section's header: `u16` id, `u16` flags, `u32` name, `u64` size.
  static let sectionHeader: UInt64 = 16

  mutating func loadVersion7() throws(TraceError) {
    var reader = ByteReader(file: file, at: headEnd, order: order)
    let name = try reader.string(longest: 64)
    _ = try reader.string(longest: 64)
    guard let known = Decompressor.Method(rawValue: name.isEmpty ? "none" : name) else {
      throw TraceError("is compressed with \(name); mmq knows zstd and zlib")
    }
    method = known
    let first = try reader.u64()
    var visited: Set<UInt64> = []
    var orphans: [Orphan] = []
    do throws(TraceError) {
      try followOptions(from: first, &visited)
    } catch {
      damage.error("lost options", "the chain of options is broken: \(error.message)")
      orphans = walkSections(from: reader.offset, &visited)
    }
    readSections()
    for orphan in orphans { salvageBuffer(orphan) }
    if options.buffers.isEmpty {
      throw TraceError("has no events: it is cut or damaged before its buffers")
    }
    if schemas.all.isEmpty { throw TraceError("has lost the formats of its events") }
  }

  /// Reads sections of options until one says that it is the last.
  mutating func followOptions(
    from first: UInt64, _ visited: inout Set<UInt64>
  ) throws(TraceError) {
    var place = first
    while place != 0 {
      guard visited.insert(place).inserted else {
        throw TraceError("the options point in a circle", at: place)
      }
      guard visited.count <= Self.mostOptionSections else {
        throw TraceError("more than \(Self.mostOptionSections) sections of options", at: place)
      }
      let (id, section) = try section(at: place)
      guard id == ID.done else { throw TraceError("no options are", at: place) }
      place = try readOptions(section)
    }
  }

  /// Takes the options of one section; returns the place of the next one, or 0.
  mutating func readOptions(_ section: Section) throws(TraceError) -> UInt64 {
    var reader = try open(section)
    while reader.remaining > 0 {
      let id = try reader.u16()
      let size = UInt64(try reader.u32())
      let place = reader.offset
      let data = try reader.bytes(size)
      if id == ID.done {
        var next = ByteReader(data, order: order, base: place)
        return try next.u64()
      }
      do throws(TraceError) {
        try options.take(id, data, at: place, version: 7, order, damage)
      } catch {
        damage.error("damaged option", "option \(id): \(error.message)")
      }
    }
    return 0
  }

  /// The header of a section. Its size is not checked: a cut file holds a part of its last one.
  func section(at place: UInt64) throws(TraceError) -> (id: UInt16, Section) {
    guard place >= headEnd, place < file.size else {
      throw TraceError("a section is said to be behind the file's end,", at: place)
    }
    var reader = ByteReader(file: file, at: place, order: order)
    let id = try reader.u16()
    let flags = try reader.u16()
    _ = try reader.u32()
    let size = try reader.u64()
    return (id, Section(offset: reader.offset, size: size, isCompressed: flags & 1 != 0))
  }

  /// Reads the metadata that the options point to. What is damaged is reported, and missing.
  private mutating func readSections() {
    for id in ID.metadata {
      guard let place = options.sections[id] else { continue }
      do throws(TraceError) {
        let (found, section) = try section(at: place)
        guard found == id else { throw TraceError("section \(id) was expected", at: place) }
        items[id] = section
        // The symbols are large, and few programs need them.
        if id == ID.kallsyms { continue }
        var reader = try open(section)
        try readItem(id, &reader)
      } catch {
        damage.error("damaged metadata", "\(Self.names[id] ?? "section \(id)"): \(error.message)")
      }
    }
  }

  private static let names: [UInt16: String] = [
    ID.headerInfo: "the layout of sub-buffers", ID.ftraceFormats: "the formats of ftrace events",
    ID.eventFormats: "the formats of events", ID.kallsyms: "the kernel's symbols",
    ID.printk: "the formats of printk", ID.cmdlines: "the saved names of threads",
  ]
}
