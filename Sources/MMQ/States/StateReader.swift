// The bytes of a state file to values: nothing is believed that was not checked.

/// Reads what `StateWriter` wrote. Each read throws where the bytes end, or cannot be what is asked for.
struct StateReader {
  private let bytes: [UInt8]
  private var index: Int

  init(_ bytes: [UInt8], at index: Int = 0) {
    self.bytes = bytes
    self.index = index
  }

  var remaining: Int { bytes.count - index }

  mutating func byte() throws(StateError) -> UInt8 {
    guard index < bytes.count else { throw .damaged }
    defer { index += 1 }
    return bytes[index]
  }

  mutating func number() throws(StateError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let next = try byte()
      value |= UInt64(next & 0x7f) << shift
      if next < 0x80 { return value }
      shift += 7
      if shift > 63 { throw .damaged }
    }
  }

  /// How many things follow. Each takes some bytes, so a count that the file cannot hold is refused
  /// before anything is allocated for it.
  mutating func count(bytesEach: Int = 1) throws(StateError) -> Int {
    let value = try number()
    guard value <= UInt64(remaining / max(1, bytesEach)) else { throw .damaged }
    return Int(value)
  }

  mutating func int() throws(StateError) -> Int {
    guard let value = Int(exactly: try number()) else { throw .damaged }
    return value
  }

  mutating func signed() throws(StateError) -> Int64 { Int64(bitPattern: try number()) }

  mutating func flag() throws(StateError) -> Bool {
    let value = try byte()
    guard value < 2 else { throw .damaged }
    return value == 1
  }

  mutating func raw() throws(StateError) -> [UInt8] {
    let size = try count()
    index += size
    return Array(bytes[(index - size)..<index])
  }

  mutating func text() throws(StateError) -> String { String(decoding: try raw(), as: UTF8.self) }

  mutating func optional<T>(
    _ read: (inout StateReader) throws(StateError) -> T
  ) throws(StateError) -> T? {
    try flag() ? try read(&self) : nil
  }

  mutating func list<T>(
    _ read: (inout StateReader) throws(StateError) -> T
  ) throws(StateError) -> [T] {
    let count = try count()
    var items: [T] = []
    for _ in 0..<count { items.append(try read(&self)) }
    return items
  }

  mutating func fixed() throws(StateError) -> UInt64 {
    var value: UInt64 = 0
    for shift in 0..<8 { value |= UInt64(try byte()) << UInt64(shift * 8) }
    return value
  }

  func expectEnd() throws(StateError) {
    if remaining != 0 { throw .damaged }
  }
}
