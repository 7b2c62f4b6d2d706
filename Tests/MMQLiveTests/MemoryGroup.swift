// A memory cgroup of a test's own, by either version of cgroups.

import Foundation
import Testing

/// A cgroup with a limit of memory; it goes with this value.
final class MemoryGroup {
  let path: String

  /// The directory below which groups with limits of memory can be made, and the name of the limit's
  /// file; nil, said once and loudly, where there is none.
  private static let parent: (path: String, limit: String)? = {
    for line in Tracing.text("/proc/mounts").split(separator: "\n") {
      let fields = line.split(separator: " ").map(String.init)
      guard fields.count > 3 else { continue }
      let isFirst = fields[2] == "cgroup" && fields[3].split(separator: ",").contains("memory")
      let limit = isFirst ? "memory.limit_in_bytes" : "memory.max"
      let isSecond = fields[2] == "cgroup2"
      guard isFirst || isSecond else { continue }
      if isSecond { try? write("+memory", "\(fields[1])/cgroup.subtree_control") }
      if has(limit, below: fields[1]) { return (fields[1], limit) }
    }
    print("SKIP PressureTests: no cgroup can be made that limits memory")
    return nil
  }()

  static let isPossible = parent != nil && Tracing.isPossible

  private static func has(_ file: String, below parent: String) -> Bool {
    let path = "\(parent)/mmq-test.\(getpid()).probe"
    guard mkdir(path, 0o755) == 0 else { return false }
    defer { rmdir(path) }
    return access("\(path)/\(file)", W_OK) == 0
  }

  private static func write(_ text: String, _ path: String) throws {
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try file.write(contentsOf: Data(text.utf8))
  }

  init(_ name: String, megabytes: Int) throws {
    let parent = try #require(Self.parent)
    path = "\(parent.path)/mmq-test.\(getpid()).\(name)"
    try #require(mkdir(path, 0o755) == 0)
    try Self.write("\(megabytes << 20)", "\(path)/\(parent.limit)")
  }

  /// Its processes are gone by then, but the kernel may need a moment to see it.
  deinit {
    for _ in 0..<100 where rmdir(path) != 0 { usleep(20_000) }
  }

  /// The words that run a command in the group.
  func words(_ command: [String]) -> [String] {
    ["/bin/sh", "-c", "echo $$ > \(path)/cgroup.procs && exec \"$0\" \"$@\""] + command
  }
}

extension Trait where Self == ConditionTrait {
  static var needsMemoryGroups: Self {
    .enabled(if: MemoryGroup.isPossible, "cgroups that limit memory, and tracefs")
  }
}
