// The running kernel's own description of its events.

internal import Glibc

/// Access to tracefs. Follows Documentation/trace/ftrace.rst of the kernel.
public struct Tracefs: Sendable {
  /// The mount point, such as `/sys/kernel/tracing`.
  public let path: String

  /// Finds where tracefs is mounted. Throws a `TraceError` that says how to get access.
  public init() throws(TraceError) {
    let mounts = (try? Tracefs.text(of: "/proc/self/mounts")) ?? []
    let lines = String(decoding: mounts, as: UTF8.self).split(separator: "\n")
    let mounted = lines.compactMap { line -> String? in
      let words = line.split(separator: " ")
      return words.count > 2 && words[2] == "tracefs" ? String(words[1]) : nil
    }
    let known = mounted + ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"]
    guard let path = known.first(where: { access($0 + "/events", R_OK) == 0 }) else {
      throw TraceError(
        "tracefs is not to be had: be root and 'mount -t tracefs tracefs /sys/kernel/tracing', "
          + "or read a recording with -i, which needs no rights")
    }
    self.path = path
  }

  /// All events of the running kernel, by system and name. What does not parse is noted.
  public func schemas(_ damage: DamageLog) -> [EventSchema] {
    var all: [EventSchema] = []
    for system in Tracefs.entries(of: path + "/events") {
      for event in Tracefs.entries(of: "\(path)/events/\(system)") {
        let file = "\(path)/events/\(system)/\(event)/format"
        // Files such as `enable` and `filter` lie beside the events.
        guard let text = try? Tracefs.text(of: file) else { continue }
        switch FormatParser.parse(text, system: system, longSize: MemoryLayout<Int>.size) {
        case .success(let schema): all.append(schema)
        case .failure(let problem): damage.note("unreadable format", "\(file): \(problem)")
        }
      }
    }
    return all
  }

  private static func text(of path: String) throws(TraceError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw TraceError("\(path): \(String(cString: strerror(errno)))") }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let got = read(descriptor, &block, block.count)
      if got < 0, errno == EINTR { continue }
      guard got > 0 else { return bytes }
      bytes += block[..<got]
    }
  }

  /// The names in a directory, sorted.
  private static func entries(of path: String) -> [String] {
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
}
