// Temporary files that have no name, so that nothing is left behind: pipes are copied to one.

internal import Glibc

extension InputFile {
  /// Copies all that `source` yields, behind what was read of it already; returns the copy's descriptor
  /// and size.
  static func spool(
    _ source: Int32, after head: [UInt8] = []
  ) throws(TraceError) -> (descriptor: Int32, size: UInt64) {
    let copy = try temporaryFile()
    do throws(TraceError) {
      let first = UnsafeMutableRawBufferPointer.allocate(byteCount: head.count, alignment: 1)
      defer { first.deallocate() }
      first.copyBytes(from: head)
      try writeAll(UnsafeRawBufferPointer(first), to: copy)
      return (copy, try UInt64(head.count) + pump(source, copy))
    } catch {
      close(copy)
      throw error
    }
  }

  /// A new file that has no name.
  static func temporaryFile() throws(TraceError) -> Int32 {
    let chosen = getenv("TMPDIR").map { String(cString: $0) }
    for directory in [chosen, "/var/tmp", "/tmp"].compactMap({ $0 }) where !directory.isEmpty {
      var name = Array("\(directory)/mmq-XXXXXX".utf8CString)
      let descriptor = mkstemp(&name)
      guard descriptor >= 0 else { continue }
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
      unlink(name)
      return descriptor
    }
    throw TraceError("needs a temporary file, and none can be made: \(reason())")
  }

  private static func pump(_ source: Int32, _ copy: Int32) throws(TraceError) -> UInt64 {
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
    defer { block.deallocate() }
    var size: UInt64 = 0
    while true {
      let count = Glibc.read(source, block.baseAddress, block.count)
      if count == 0 { return size }
      if count < 0 {
        if errno == EINTR { continue }
        throw TraceError("cannot be read (\(reason()))", at: size)
      }
      try writeAll(UnsafeRawBufferPointer(rebasing: block[..<count]), to: copy)
      size += UInt64(count)
    }
  }

  static func writeAll(_ bytes: UnsafeRawBufferPointer, to file: Int32) throws(TraceError) {
    var done = 0
    while done < bytes.count {
      let count = Glibc.write(file, bytes.baseAddress! + done, bytes.count - done)
      if count >= 0 {
        done += count
      } else if errno != EINTR {
        throw TraceError("needs a temporary file, which cannot be written: \(reason())")
      }
    }
  }
}
