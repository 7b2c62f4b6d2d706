// `-p PID`: a process that runs already.

internal import Glibc

/// A process, held by more than its number, which another one may get after its end.
public final class TracedProcess {
  /// Its number, as /proc names it.
  public let id: Int32
  /// Of /proc/PID/stat: it tells of this process, or of none.
  private let status: Int32

  /// Throws a `TraceError` where there is no such process, where the number is that of another thread than
  /// its first, and where numbers are not the kernel's.
  public init(_ id: Int32) throws(TraceError) {
    if let problem = ProcessNamespace.problem { throw TraceError("-p \(id): \(problem)") }
    status = open("/proc/\(id)/stat", O_RDONLY | O_CLOEXEC)
    self.id = id
    guard status >= 0, !hasEnded else { throw TraceError("-p \(id): there is no such process") }
    if let process = TracedProcess.group(of: id), process != id {
      throw TraceError("-p \(id): that is a thread of process \(process)")
    }
  }

  deinit { if status >= 0 { close(status) } }

  /// The process that a thread is of: `Tgid` of proc_pid_status(5).
  private static func group(of thread: Int32) -> Int32? {
    let text = KernelFile.line(of: "/proc/\(thread)/status") ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("Tgid:") }
    return line?.split(separator: "\t").last.flatMap { Int32($0) }
  }

  /// All its threads are gone, though its parent may not have asked for it yet. Fields 3 and 20 of
  /// proc_pid_stat(5): the state of the first thread, and how many there are.
  public var hasEnded: Bool {
    var buffer = [UInt8](repeating: 0, count: 1024)
    let length = pread(status, &buffer, buffer.count, 0)
    guard length > 0 else { return true }
    let text = String(decoding: buffer[..<length], as: UTF8.self)
    let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
    guard fields.count > 18 else { return true }
    return ["Z", "X"].contains(fields[1]) && (Int(fields[18]) ?? 0) <= 1
  }
}
