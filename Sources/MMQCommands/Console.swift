// Standard output and standard error.

internal import Glibc
internal import MMQ

enum Console {
  /// Something is on the terminal's last line that must go first.
  nonisolated(unsafe) static var beforeWriting: (() -> Void)?
  /// The file of `-o`.
  nonisolated(unsafe) private static var outputPath: String?

  static var outputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  static var inputIsTerminal: Bool { isatty(STDIN_FILENO) == 1 }

  /// Lines of the terminal behind standard output.
  static var rows: Int {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0 else { return 24 }
    return Int(size.ws_row)
  }

  /// A terminal shows what is printed, or a program behind a pipe takes it.
  static var outputIsRead: Bool {
    var status = stat()
    guard fstat(STDOUT_FILENO, &status) == 0 else { return false }
    return outputIsTerminal || [S_IFIFO, S_IFSOCK].contains(status.st_mode & S_IFMT)
  }

  /// Where results go: a file, or standard output for `-` and where there is no path.
  static func openOutput(_ path: String?) throws -> Int32 {
    guard let path, path != "-" else { return STDOUT_FILENO }
    try InputFiles.refuse(path)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw Stop(
        status: Stop.dataError, message: "mmq: \(path): \(String(cString: strerror(errno)))")
    }
    outputPath = path
    return descriptor
  }

  /// Text to standard output, or to another place.
  static func print(_ text: String, to descriptor: Int32 = STDOUT_FILENO) {
    Array(text.utf8).withUnsafeBytes { write($0, to: descriptor) }
  }

  /// A line to standard error. What it tells of an input may hold bytes that a terminal would obey.
  static func error(_ line: String) {
    let shown = ControlBytes.escapedInLines(Array(line.utf8))
    let line = Coloring.colored(String(decoding: shown, as: UTF8.self))
    Array((line.hasSuffix("\n") ? line : line + "\n").utf8).withUnsafeBytes {
      write($0, to: STDERR_FILENO)
    }
  }

  /// All the bytes. When nobody reads the output any more, the program ends quietly.
  static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32 = STDOUT_FILENO) {
    beforeWriting?()
    writeAll(bytes, descriptor)
  }

  /// Text to standard error, as it is.
  static func writeBare(_ text: String) {
    Array(text.utf8).withUnsafeBytes { writeAll($0, STDERR_FILENO) }
  }

  private static func writeAll(_ bytes: UnsafeRawBufferPointer, _ descriptor: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let room = UnsafeRawBufferPointer(rebasing: rest)
      let written = Glibc.write(descriptor, room.baseAddress, room.count)
      if written < 0 {
        if errno == EINTR { continue }
        if errno == EPIPE { exit(0) }
        if descriptor != STDERR_FILENO {
          let reason = String(cString: strerror(errno))
          let place = descriptor == STDOUT_FILENO ? "" : outputPath.map { " to \($0)" } ?? ""
          error("mmq: cannot write\(place): \(reason)")
        }
        exit(Stop.dataError)
      }
      rest = rest.dropFirst(written)
    }
  }
}
