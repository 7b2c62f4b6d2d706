// What a live run does so that it outlives the shortage of memory that it watches.

internal import CLinux
internal import Glibc

/// Memory that stays where it is, and a low rank among those that the kernel kills when memory runs out.
/// Both end with the process. What is not to be had is said with `-v`, and is no error.
struct Survival {
  /// Only what is done is said; nothing is done.
  let isPretending: Bool
  /// Gets each step as the line of shell that would do the same, or as a remark.
  let record: (String) -> Void

  /// The lowest oom_score_adj that mmq takes for itself: -1000 would have others killed for what mmq
  /// takes.
  static let lowestScore = -500

  func prepare() {
    lowerScore()
    lockMemory()
  }

  /// Never raised, and not lowered where it is low enough.
  private func lowerScore() {
    let path = "/proc/self/oom_score_adj"
    guard let before = Survival.text(of: path).flatMap({ Int32($0) }),
      before > Survival.lowestScore
    else { return }
    record("echo \(Survival.lowestScore) > \(path)")
    guard !isPretending else { return }
    let problem = clinux_set_oom_score(before, Int32(Survival.lowestScore))
    if problem != 0 { record("# refused: \(path): \(String(cString: strerror(problem)))") }
  }

  /// With a limit on locked memory, mappings beyond it would fail: then nothing is locked.
  private func lockMemory() {
    guard Survival.mayLock || clinux_may_lock_any_memory() else {
      return record("# memory is not locked: it needs CAP_IPC_LOCK, or ulimit -l unlimited")
    }
    record("# mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT)")
    guard !isPretending else { return }
    let problem = clinux_lock_memory()
    if problem != 0 { record("# refused: mlockall: \(String(cString: strerror(problem)))") }
  }

  /// CAP_IPC_LOCK, bit 14 of the effective capabilities (proc_pid_status(5), linux/capability.h).
  private static var mayLock: Bool {
    let status = text(of: "/proc/self/status") ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
    let digits = line?.dropFirst(7).drop { $0 == "\t" || $0 == " " } ?? ""
    return (UInt64(digits, radix: 16) ?? 0) >> 14 & 1 == 1
  }

  /// A file of /proc without white space at its end.
  private static func text(of path: String) -> String? {
    guard var bytes = try? ScriptOptions.read(path) else { return nil }
    while let last = bytes.last, last <= 32 { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }
}
