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
      take(format: try reader.bytes(size), system: system, at: place)
    }
  }

  private mutating func take(format: [UInt8], system: String, at place: UInt64) {
    switch FormatParser.parse(format, system: system, longSize: layout.commitSize) {
    case .success(let schema):
      if !(0...0xffff).contains(schema.id) {
        damage.note("event ID", "\(schema.fullName): the ID \(schema.id) is out of range; skipped")
      } else if knownIDs.insert(schema.id).inserted {
        schemas.append(schema)
      } else {
        damage.note(
          "doubled event",
          "\(schema.fullName): the ID \(schema.id) belongs to another event; skipped")
      }
    case .failure(let problem):
      damage.note(
        "event format",
        "\(system):\(eventName(format)): its format at byte \(hex(place)) cannot be read: "
          + "\(problem)")
    }
  }

  private func eventName(_ format: [UInt8]) -> Substring {
    let start = String(decoding: format.prefix(200), as: UTF8.self)
    let line = start.split(separator: "\n").first { $0.hasPrefix("name: ") }
    return line?.dropFirst(6) ?? "?"
  }

  /// `u32` size, lines of `0xaddress : "text"`.
  private mutating func readPrintk(_ reader: inout ByteReader) throws(TraceError) {
    let size = UInt64(try reader.u32())
    printkFormats = String(decoding: try reader.bytes(size), as: UTF8.self)
  }

  /// `u64` size, lines of `tid comm`; a comm may hold blanks.
  private mutating func readComms(_ reader: inout ByteReader) throws(TraceError) {
    let text = try reader.bytes(try reader.u64())
    for line in text.split(whereSeparator: { $0 == 10 || $0 == 0 }) {
      guard let space = line.firstIndex(of: 32),
        let tid = Int32(String(decoding: line[..<space], as: UTF8.self))
      else {
        damage.note("saved names", "a line of the saved names of threads cannot be read")
        continue
      }
      comms.append((tid, String(decoding: line[(space + 1)...], as: UTF8.self)))
    }
    if version >= 7, reader.remaining >= 8 { try readGroups(&reader) }
  }

  /// What `mmq record` puts behind the names in their section, where others do not look: `u64` size, lines of
  /// `tid pid`.
  private mutating func readGroups(_ reader: inout ByteReader) throws(TraceError) {
    let text = try reader.bytes(try reader.u64())
    for line in text.split(separator: 10) {
      let numbers = line.split(separator: 32).map { Int32(String(decoding: $0, as: UTF8.self)) }
      guard numbers.count == 2, let thread = numbers[0], let process = numbers[1] else {
        damage.note("saved groups", "a line of the saved processes of threads cannot be read")
        continue
      }
      groups.append((thread, process))
    }
  }
}
