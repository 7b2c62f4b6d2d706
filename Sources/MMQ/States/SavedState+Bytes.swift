// The state file.

internal import MMQTrace

extension SavedState {
  /// What a state file begins with.
  public static let magic = Array("mmqstate".utf8)
  /// Another version is refused: nothing in a state may be guessed.
  public static let version: UInt64 = 2

  /// The state file: `magic`, version, and the fingerprint of what follows, each of eight bytes, the lowest
  /// first; then the state itself.
  public var bytes: [UInt8] {
    var body = StateWriter()
    script.write(to: &body)
    body.list(recordings) { $1.write(to: &$0) }
    body.flag(machine.byteOrder == .big)
    body.count(machine.longSize)
    body.count(machine.pageSize)
    body.optional(machine.uname) { $0.text($1) }
    body.optional(machine.cpuCount) { $0.count($1) }
    body.optional(partProblem) { $0.text($1) }
    body.flag(endAsksForTime)
    strings.write(to: &body)
    body.list(maps) { $1.write(to: &$0) }
    return SavedState.head(body.bytes) + body.bytes
  }

  private static func head(_ body: [UInt8]) -> [UInt8] {
    var head = StateWriter()
    head.fixed(version)
    head.fixed(fingerprint(body[...]))
    return magic + head.bytes
  }

  private static func fingerprint(_ body: ArraySlice<UInt8>) -> UInt64 {
    var fingerprint = Fingerprint()
    body.withUnsafeBufferPointer { fingerprint.add($0) }
    return fingerprint.value
  }

  /// Reads a state file. Throws where it is none, of another version, or not what was written.
  public init(_ bytes: [UInt8]) throws(StateError) {
    guard bytes.starts(with: SavedState.magic) else {
      throw StateError("is no state of mmq: run --state writes one")
    }
    var reader = StateReader(bytes, at: SavedState.magic.count)
    let version = try reader.fixed()
    guard version == SavedState.version else {
      throw StateError(
        "is a state of version \(version); this mmq reads version \(SavedState.version)")
    }
    let fingerprint = try reader.fixed()
    guard fingerprint == SavedState.fingerprint(bytes.suffix(reader.remaining)) else {
      throw .damaged
    }
    try self.init(from: &reader)
    try reader.expectEnd()
  }

  private init(from reader: inout StateReader) throws(StateError) {
    script = try SavedScript(from: &reader)
    recordings = try reader.list { reader throws(StateError) in try StateRecording(from: &reader) }
    machine = try TracedMachine(from: &reader)
    partProblem = try reader.optional { reader throws(StateError) in try reader.text() }
    endAsksForTime = try reader.flag()
    let strings = try SavedStrings(from: &reader)
    self.strings = strings
    maps = try reader.list { reader throws(StateError) in
      try SavedMap(from: &reader, strings: strings.count)
    }
    guard Set(maps.map(\.shape.name)).count == maps.count else { throw .damaged }
  }
}

extension TracedMachine {
  fileprivate init(from reader: inout StateReader) throws(StateError) {
    self.init(
      byteOrder: try reader.flag() ? .big : .little, longSize: try reader.int(),
      pageSize: try reader.int(),
      uname: try reader.optional { reader throws(StateError) in try reader.text() },
      cpuCount: try reader.optional { reader throws(StateError) in try reader.int() })
    guard [4, 8].contains(longSize), 1...(1 << 30) ~= pageSize else { throw .damaged }
  }
}
