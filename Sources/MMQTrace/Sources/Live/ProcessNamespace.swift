// Whether the numbers of processes that one sees are those that the kernel traces by.

internal import Glibc

/// pid_namespaces(7): in a container processes have numbers of their own. Events, and the lists of tracefs,
/// have those of the initial namespace.
public enum ProcessNamespace {
  /// The inode of the initial one: PROC_PID_INIT_INO of include/linux/proc_ns.h.
  private static let initial = "pid:[4026531836]"

  /// What /proc shows are the kernel's own numbers. Process 1 of it is in the namespace that /proc is of;
  /// only root may look there.
  static let isShownByProc: Bool = (link("/proc/1/ns/pid") ?? own) == initial

  /// What the C library gives to this process are the kernel's own numbers.
  static let isOwn: Bool = own == initial

  /// Kernels without namespaces have one.
  private static var own: String {
    access("/proc/self/ns", F_OK) == 0 ? link("/proc/self/ns/pid") ?? "" : initial
  }

  private static func link(_ path: String) -> String? {
    var buffer = [UInt8](repeating: 0, count: 64)
    let length = readlink(path, &buffer, buffer.count)
    return length > 0 ? String(decoding: buffer[..<length], as: UTF8.self) : nil
  }

  /// Why a process cannot be named to the kernel by its number in /proc; nil where it can.
  public static var problem: String? { isShownByProc ? nil : reason }

  /// Why a child of this process cannot; nil where it can.
  public static var problemOfChildren: String? { isOwn ? nil : reason }

  private static let reason =
    "this is a pid namespace of its own, such as a container's, and the kernel traces by the numbers "
    + "that processes have outside of it; start mmq in that of the machine (docker run --pid=host)"
}
