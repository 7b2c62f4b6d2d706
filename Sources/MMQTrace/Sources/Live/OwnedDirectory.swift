// Whose an instance is: its maker holds a lock on its directory.

internal import Glibc

enum OwnedDirectory {
  /// The directory's descriptor with its lock; nil where somebody else has it, or where the directory
  /// is not there any more.
  static func lock(_ path: String) -> Int32? {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0, isStill(path, descriptor) { return descriptor }
    close(descriptor)
    return nil
  }

  /// Whether the path still means what was opened: it may have been removed, and made again.
  private static func isStill(_ path: String, _ descriptor: Int32) -> Bool {
    var (named, opened) = (stat(), stat())
    return stat(path, &named) == 0 && fstat(descriptor, &opened) == 0
      && named.st_ino == opened.st_ino && named.st_dev == opened.st_dev
  }
}

extension Tracefs {
  /// Removes the instances of mmq whose makers are gone. `path` and what came of it: an error where
  /// somebody still has a file of it open.
  @discardableResult
  public func removeOrphans(_ writer: TracefsWriter) -> [(path: String, problem: TraceError?)] {
    var removed: [(String, TraceError?)] = []
    for name in KernelFile.entries(of: path + "/instances") where Tracefs.isOwn(name) {
      let directory = "\(path)/instances/\(name)"
      guard let lock = OwnedDirectory.lock(directory) else { continue }
      defer { close(lock) }
      writer.noteRemoval(directory)
      guard !writer.isPretending else { continue }
      removed.append((directory, rmdir(directory) == 0 ? nil : KernelFile.failure(directory)))
    }
    return removed
  }

  /// `mmq.PID.STARTTIME`, with a number behind or without.
  private static func isOwn(_ name: String) -> Bool {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return parts.first == "mmq" && (3...4).contains(parts.count)
      && parts.dropFirst().allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isNumber) }
  }
}
