// Where a recording goes: looked at before anything is recorded.

internal import Glibc
internal import MMQTrace

/// The path that a recording gets when it is whole. What is there until then stays.
struct RecordingPlace {
  /// Where symbolic links lead.
  let path: String
  let directory: String

  /// Throws a `TraceError` where there can be no such file: the caller may not write it, or it is
  /// something else than a file, such as /dev/null.
  init(_ path: String) throws(TraceError) {
    var target = path
    if let resolved = realpath(path, nil) {
      target = String(cString: resolved)
      free(resolved)
      try RecordingPlace.check(target)
    } else if errno != ENOENT || path.hasSuffix("/") || path.isEmpty {
      throw UnnamedFile.failure()
    }
    self.path = target
    guard let slash = target.lastIndex(of: "/") else {
      directory = "."
      return
    }
    directory = slash == target.startIndex ? "/" : String(target[..<slash])
  }

  private static func check(_ path: String) throws(TraceError) {
    var status = stat()
    guard stat(path, &status) == 0, access(path, W_OK) == 0 else { throw UnnamedFile.failure() }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw TraceError("not a regular file: a recording needs one")
    }
  }
}
