// A file that nobody sees before it is whole, and that goes by itself if it never is.

internal import CLinux
internal import Glibc
internal import MMQTrace

/// A file in a directory, without a name where the file system can do that (O_TMPFILE of open(2)):
/// then nothing is left of it however the process ends. Elsewhere it has an odd name for a while.
final class UnnamedFile {
  let descriptor: Int32
  private let directory: String
  /// Where it has to have one.
  private var name: String?

  /// `isNamed`: as on a file system that knows no files without a name.
  init(in directory: String, isNamed: Bool = false) throws(TraceError) {
    self.directory = directory
    var descriptor = isNamed ? -1 : clinux_open_unnamed(directory)
    // What file systems without O_TMPFILE, and kernels that don't know it, say.
    if isNamed || descriptor < 0 && [EOPNOTSUPP, EISDIR, EINVAL].contains(errno) {
      var template = UnnamedFile.template(directory)
      descriptor = mkstemp(&template)
      if descriptor >= 0 {
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        name = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        let mask = umask(0)
        umask(mask)
        fchmod(descriptor, 0o666 & ~mask)
      }
    }
    self.descriptor = descriptor
    guard descriptor >= 0 else { throw UnnamedFile.failure() }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    removeName()
  }

  private static func template(_ directory: String) -> [CChar] {
    Array("\(directory)/.mmq.XXXXXX".utf8CString)
  }

  static func failure() -> TraceError {
    TraceError(String(cString: strerror(errno)))
  }

  /// For a file that never gets a name: it goes now, where it has one.
  func removeName() {
    if let name { unlink(name) }
    name = nil
  }

  /// Bytes that others may still write to its file system.
  var room: UInt64 {
    var status = statvfs()
    guard fstatvfs(descriptor, &status) == 0 else { return .max }
    return UInt64(status.f_bavail) &* UInt64(status.f_frsize)
  }

  /// Everything that was written is on the disk, and the file has this path: one that was there
  /// before is replaced. It gives its mode, or another
  /// one does, where there is one.
  func publish(as path: String, modeOf other: String? = nil) throws(TraceError) {
    var old = stat()
    if stat(other ?? path, &old) == 0 { fchmod(descriptor, old.st_mode & 0o7777) }
    // Some file systems find only now that there is no room.
    guard fsync(descriptor) == 0 else { throw UnnamedFile.failure() }
    if name == nil {
      if link(as: path) { return }
      guard errno == EEXIST else { throw UnnamedFile.failure() }
      name = try linkBeside()
    }
    guard let from = name, rename(from, path) == 0 else { throw UnnamedFile.failure() }
    name = nil
  }

  private func link(as path: String) -> Bool {
    linkat(AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0
  }

  /// A name that nobody has.
  private func linkBeside() throws(TraceError) -> String {
    for _ in 0..<100 {
      let path = "\(directory)/.mmq.\(getpid()).\(UInt32.random(in: 0 ... .max))"
      if link(as: path) { return path }
      guard errno == EEXIST else { break }
    }
    throw UnnamedFile.failure()
  }
}
