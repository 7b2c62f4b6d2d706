// The one place where mmq changes anything in tracefs: so that each change can be shown, or only be
// shown.

internal import Glibc

/// Makes directories and writes control files under tracefs. Each step is recorded as the line of
/// shell that would do the same.
public final class TracefsWriter {
  /// Nothing is done; the steps are recorded all the same.
  public let isPretending: Bool
  private let record: (String) -> Void

  public init(isPretending: Bool = false, record: @escaping (String) -> Void = { _ in }) {
    self.isPretending = isPretending
    self.record = record
  }

  /// Says something that is no change: a size that was chosen.
  func remark(_ text: String) { record("# " + text) }

  func makeDirectory(_ path: String) throws(TraceError) {
    record("mkdir \(path)")
    guard !isPretending else { return }
    guard mkdir(path, 0o750) == 0 else { throw KernelFile.failure(path) }
  }

  /// The directory of an instance, empty for the kernel's purposes: its files go with it.
  func noteRemoval(_ path: String) { record("rmdir \(path)") }

  /// Writes a control file in one piece; errors come from write(2), not from open(2).
  func write(_ text: String, to path: String, appends: Bool = false) throws(TraceError) {
    record("echo \(TracefsWriter.quoted(text)) \(appends ? ">>" : ">") \(path)")
    guard !isPretending else { return }
    let descriptor = open(path, O_WRONLY | (appends ? O_APPEND : O_TRUNC) | O_CLOEXEC)
    guard descriptor >= 0 else { throw KernelFile.failure(path) }
    defer { close(descriptor) }
    let bytes = Array((text + "\n").utf8)
    while Glibc.write(descriptor, bytes, bytes.count) < 0 {
      if errno != EINTR { throw KernelFile.failure(path) }
    }
  }

  /// Opens a control file whose closing has a meaning; -1 where nothing is done.
  func hold(_ path: String) throws(TraceError) -> Int32 {
    record("exec {fd}> \(path)    # held open")
    guard !isPretending else { return -1 }
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw KernelFile.failure(path) }
    return descriptor
  }

  private static func quoted(_ text: String) -> String {
    let isPlain = text.allSatisfy { $0.isLetter || $0.isNumber || "._-".contains($0) }
    return isPlain && !text.isEmpty
      ? text : "'\(text.split(separator: "'").joined(separator: "'\\''"))'"
  }
}
