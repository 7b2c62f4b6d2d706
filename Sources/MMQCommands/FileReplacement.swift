// Gives a file another content: wholly, or not at all.

internal import Glibc

enum FileReplacement {
  /// Writes a new file beside the old one and puts it in its place: whoever reads meanwhile, or after
  /// a crash, finds one or the other. The mode stays; a symbolic link stays one.
  static func replace(_ path: String, with bytes: [UInt8]) throws {
    guard let resolved = realpath(path, nil) else { throw failure(path) }
    defer { free(resolved) }
    let target = String(cString: resolved)
    var status = stat()
    guard stat(target, &status) == 0, access(target, W_OK) == 0 else { throw failure(path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw Stop(
        status: Stop.usageError, message: "mmq: \(path): not a regular file; use --stdout")
    }
    try write(bytes, to: target, mode: status.st_mode & 0o7777)
  }

  /// A file that is there wholly or not at all, in the place of what may be there.
  static func write(_ bytes: [UInt8], to path: String, mode: mode_t) throws {
    var template = Array("\(path).XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw failure(path) }
    let isDone =
      fchmod(descriptor, mode) == 0
      && bytes.withUnsafeBytes({ FileWriting.write($0, to: descriptor) }) == 0
      && fsync(descriptor) == 0 && rename(template, path) == 0
    let problem = errno
    close(descriptor)
    guard !isDone else { return }
    unlink(template)
    errno = problem
    throw failure(path)
  }

  private static func failure(_ path: String) -> Stop {
    Stop(status: Stop.dataError, message: "mmq: \(path): \(String(cString: strerror(errno)))")
  }
}
