// The files that a command has read, so that it writes its results over none of them.

internal import Glibc

enum InputFiles {
  private struct Identity: Hashable {
    var device: UInt64
    var number: UInt64
  }

  /// Commands run on one thread.
  nonisolated(unsafe) private static var read: Set<Identity> = []

  /// A file of this path is read, or will be.
  static func note(_ path: String) {
    if let identity = identity(path) { read.insert(identity) }
  }

  /// Throws a Stop where to write to a path would destroy what the command was asked about.
  static func refuse(_ path: String) throws {
    guard let identity = identity(path), read.contains(identity) else { return }
    throw Stop(
      status: Stop.usageError,
      message: "mmq: \(path): it is what is read: results need a file of their own")
  }

  /// Only of regular files: a terminal or a pipe may well be both.
  private static func identity(_ path: String) -> Identity? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Identity(device: UInt64(status.st_dev), number: UInt64(status.st_ino))
  }
}
