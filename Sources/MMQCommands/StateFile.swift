// State files: read, and written wholly or not at all.

internal import Glibc
internal import MMQ

enum StateFile {
  /// Throws a Stop that says what is wrong with the file.
  static func read(_ path: String) throws -> SavedState {
    do {
      return try SavedState(ScriptOptions.read(path, status: Stop.dataError))
    } catch let problem as StateError {
      throw Stop(status: Stop.dataError, message: "mmq: \(path) \(problem.message)")
    }
  }

  /// Whether a file can be written there: asked before the run, which may go on for days.
  static func check(_ path: String) throws {
    try InputFiles.refuse(path)
    let isThere = access(path, F_OK) == 0
    guard access(isThere ? path : directory(of: path), W_OK) == 0 else { throw failure(path) }
  }

  /// Of a run that failed there is no state.
  static func write(_ state: SavedState?, to path: String) throws {
    guard let state else {
      return Console.error("mmq: the run failed: no state was written to \(path)")
    }
    try write(state.bytes, to: path)
  }

  /// What is no regular file, such as /dev/stdout, is written to.
  private static func write(_ bytes: [UInt8], to path: String) throws {
    var status = stat()
    guard stat(path, &status) == 0 else {
      return try FileReplacement.write(bytes, to: path, mode: 0o666 & ~usualMask())
    }
    if status.st_mode & S_IFMT == S_IFREG {
      return try FileReplacement.replace(path, with: bytes)
    }
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    errno = bytes.withUnsafeBytes { FileWriting.write($0, to: descriptor) }
    if errno != 0 { throw failure(path) }
  }

  private static func usualMask() -> mode_t {
    let mask = umask(0)
    umask(mask)
    return mask
  }

  private static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func failure(_ path: String) -> Stop {
    Stop(status: Stop.dataError, message: "mmq: \(path): \(String(cString: strerror(errno)))")
  }
}
