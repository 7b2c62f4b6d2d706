// Compressed files: unpacked to a temporary file that has no name, because the formats need random
// access.

import CZlib
import CZstd
internal import Glibc

extension InputFile {
  /// What a file as a whole may be compressed with.
  enum Packing: String {
    case gzip, zstd

    /// nil where the file is not compressed, or cannot be read.
    init?(_ file: Int32) {
      var head = [UInt8](repeating: 0, count: 4)
      guard pread(file, &head, 4, 0) == 4 else { return nil }
      if head == [0x28, 0xb5, 0x2f, 0xfd] {
        self = .zstd
      } else if head.starts(with: [0x1f, 0x8b, 8]) {
        self = .gzip
      } else {
        return nil
      }
    }

    func unpacker() -> any Unpacker {
      switch self {
      case .gzip: GzipUnpacker()
      case .zstd: ZstdUnpacker()
      }
    }
  }

  /// What a small file may grow to, and how many times its size a large one may: more is hostile.
  private static let harmless: UInt64 = 64 << 20
  private static let largestRatio: UInt64 = 1024

  /// The file, or what it unpacks to; it is then closed.
  static func unpackIfPacked(
    _ file: Int32, size: UInt64
  ) throws(TraceError) -> (descriptor: Int32, size: UInt64, problem: String?) {
    guard let packing = Packing(file) else { return (file, size, nil) }
    defer { close(file) }
    return try unpack(file, packing, size: size)
  }

  /// Unpacks a whole file. Where it is cut or damaged, what comes before that is kept, and `problem`
  /// says what is wrong.
  static func unpack(
    _ packed: Int32, _ packing: Packing, size packedSize: UInt64
  ) throws(TraceError) -> (descriptor: Int32, size: UInt64, problem: String?) {
    let copy = try temporaryFile()
    let most = max(harmless, min(packedSize, .max / largestRatio) * largestRatio)
    let unpacker = packing.unpacker()
    do throws(TraceError) {
      let size = try pump(packed, through: unpacker, to: copy, atMost: most)
      let problem = unpacker.problem ?? (unpacker.isAtEnd ? nil : "it ends early")
      guard let problem else { return (copy, size, nil) }
      let sentence = "is compressed with \(packing.rawValue), but \(problem)"
      if size == 0 { throw TraceError(sentence) }
      return (copy, size, sentence)
    } catch {
      close(copy)
      throw error
    }
  }

  private static func pump(
    _ packed: Int32, through unpacker: any Unpacker, to copy: Int32, atMost most: UInt64
  ) throws(TraceError) -> UInt64 {
    let blocks = UnsafeMutableRawBufferPointer.allocate(byteCount: 512 << 10, alignment: 16)
    defer { blocks.deallocate() }
    let input = UnsafeMutableRawBufferPointer(rebasing: blocks[..<(128 << 10)])
    let target = UnsafeMutableRawBufferPointer(rebasing: blocks[(128 << 10)...])
    var (place, size) = (UInt64(0), UInt64(0))
    while unpacker.problem == nil {
      let count = pread(packed, input.baseAddress, input.count, off_t(clamping: place))
      if count < 0, errno == EINTR { continue }
      if count < 0 { throw TraceError("cannot be read (\(reason()))", at: place) }
      if count == 0 { return size }
      place += UInt64(count)
      var rest = UnsafeRawBufferPointer(rebasing: input[..<count])
      var isFull = false
      while !rest.isEmpty || isFull, unpacker.problem == nil {
        let (read, written) = unpacker.step(rest, target)
        if read == 0, written == 0 { break }
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(read))
        isFull = written == target.count
        size += UInt64(written)
        guard size <= most else {
          throw TraceError("unpacks to more than \(most) bytes: it is no recording")
        }
        try writeAll(UnsafeRawBufferPointer(rebasing: target[..<written]), to: copy)
      }
    }
    return size
  }
}

/// Undoes the compression of a stream, piece by piece.
protocol Unpacker: AnyObject {
  /// Takes from `input` and fills `output`, as far as either goes.
  func step(
    _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer
  ) -> (read: Int, written: Int)
  /// All that was begun is complete.
  var isAtEnd: Bool { get }
  /// Why it cannot go on.
  var problem: String? { get }
}

private final class ZstdUnpacker: Unpacker {
  private let stream = ZSTD_createDStream()
  private(set) var isAtEnd = false
  private(set) var problem: String?

  deinit { ZSTD_freeDStream(stream) }

  func step(
    _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer
  ) -> (read: Int, written: Int) {
    var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
    var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
    let status = ZSTD_decompressStream(stream, &target, &source)
    if ZSTD_isError(status) != 0 {
      problem = String(cString: ZSTD_getErrorName(status))
    } else if source.pos > 0 || target.pos > 0 {
      isAtEnd = status == 0
    }
    return (source.pos, target.pos)
  }
}

private final class GzipUnpacker: Unpacker {
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private(set) var isAtEnd = false
  private(set) var problem: String?
  /// 15 bits of window, and a gzip header.
  private static let window: Int32 = 15 + 16

  init() {
    stream.initialize(to: z_stream())
    let size = Int32(MemoryLayout<z_stream>.size)
    if inflateInit2_(stream, GzipUnpacker.window, ZLIB_VERSION, size) != Z_OK {
      problem = "there is no memory"
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  func step(
    _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer
  ) -> (read: Int, written: Int) {
    let source = input.bindMemory(to: UInt8.self)
    let target = output.bindMemory(to: UInt8.self)
    stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
    stream.pointee.avail_in = uInt(source.count)
    stream.pointee.next_out = target.baseAddress
    stream.pointee.avail_out = uInt(target.count)
    let status = inflate(stream, Z_NO_FLUSH)
    let read = source.count - Int(stream.pointee.avail_in)
    let written = target.count - Int(stream.pointee.avail_out)
    switch status {
    case Z_OK: if read > 0 { isAtEnd = false }
    // Another file may follow: gzip joins what was joined.
    case Z_STREAM_END:
      isAtEnd = true
      inflateReset(stream)
    case Z_BUF_ERROR: break
    default: problem = stream.pointee.msg.map { String(cString: $0) } ?? "it is damaged"
    }
    return (read, written)
  }
}
