// The items of metadata, whose layouts are the same in both versions.

extension TraceDatLoader {
  private typealias ID = TraceDatOptions.ID

  /// Reads the item with a section's number; symbols are only skipped, as few programs need them.
  mutating func readItem(_ id: UInt16, _ reader: inout ByteReader) throws(TraceError) {
    switch id {
    case ID.headerInfo: try readHeaderInfo(&reader)
    case ID.ftraceFormats: try readFormats(&reader, system: "ftrace")
    case ID.eventFormats: try readEventFormats(&reader)
    case ID.kallsyms: try reader.skip(UInt64(try reader.u32()))
    case ID.printk: try readPrintk(&reader)
    default: try readComms(&reader)
    }
  }

  /// `header_page\0`, `u64` size, text; then the same of `header_event`, which never changes.
  private mutating func readHeaderInfo(_ reader: inout ByteReader) throws(TraceError) {
    for name in ["header_page", "header_event"] {
      let place = reader.offset
      guard try reader.string(longest: 16) == name else {
        throw TraceError("'\(name)' was expected", at: place)
      }
      let text = try reader.bytes(try reader.u64())
      guard name == "header_page", !text.isEmpty else { continue }
      ring = HeaderPage.layout(String(decoding: text, as: UTF8.self), order)
      if ring == nil {
        throw TraceError("header_page describes no sub-buffer that mmq can read", at: place)
      }
    }
  }

  /// `u32` count of systems; of each: its name, then its formats.
  private mutating func readEventFormats(_ reader: inout ByteReader) throws(TraceError) {
    let count = try reader.u32()
    for _ in 0..<count {
      try readFormats(&reader, system: try reader.string())
    }
  }

  /// `u32` count, then `u64` size and text of each.
  private mutating func readFormats(
    _ reader: inout ByteReader, system: String
  ) throws(TraceError) {
    let count = try reader.u32()
    guard UInt64(count) <= reader.remaining / 8 else {
      throw TraceError("\(count) formats, which the file cannot hold", at: reader.offset)
    }
    for _ in 0..<count {
      let size = try reader.u64()
      let place = reader.offset
      schemas.take(
        try reader.slice(size), system: system, longSize: layout.commitSize,
        "its format at byte \(hex(place))")
    }
  }

  /// `u32` size, lines of `0xaddress : "text"`.
  private mutating func readPrintk(_ reader: inout ByteReader) throws(TraceError) {
    let size = UInt64(try reader.u32())
    printkFormats = String(decoding: try reader.bytes(size), as: UTF8.self)
  }

  /// `u64` size, lines of `tid comm`; a comm may hold blanks.
  private mutating func readComms(_ reader: inout ByteReader) throws(TraceError) {
    comms = SavedTasks.comms(try reader.bytes(try reader.u64()), damage)
    if version >= 7, reader.remaining >= 8 { try readGroups(&reader) }
  }

  /// What `mmq record` puts behind the names in their section, where others do not look: `u64` size, lines of
  /// `tid pid`.
  private mutating func readGroups(_ reader: inout ByteReader) throws(TraceError) {
    groups = SavedTasks.groups(try reader.bytes(try reader.u64()), damage)
  }
}
