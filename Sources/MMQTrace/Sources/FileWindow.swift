// A file read in pieces that are larger than what is asked for.

/// Hands out bytes of a file in one direction: small reads are served from a large one.
final class FileWindow {
  private let file: InputFile
  /// Nothing behind it is read ahead.
  private let end: UInt64
  private let size: Int
  private var memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  /// What the window shows.
  private var start: UInt64 = 0
  private var filled = 0

  init(_ file: InputFile, upTo end: UInt64, size: Int) {
    (self.file, self.end, self.size) = (file, end, size)
  }

  deinit { memory.deallocate() }

  /// So many bytes, valid until the next call. Throws where the file has fewer, as it may have shrunk.
  func bytes(at offset: UInt64, _ count: Int) throws(TraceError) -> UnsafeRawBufferPointer {
    if offset < start || offset + UInt64(count) > start + UInt64(filled) {
      try move(to: offset, atLeast: count)
    }
    guard filled >= count else { throw TraceError("the file has shrunk") }
    let place = Int(offset - start)
    return UnsafeRawBufferPointer(rebasing: memory[place..<(place + count)])
  }

  private func move(to offset: UInt64, atLeast count: Int) throws(TraceError) {
    let wanted = max(count, Int(min(UInt64(size), end > offset ? end - offset : 0)))
    if wanted > memory.count {
      memory.deallocate()
      memory = .allocate(byteCount: wanted, alignment: 16)
    }
    (start, filled) = (offset, 0)
    filled = try file.read(at: offset, into: .init(rebasing: memory[..<wanted]))
  }
}
