// Opening a perf.data: what it says of its events, of the machine and of itself. Layouts follow
// linux/tools/perf/Documentation/perf.data-file-format.txt.

/// Reads the metadata of a file of perf, or of what perf wrote into a pipe.
struct PerfLoader {
  let file: InputFile
  let damage: DamageLog
  let order: ByteOrder
  let isPipe: Bool
  private(set) var attributes: [PerfAttribute] = []
  /// Where the records are.
  private(set) var data: Range<UInt64>
  private(set) var formats: TraceDatLoader?
  private(set) var cpuCount: Int?
  private var strings: [Int: String] = [:]

  static let magic = Array("PERFILE2".utf8)
  private static let headSize: UInt64 = 104
  private static let pipeHeadSize: UInt64 = 16
  private static let mostAttributes = 32 << 10

  /// Numbers of features, which are places in a bitmap.
  private enum Feature {
    static let tracingData = 1
    static let release = 4
    static let architecture = 6
    static let cpuCount = 7
    static let strings = [release, architecture]
    static let count = 256
  }

  init(_ file: InputFile, _ damage: DamageLog) throws(TraceError) {
    (self.file, self.damage) = (file, damage)
    var head = ByteReader(file: file, at: 0, order: .little)
    let magic = try head.bytes(8)
    guard magic == Self.magic || magic == Self.magic.reversed() else {
      throw TraceError("is no perf.data")
    }
    order = magic == Self.magic ? .little : .big
    head.order = order
    isPipe = try head.u64() == Self.pipeHeadSize
    data = Self.pipeHeadSize..<max(file.size, Self.pipeHeadSize)
    if isPipe {
      readPipe()
    } else {
      try readFile(&head)
    }
  }

  /// What comes first, samples or a record with samples inside.
  var isCompressed: Bool {
    var records = PerfRecords(file, data, order)
    while let record = records.next() {
      switch records.type {
      case PerfRecordType.compressed, PerfRecordType.compressed2: return true
      case PerfRecordType.sample: return false
      default: records.skipTail(of: record)
      }
    }
    return false
  }

  /// `uname`'s words that the file knows: the kernel's release and the architecture.
  var uname: String? {
    let words = Feature.strings.compactMap { strings[$0] }.filter { !$0.isEmpty }
    return words.isEmpty ? nil : (["Linux"] + words).joined(separator: " ")
  }

  // MARK: Files

  private mutating func readFile(_ head: inout ByteReader) throws(TraceError) {
    let entrySize = try head.u64()
    let attributes = (offset: try head.u64(), size: try head.u64())
    let data = (offset: try head.u64(), size: try head.u64())
    try head.skip(16)
    var bitmap: [UInt64] = []
    for _ in 0..<4 { bitmap.append(try head.u64()) }
    try readAttributes(attributes.offset, attributes.size, entrySize)
    guard data.size > 0 else {
      throw TraceError(
        "was not finished: perf record was killed before it wrote the formats of its events")
    }
    guard data.offset <= file.size, data.size <= file.size - data.offset else {
      throw TraceError("is cut: the formats of its events, which come last, are lost")
    }
    self.data = data.offset..<(data.offset + data.size)
    try readFeatures(bitmap)
  }

  /// Of each event the attributes, then `u64` offset and size of its ids.
  private mutating func readAttributes(
    _ offset: UInt64, _ size: UInt64, _ entrySize: UInt64
  ) throws(TraceError) {
    guard entrySize >= UInt64(PerfAttribute.smallest) + 16, entrySize <= 4096,
      size / entrySize <= UInt64(Self.mostAttributes)
    else { throw TraceError("its attributes cannot be: \(size) bytes in pieces of \(entrySize)") }
    var reader = ByteReader(file: file, at: offset, order: order)
    for _ in 0..<(size / entrySize) {
      let bytes = try reader.bytes(entrySize - 16)
      let (place, length) = (try reader.u64(), try reader.u64())
      take(bytes, ids: readIDs(place, length))
    }
  }

  private func readIDs(_ place: UInt64, _ size: UInt64) -> [UInt64] {
    var reader = ByteReader(file: file, at: place, order: order)
    guard place <= file.size, size <= reader.remaining, let bytes = try? reader.bytes(size) else {
      damage.error("damaged ids", at: place, "the ids of an event cannot be read")
      return []
    }
    return Self.ids(bytes[...], order)
  }

