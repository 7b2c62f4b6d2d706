// Texts and directories of /proc and tracefs, whose sizes nobody knows before they are read.

internal import Glibc

enum KernelFile {
  /// A whole file. Throws a `TraceError` with the path and the system's reason.
  static func text(of path: String) throws(TraceError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 14)
    while true {
      let got = read(descriptor, &block, block.count)
      if got < 0, errno == EINTR { continue }
      guard got > 0 else { return bytes }
      bytes += block[..<got]
    }
  }

  /// As text without white space at its end; nil where it cannot be read.
  static func line(of path: String) -> String? {
    guard let bytes = try? text(of: path) else { return nil }
    let end = bytes.lastIndex { $0 > 32 }.map { $0 + 1 } ?? 0
    return String(decoding: bytes[..<end], as: UTF8.self)
  }

  /// The names in a directory, sorted; none where it cannot be read.
  static func entries(of path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  /// The error of the last call, with the path that it is about.
  static func failure(_ path: String, _ code: Int32 = errno) -> TraceError {
    TraceError("\(path): \(String(cString: strerror(code)))")
  }
}
