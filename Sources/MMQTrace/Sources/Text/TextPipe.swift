// Text that comes through a pipe, as it comes: `cat trace_pipe | mmq -i -`.

internal import Glibc

/// Standard input or a FIFO, of which the first bytes were looked at.
final class TextPipe: TextInput {
  let mayWait = true
  private let descriptor: Int32
  /// What was read to see what it is.
  private(set) var head: [UInt8]
  private var given = 0

  /// How long a read waits before it says that there is nothing: so long may Ctrl-C wait, too.
  private static let patience: Int32 = 100
  /// Formats are recognised by so much.
  private static let headSize = 64

  /// nil where `path` is a file: its bytes can be read in any order.
  init?(path: String) throws(TraceError) {
    let opened = path == "-" ? dup(0) : InputFile.retry { Glibc.open(path, O_RDONLY | O_CLOEXEC) }
    var status = stat()
    guard opened >= 0, fstat(opened, &status) == 0, TextPipe.isPipe(status, path) else {
      if opened >= 0 { close(opened) }
      return nil
    }
    (descriptor, head) = (opened, [])
    while head.count < TextPipe.headSize {
      guard let more = try readSome(256), !more.isEmpty else { break }
      head += more
    }
  }

  deinit { close(descriptor) }

  /// The kernel's `trace_pipe` looks like a file, and is none.
  private static func isPipe(_ status: stat, _ path: String) -> Bool {
    let kind = status.st_mode & S_IFMT
    return kind == S_IFIFO || kind == S_IFSOCK
      || kind == S_IFREG && status.st_size == 0 && path.hasSuffix("/trace_pipe")
  }

  /// Copies all of it to a file: what is no text must be read in any order.
  func spool() throws(TraceError) -> (descriptor: Int32, size: UInt64) {
    try InputFile.spool(descriptor, after: head)
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(TraceError) -> Int? {
    if given < head.count {
      let part = head[given...].prefix(buffer.count)
      buffer.copyBytes(from: part)
      given += part.count
      return part.count
    }
    var waited = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    if poll(&waited, 1, TextPipe.patience) <= 0 { return 0 }
    let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
    if count < 0 {
      if errno == EINTR || errno == EAGAIN { return 0 }
      throw TraceError("cannot be read (\(InputFile.reason()))")
    }
    return count == 0 ? nil : count
  }

  private func readSome(_ most: Int) throws(TraceError) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: most)
    while true {
      let count = Glibc.read(descriptor, &bytes, most)
      if count >= 0 { return count == 0 ? nil : Array(bytes.prefix(count)) }
      if errno == EAGAIN {
        var waited = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        poll(&waited, 1, -1)
      } else if errno != EINTR {
        throw TraceError("cannot be read (\(InputFile.reason()))")
      }
    }
  }
}