  private static func ids(_ bytes: ArraySlice<UInt8>, _ order: ByteOrder) -> [UInt64] {
    bytes.withUnsafeBytes { bytes in
      (0..<(bytes.count / 8)).map { bytes.baseAddress!.load(UInt64.self, at: $0 * 8, order) }
    }
  }

  private mutating func take(_ bytes: [UInt8], ids: [UInt64]) {
    if attributes.count < Self.mostAttributes,
      let attribute = PerfAttribute(bytes, order: order, ids: ids)
    {
      attributes.append(attribute)
    } else {
      damage.error("damaged attributes", "the attributes of an event cannot be read")
    }
  }

  /// A table right behind the data: `u64` offset and size for each bit of the bitmap that is set.
  private mutating func readFeatures(_ bitmap: [UInt64]) throws(TraceError) {
    var table = ByteReader(file: file, at: data.upperBound, order: order)
    for feature in 0..<Feature.count where bitmap[feature / 64] >> UInt64(feature % 64) & 1 != 0 {
      guard let offset = try? table.u64(), let size = try? table.u64() else {
        damage.error("damaged features", at: table.offset, "the table of features is cut")
        return
      }
      if feature == Feature.tracingData {
        try readFormats(at: offset)
      } else if size <= 4096, offset <= file.size, size <= file.size - offset,
        let bytes = try? file.read(at: offset, count: Int(size))
      {
        take(feature: feature, ByteReader(bytes, order: order, base: offset))
      }
    }
  }

  /// A string is `u32` size and text with a NUL; the count of CPUs is `u32`, of those that are there.
  private mutating func take(feature: Int, _ reader: ByteReader) {
    var reader = reader
    if Feature.strings.contains(feature) {
      if let size = try? reader.u32(), let text = try? reader.bytes(UInt64(size)) {
        strings[feature] = String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
      }
    } else if feature == Feature.cpuCount {
      cpuCount = (try? reader.u32()).map(Int.init)
    }
  }

  private mutating func readFormats(at place: UInt64) throws(TraceError) {
    do throws(TraceError) {
      formats = try TraceDatLoader(embeddedIn: file, at: place, damage)
    } catch {
      throw TraceError("the formats of its events cannot be read: \(error.message)")
    }
  }

  // MARK: Pipes

  /// All metadata comes as records, before the first sample.
  private mutating func readPipe() {
    var records = PerfRecords(file, data, order)
    while let record = records.next() {
      let bytes = [UInt8](UnsafeRawBufferPointer(start: record, count: records.size))[8...]
      switch records.type {
      case PerfRecordType.attribute: takeAttribute(bytes)
      case PerfRecordType.feature where bytes.count >= 8:
        let id = Self.ids(bytes.prefix(8), order)[0]
        take(
          feature: Int(clamping: id),
          ByteReader(Array(bytes.dropFirst(8)), order: order, base: records.place + 16))
      case PerfRecordType.tracingData where formats == nil:
        do throws(TraceError) {
          formats = try TraceDatLoader(embeddedIn: file, at: records.nextPlace, damage)
        } catch {
          damage.error("damaged formats", at: records.place, error.message)
        }
      case PerfRecordType.sample, PerfRecordType.compressed, PerfRecordType.compressed2: return
      default: break
      }
      records.skipTail(of: record)
    }
    // Behind the formats, whoever reads the samples finds it.
    if formats == nil, let problem = records.problem {
      damage.error("damaged data", problem.message)
    }
  }

  /// The attributes, whose own size says where they end, then ids.
  private mutating func takeAttribute(_ bytes: ArraySlice<UInt8>) {
    guard bytes.count >= PerfAttribute.smallest else { return take([], ids: []) }
    let size = bytes.withUnsafeBytes { Int($0.baseAddress!.load(UInt32.self, at: 4, order)) }
    guard size <= bytes.count else { return take([], ids: []) }
    take(Array(bytes.prefix(size)), ids: Self.ids(bytes.dropFirst(size), order))
  }
}
