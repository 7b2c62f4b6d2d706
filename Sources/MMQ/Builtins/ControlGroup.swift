// Control groups of the machine that mmq runs on.

internal import Glibc

/// Control groups of version 2: directories, whose inodes are their ids.
enum ControlGroup {
  private static let roots = ["/sys/fs/cgroup/unified", "/sys/fs/cgroup"]

  /// The id of mmq's own group; 0 where there is no version 2.
  static var own: UInt64 {
    guard let text = HostFile.read("/proc/self/cgroup", limit: 1 << 16).bytes else { return 0 }
    for line in String(decoding: text, as: UTF8.self).split(separator: "\n")
    where line.hasPrefix("0::") {
      for root in roots {
        if let id = id(of: root + line.dropFirst(3)) { return id }
      }
    }
    return 0
  }

  /// More directories than any machine has.
  private static let limit = 100_000

  /// The path of a group below the root, `/` for the root itself.
  static func path(of wanted: UInt64) -> String? {
    guard let root = roots.first(where: { id(of: $0) != nil }) else { return nil }
    if id(of: root) == wanted { return "/" }
    // Breadth first, so that no depth needs a limit of its own.
    var directories = [""]
    var next = 0
    while next < directories.count, directories.count < limit {
      for child in children(of: root + directories[next]) {
        let path = directories[next] + "/" + child
        if id(of: root + path) == wanted { return path }
        directories.append(path)
      }
      next += 1
    }
    return nil
  }

  private static func id(of path: String) -> UInt64? {
    var status = stat()
    return stat(path, &status) == 0 ? UInt64(status.st_ino) : nil
  }

  private static func children(of path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      guard entry.pointee.d_type == UInt8(DT_DIR) else { continue }
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }
}
