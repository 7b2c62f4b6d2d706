// The lines of a text, a block of whole ones at a time: of a file, or as they come through a pipe.

internal import Glibc

/// Where the bytes come from.
protocol TextInput: AnyObject {
  /// More may come later.
  var mayWait: Bool { get }
  /// Bytes into the buffer; 0 for none yet, nil at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(TraceError) -> Int?
}

/// A file, from its start.
final class TextFileInput: TextInput {
  let mayWait = false
  private let file: InputFile
  private var offset: UInt64 = 0

  init(_ file: InputFile) { self.file = file }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(TraceError) -> Int? {
    let count = try file.read(at: offset, into: buffer)
    offset += UInt64(count)
    // What it had when it was opened is missing, and nothing in the lines shows it.
    if count == 0, offset < file.size { throw TraceError("the file has shrunk", at: offset) }
    return count == 0 ? nil : count
  }
}

/// Hands out blocks of whole lines. Memory is that of a block and of the longest line.
final class TextLines {
  /// Bytes behind each block that may be read, and are zero.
  static let padding = 64
  /// A longer line is cut: it is no event's.
  private static let longest = 32 << 10
  private static let blockSize = 256 << 10

  private let input: any TextInput
  private let buffer = UnsafeMutableRawBufferPointer.allocate(
    byteCount: TextLines.longest + TextLines.blockSize + TextLines.padding, alignment: 64)
  /// The start of a line whose rest is still to come.
  private var rest = 0..<0
  private(set) var isAtEnd = false
  /// The last line lacks its line break.
  private(set) var isCut = false
  /// Lines were folded so far.
  var hasFolds = false
  /// Why it ended early.
  private(set) var damage: TraceError?

  var mayWait: Bool { input.mayWait }

  init(_ input: any TextInput) { self.input = input }

  deinit { buffer.deallocate() }

  /// The next lines, valid until the next call; empty where none have come yet, nil at the end. The
  /// last one may lack its line break.
  func next() -> TextSpan? {
    if isAtEnd { return nil }
    var filled = rest.count
    if let base = buffer.baseAddress, filled > 0 { memmove(base, base + rest.lowerBound, filled) }
    let room = UnsafeMutableRawBufferPointer(
      rebasing: buffer[filled..<(filled + TextLines.blockSize)])
    let count = read(into: room)
    filled += count
    let whole = lastBreak(filled)
    let end = isAtEnd || filled - whole > TextLines.longest ? filled : kept(whole, filled)
    isCut = isAtEnd && end > whole
    rest = end..<filled
    let bytes = buffer.baseAddress!.assumingMemoryBound(to: UInt8.self)
    // What may be read behind the lines must not look like a part of them.
    if end == filled { memset(bytes + end, 0, TextLines.padding) }
    return TextSpan(start: TextPointer(bytes), end: TextPointer(bytes) + end)
  }

  private func read(into room: UnsafeMutableRawBufferPointer) -> Int {
    do throws(TraceError) {
      if let count = try input.read(into: room) { return count }
    } catch {
      damage = error
    }
    isAtEnd = true
    return 0
  }

  /// Without the last line and what may be the rest of it: more may follow on a line of its own. Lines of a pipe may
  /// be waited for: they stay only where others were folded.
  private func kept(_ whole: Int, _ filled: Int) -> Int {
    guard hasFolds || !input.mayWait else { return whole }
    var end = whole
    while end > 0 {
      let line = end
      end = lastBreak(end - 1)
      guard end > 0, filled - end <= TextLines.longest else { return whole }
      if !mayBeRest(end..<line) { return end }
    }
    return whole
  }

  private func mayBeRest(_ line: Range<Int>) -> Bool {
    let bytes = TextPointer(buffer.baseAddress!.assumingMemoryBound(to: UInt8.self))
    return TextSpan(start: bytes + line.lowerBound, end: bytes + line.upperBound).mayBeRest
  }

  /// Bytes up to and with the last line break.
  private func lastBreak(_ filled: Int) -> Int {
    var end = filled
    while end > 0, buffer[end - 1] != 10 { end -= 1 }
    return end
  }
}

extension TextSpan {
  /// Takes the first line, without its line break.
  @inline(__always)
  mutating func takePhysicalLine() -> TextSpan? {
    guard start < end else { return nil }
    let first = start
    if let found = memchr(start, 10, count) {
      let stop = TextPointer(found.assumingMemoryBound(to: UInt8.self))
      start = stop + 1
      return TextSpan(start: first, end: stop)
    }
    start = end
    return TextSpan(start: first, end: end)
  }
}
