// The running kernel's own description of its events.

internal import Glibc

/// Access to tracefs. Follows Documentation/trace/ftrace.rst of the kernel.
public struct Tracefs: Sendable {
  /// The mount point, such as `/sys/kernel/tracing`.
  public let path: String

  /// Finds where tracefs is mounted. Throws a `TraceError` that says how to get access.
  public init() throws(TraceError) {
    let mounts = KernelFile.line(of: "/proc/self/mounts") ?? ""
    let mounted = mounts.split(separator: "\n").compactMap { line -> String? in
      let words = line.split(separator: " ")
      return words.count > 2 && words[2] == "tracefs" ? String(words[1]) : nil
    }
    let known = mounted + ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"]
    guard !Tracefs.isLockedDown,
      let path = known.first(where: { access($0 + "/events", R_OK) == 0 })
    else { throw Tracefs.noAccess(mounted.first) }
    self.path = path
  }

  /// The kernel keeps its events even from root (kernel_lockdown(7)): what is in force is in brackets.
  private static var isLockedDown: Bool {
    KernelFile.line(of: "/sys/kernel/security/lockdown")?.contains("[confidentiality]") == true
  }

  /// What helps those who get no further.
  static let recordingsAreFree = "recordings need no rights: name one with -i"

  /// Why there is no access, and the ways to get it.
  private static func noAccess(_ mount: String?) -> TraceError {
    if isLockedDown {
      return TraceError(
        "this kernel is locked down (confidentiality) and shows its events to nobody; "
          + recordingsAreFree)
    }
    let path = mount ?? "/sys/kernel/tracing"
    let reason = mount == nil ? "it is not mounted" : "\(path): no permission"
    let give =
      mount == nil
      ? "mount -t tracefs -o gid=GROUP,mode=750 tracefs \(path)"
      : "mount -o remount,gid=GROUP,mode=750 \(path)"
    return TraceError(
      "tracefs is not to be had (\(reason)): be root, which tracing needs; "
        + "to list events and check scripts, membership in a group is enough, after '\(give)'; "
        + recordingsAreFree)
  }

  /// All events of the running kernel that are wanted, by system and name. What does not parse is
  /// noted.
  public func schemas(
    _ damage: DamageLog, wants: (_ system: String, _ name: String) -> Bool = { _, _ in true }
  ) -> [EventSchema] {
    var all: [EventSchema] = []
    for system in KernelFile.entries(of: path + "/events") {
      for event in KernelFile.entries(of: "\(path)/events/\(system)") where wants(system, event) {
        let file = "\(path)/events/\(system)/\(event)/format"
        // Files such as `enable` and `filter` lie beside the events.
        guard let text = try? KernelFile.text(of: file) else { continue }
        switch FormatParser.parse(text, system: system, longSize: MemoryLayout<Int>.size) {
        case .success(let schema): all.append(schema)
        case .failure(let problem): damage.note("unreadable format", "\(file): \(problem)")
        }
      }
    }
    return all
  }
}
