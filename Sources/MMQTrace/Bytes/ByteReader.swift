// Checked reading of metadata: nothing is read that has not been checked to be there.

/// Reads integers, strings and blocks one after another, from bytes or from a file. Every read
/// throws a `TraceError` with the place where the data ends too early. For metadata only: events
/// have their own path.
public struct ByteReader {
  /// How the integers that are read are stored.
  public var order: ByteOrder
  private let file: InputFile?
  private var window: [UInt8]
  private var index = 0
  /// Where the window starts: in the file, or in the section that the bytes come from.
  private var base: UInt64
  private let limit: UInt64
  private static let windowSize = 64 << 10
  /// The largest item of metadata that is believed (the symbols of a kernel take 4 to 16 MB).
  public static let largestItem: UInt64 = 64 << 20

  /// Reads `bytes`, whose first one is at `base` for messages.
  public init(_ bytes: [UInt8], order: ByteOrder, base: UInt64 = 0) {
    self.order = order
    file = nil
    window = bytes
    self.base = base
    limit = base &+ UInt64(bytes.count)
  }

  /// Reads a file from `offset` to its end, a window at a time.
  public init(file: InputFile, at offset: UInt64, order: ByteOrder) {
    self.order = order
    self.file = file
    window = []
    base = offset
    limit = file.size
  }

  /// The place of the next byte.
  public var offset: UInt64 { base &+ UInt64(index) }
  /// Bytes that are left.
  public var remaining: UInt64 { limit > offset ? limit - offset : 0 }

  /// The next byte. Throws a `TraceError` with the place where there is none.
  public mutating func u8() throws(TraceError) -> UInt8 { try integer() }
  /// The next 2 bytes as a number. Throws where there are fewer.
  public mutating func u16() throws(TraceError) -> UInt16 { try integer() }
  /// The next 4 bytes as a number. Throws where there are fewer.
  public mutating func u32() throws(TraceError) -> UInt32 { try integer() }
  /// The next 8 bytes as a number. Throws where there are fewer.
  public mutating func u64() throws(TraceError) -> UInt64 { try integer() }

  private mutating func integer<T: FixedWidthInteger>() throws(TraceError) -> T {
    let size = MemoryLayout<T>.size
    try need(UInt64(size))
    try fill(size)
    let raw = window.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: index, as: T.self) }
    index += size
    return order == .little ? T(littleEndian: raw) : T(bigEndian: raw)
  }

  /// The next `count` bytes. A count that the input cannot hold, or one above `largestItem`, throws
  /// before anything is allocated.
  public mutating func bytes(_ count: UInt64) throws(TraceError) -> [UInt8] {
    try check(count)
    let size = Int(count)
    if let file, size > window.count - index {
      let start = offset
      try skip(count)
      return try file.read(at: start, count: size)
    }
    index += size
    return Array(window[(index - size)..<index])
  }

  /// As `bytes`; of a reader of bytes a part of these, which are not copied.
  mutating func slice(_ count: UInt64) throws(TraceError) -> ArraySlice<UInt8> {
    guard file == nil else { return try bytes(count)[...] }
    try check(count)
    index += Int(count)
    return window[(index - Int(count))..<index]
  }

  /// Throws where `bytes` would.
  func check(_ count: UInt64) throws(TraceError) {
    try need(count)
    guard count <= ByteReader.largestItem else {
      throw TraceError("an item of \(count) bytes is too large", at: offset)
    }
  }

  /// Passes over `count` bytes, which are not read. Throws where there are fewer.
  public mutating func skip(_ count: UInt64) throws(TraceError) {
    try need(count)
    if count <= UInt64(window.count - index) {
      index += Int(count)
    } else {
      base = offset + count
      window = []
      index = 0
    }
  }

  /// A string up to its NUL, which is consumed; at most `longest` bytes.
  public mutating func string(longest: Int = 4096) throws(TraceError) -> String {
    let room = Int(min(remaining, UInt64(longest) + 1))
    try fill(room)
    guard let end = window[index..<(index + room)].firstIndex(of: 0) else {
      throw TraceError("a name without an end", at: offset)
    }
    defer { index = end + 1 }
    return String(decoding: window[index..<end], as: UTF8.self)
  }

  private func need(_ count: UInt64) throws(TraceError) {
    guard count <= remaining else {
      throw TraceError(
        "the data ends early: \(count) bytes are wanted, \(remaining) left", at: offset)
    }
  }

  /// Makes the window hold the next `count` bytes, which the caller has checked to exist.
  private mutating func fill(_ count: Int) throws(TraceError) {
    guard let file, count > window.count - index else { return }
    let start = offset
    let size = max(count, Int(min(remaining, UInt64(ByteReader.windowSize))))
    window = try file.read(at: start, count: size)
    base = start
    index = 0
  }
}
