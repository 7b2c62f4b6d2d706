// A file that is read with pread: no mapping, so that a file that shrinks is an error, not a crash.

internal import Glibc
internal import Synchronization

/// An open input. A pipe is copied to an unlinked temporary file first, because the formats need
/// random access; what gzip or zstd compressed is unpacked to one.
public final class InputFile: Sendable {
  /// The path as given; `-` is standard input.
  public let path: String
  /// Bytes when it was opened.
  public let size: UInt64
  /// What is wrong with a compressed file, of which only a part could be unpacked.
  public let problem: String?
  private let descriptor: Int32
  /// Bytes that were read so far, those that were read twice included.
  private let taken = Atomic<UInt64>(0)

  var bytesRead: UInt64 { taken.load(ordering: .relaxed) }

  /// Opens `path`; `-` is standard input.
  public init(path: String) throws(TraceError) {
    let opened = path == "-" ? dup(0) : InputFile.retry { Glibc.open(path, O_RDONLY | O_CLOEXEC) }
    guard opened >= 0 else { throw TraceError("cannot be opened: \(InputFile.reason())") }
    var status = stat()
    guard fstat(opened, &status) == 0 else {
      let reason = InputFile.reason()
      close(opened)
      throw TraceError("cannot be examined: \(reason)")
    }
    let plain: (descriptor: Int32, size: UInt64)
    switch status.st_mode & S_IFMT {
    // The kernel's own files say that they are empty.
    case S_IFREG where status.st_size > 0: plain = (opened, UInt64(max(0, status.st_size)))
    case S_IFDIR:
      close(opened)
      throw TraceError("is a directory")
    default:
      defer { close(opened) }
      plain = try InputFile.spool(opened)
    }
    (descriptor, size, problem) = try InputFile.unpackIfPacked(plain.descriptor, size: plain.size)
    self.path = path
  }

  /// What a pipe yields, whose first bytes were looked at.
  init(_ pipe: TextPipe, path: String) throws(TraceError) {
    let plain = try pipe.spool()
    (descriptor, size, problem) = try InputFile.unpackIfPacked(plain.descriptor, size: plain.size)
    self.path = path
  }

  /// A file of mmq's own, in place of the one at `path`. The descriptor will be closed.
  init(path: String, inPlaceOf descriptor: Int32, size: UInt64) {
    (self.path, self.descriptor, self.size, problem) = (path, descriptor, size, nil)
  }

  deinit {
    close(descriptor)
  }

  /// Fills `buffer` from `offset` on; returns fewer bytes only where the file ends.
  public func read(
    at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer
  ) throws(TraceError) -> Int {
    var done = 0
    while done < buffer.count {
      guard let place = off_t(exactly: offset &+ UInt64(done)) else { break }
      let target = buffer.baseAddress! + done
      let count = pread(descriptor, target, buffer.count - done, place)
      if count == 0 { break }
      if count > 0 {
        done += count
      } else if errno != EINTR {
        throw TraceError("cannot be read (\(InputFile.reason()))", at: offset &+ UInt64(done))
      }
    }
    taken.add(UInt64(done), ordering: .relaxed)
    return done
  }

  /// Exactly `count` bytes; throws where the file has fewer, as it may have shrunk.
  public func read(at offset: UInt64, count: Int) throws(TraceError) -> [UInt8] {
    try check(offset, count)
    return try [UInt8].filled(count) { buffer throws(TraceError) in
      try readAll(at: offset, into: buffer)
    }
  }

  /// Exactly as many bytes as the buffer has.
  func readAll(
    at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer
  ) throws(TraceError) {
    try check(offset, buffer.count)
    let got = try read(at: offset, into: buffer)
    guard got == buffer.count else {
      throw TraceError("the file has shrunk", at: offset &+ UInt64(got))
    }
  }

  private func check(_ offset: UInt64, _ count: Int) throws(TraceError) {
    guard count >= 0, offset <= size, UInt64(count) <= size - offset else {
      throw TraceError("the file ends early: \(count) bytes are wanted", at: offset)
    }
  }

  static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  static func reason() -> String { String(cString: strerror(errno)) }

  static func retry(_ call: () -> Int32) -> Int32 {
    while true {
      let result = call()
      if result >= 0 || errno != EINTR { return result }
    }
  }
}

extension [UInt8] {
  /// So many bytes that `fill` writes, all of them.
  static func filled(
    _ count: Int, _ fill: (UnsafeMutableRawBufferPointer) throws(TraceError) -> Void
  ) throws(TraceError) -> [UInt8] {
    var problem: TraceError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      do throws(TraceError) {
        try fill(
          UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<count]))
        filled = count
      } catch {
        problem = error
      }
    }
    if let problem { throw problem }
    return bytes
  }
}
