// Two paths, one file: by device and number.

internal import Glibc

/// Which file a path names, whatever its other names.
struct FileIdentity: Hashable {
  private let device: UInt64
  private let number: UInt64
  /// No terminal and no pipe, which may well be read and written to.
  let isRegular: Bool

  /// nil where it cannot be looked at.
  init?(of path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    (device, number) = (UInt64(status.st_dev), UInt64(status.st_ino))
    isRegular = status.st_mode & S_IFMT == S_IFREG
  }
}
