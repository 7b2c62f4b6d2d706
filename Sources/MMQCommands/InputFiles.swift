// The files that a command has read, so that it writes its results over none of them.

enum InputFiles {
  /// Commands run on one thread.
  nonisolated(unsafe) private static var read: Set<FileIdentity> = []

  /// A file of this path is read, or will be.
  static func note(_ path: String) {
    if let identity = FileIdentity(of: path) { read.insert(identity) }
  }

  /// Throws a Stop where to write to a path would destroy what the command was asked about.
  static func refuse(_ path: String) throws {
    guard let identity = FileIdentity(of: path), identity.isRegular, read.contains(identity)
    else { return }
    throw Stop(
      status: Stop.usageError,
      message: "mmq: \(path): it is what is read: results need a file of their own")
  }
}
