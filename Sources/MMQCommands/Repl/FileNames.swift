// Names of files, for completion.

internal import Glibc

enum FileNames {
  /// Paths that begin so; directories with a slash at their end. Hidden ones only where asked for.
  static func startingWith(_ word: String) -> [String] {
    let slash = word.lastIndex(of: "/").map { word.index(after: $0) } ?? word.startIndex
    let (directory, name) = (String(word[..<slash]), word[slash...])
    let path = expanded(directory)
    let found = (Directory.entries(of: path.isEmpty ? "." : path) ?? []).filter {
      $0.hasPrefix(name) && $0 != "." && $0 != ".." && ($0.hasPrefix(".") == name.hasPrefix("."))
    }
    return found.sorted().map { directory + $0 + (isDirectory(path + $0) ? "/" : "") }
  }

  /// `~/` is the home directory.
  static func expanded(_ path: String) -> String {
    guard path.hasPrefix("~/"), let home = Environment.first(of: "HOME") else { return path }
    return home + path.dropFirst()
  }

  private static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
