// perf.data holds the metadata of a trace.dat of version 6 in one piece, with a version of its own.

extension TraceDatLoader {
  /// Reads the formats of events that perf stored from `place` on.
  init(embeddedIn file: InputFile, at place: UInt64, _ damage: DamageLog) throws(TraceError) {
    var reader = ByteReader(file: file, at: place, order: .little)
    guard try reader.bytes(UInt64(Self.magic.count)) == Self.magic else {
      throw TraceError("its formats of events do not start as they should", at: place)
    }
    let text = try reader.string(longest: 16)
    order = try reader.u8() == 0 ? .little : .big
    reader.order = order
    recorderLongSize = try reader.u8() == 4 ? 4 : 8
    pageSize = Int(try reader.u32())
    version = 6
    headEnd = reader.offset
    self.file = file
    self.damage = damage
    schemas = SchemaList(damage)
    // Names of threads came with 0.6.
    let hasComms = !["0.3", "0.4", "0.5"].contains(text)
    for id in TraceDatOptions.ID.metadata where hasComms || id != TraceDatOptions.ID.cmdlines {
      try readItem(id, &reader)
    }
  }
}
