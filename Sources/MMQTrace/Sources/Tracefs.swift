// The running kernel's own description of its events.

internal import CLinux
internal import Glibc

/// Access to tracefs. Follows Documentation/trace/ftrace.rst of the kernel.
public struct Tracefs: Sendable {
  /// The mount point, such as `/sys/kernel/tracing`.
  public let path: String

  /// Where it belongs: the kernel makes this directory for it.
  private static let home = "/sys/kernel/tracing"

  /// Finds where tracefs is mounted. Throws a `TraceError` that says how to get access.
  public init() throws(TraceError) {
    let mounted = Tracefs.mountPoints
    let known = mounted + [Tracefs.home, "/sys/kernel/debug/tracing"]
    guard !Tracefs.isLockedDown,
      let path = known.first(where: { access($0 + "/events", R_OK) == 0 })
    else { throw Tracefs.noAccess(mounted.first) }
    self.path = path
  }

  /// As above; where it is not mounted and the caller is root, the calling thread gets a mount namespace
  /// of its own with it (mount_namespaces(7)), which nobody else sees. What that thread starts inherits
  /// it: for programs, not for a library.
  public init(mountingFor writer: TracefsWriter) throws(TraceError) {
    if Tracefs.mountPoints.isEmpty, geteuid() == 0, access(Tracefs.home + "/events", F_OK) != 0 {
      let steps = "unshare --mount; mount -t tracefs nodev \(Tracefs.home)"
      let problem = clinux_mount_privately("tracefs", Tracefs.home)
      writer.remark(problem == 0 ? steps : "\(steps): \(String(cString: strerror(problem)))")
    }
    try self.init()
  }

  private static var mountPoints: [String] {
    let mounts = KernelFile.line(of: "/proc/thread-self/mounts") ?? ""
    return mounts.split(separator: "\n").compactMap { line -> String? in
      let words = line.split(separator: " ")
      return words.count > 2 && words[2] == "tracefs" ? String(words[1]) : nil
    }
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
    let path = mount ?? home
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
