// Opening a trace.dat: what versions 6 and 7 have in common.

/// Reads the metadata of a recording. Layouts follow the man pages trace-cmd.dat.v6 and v7.
struct TraceDatLoader {
  let file: InputFile
  let damage: DamageLog
  let version: Int
  let order: ByteOrder
  /// Of the recorder, which may be a 32-bit program on a 64-bit kernel.
  let recorderLongSize: Int
  /// Of the traced machine.
  let pageSize: Int
  /// Where the common head ends.
  let headEnd: UInt64
  var method = Decompressor.Method.none
  /// The top-level sub-buffers; nil until `header_page` has been read.
  var ring: RingLayout?
  var schemas: SchemaList
  var comms: [(tid: Int32, comm: String)] = []
  var groups: [(thread: Int32, process: Int32)] = []
  var printkFormats = ""
  /// Where each item of metadata is.
  var items: [UInt16: Section] = [:]
  var options = TraceDatOptions()

  /// A part of the file that holds one kind of metadata.
  struct Section {
    var offset: UInt64
    var size: UInt64
    var isCompressed: Bool
  }

  static let magic: [UInt8] = [0x17, 0x08, 0x44] + Array("tracing".utf8)

  /// Reads the head: magic, version, byte order, long size, page size.
  init(_ file: InputFile, _ damage: DamageLog) throws(TraceError) {
    var head = ByteReader(file: file, at: 0, order: .little)
    guard try head.bytes(UInt64(Self.magic.count)) == Self.magic else {
      throw TraceError("is no trace.dat")
    }
    let text = try head.string(longest: 16)
    guard let number = Int(text), number == 6 || number == 7 else {
      throw TraceError("is a trace.dat of version \(text); mmq reads versions 6 and 7")
    }
    let endian = try head.u8()
    guard endian <= 1 else {
      throw TraceError("byte order \(endian) doesn't exist", at: head.offset)
    }
    order = endian == 0 ? .little : .big
    head.order = order
    recorderLongSize = try head.u8() == 4 ? 4 : 8
    pageSize = Int(try head.u32())
    version = number
    headEnd = head.offset
    self.file = file
    self.damage = damage
    schemas = SchemaList(damage)
  }

  /// Reads everything but the events and the symbols.
  mutating func load() throws(TraceError) {
    if version == 6 {
      try loadVersion6()
    } else {
      try loadVersion7()
    }
    if ring == nil {
      damage.note(
        "header_page", "the recording doesn't describe its sub-buffers: the usual is assumed")
    }
  }

  var layout: RingLayout {
    ring ?? HeaderPage.usual(longSize: recorderLongSize, pageSize: pageSize, order)
  }
}
