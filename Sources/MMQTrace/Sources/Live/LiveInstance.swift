// A ring buffer of mmq's own: an instance of tracefs that goes when mmq goes.

internal import CLinux
internal import Glibc

/// `instances/mmq.PID.STARTTIME`, locked with flock(2) as long as its maker lives. Whoever finds one
/// whose lock is free may remove it: that is how the instances of killed processes go.
final class LiveInstance {
  let path: String
  let writer: TracefsWriter
  /// Of the directory, with the lock; -1 where nothing is done.
  private let lock: Int32
  private let slot: Int32
  private static let attempts = 16

  /// Makes and locks the instance. Throws a `TraceError` without leaving anything behind.
  init(in tracefs: Tracefs, _ writer: TracefsWriter) throws(TraceError) {
    self.writer = writer
    let name = "\(tracefs.path)/instances/mmq.\(getpid()).\(LiveInstance.startTime)"
    guard !writer.isPretending else {
      try writer.makeDirectory(name)
      (path, lock, slot) = (name, -1, -1)
      return
    }
    // Of a mount with a gid the group may look, but files of new instances are root's to write.
    guard access(tracefs.path + "/instances", W_OK) == 0 else {
      throw TraceError(
        "\(tracefs.path)/instances: no permission: tracing needs root; "
          + Tracefs.recordingsAreFree)
    }
    (path, lock) = try LiveInstance.make(name, writer)
    // Room for the ring of each CPU, and for free_buffer.
    let capacity = Int32(clamping: KernelFile.entries(of: path + "/per_cpu").count + 8)
    slot = clinux_guard(path, capacity)
    guard slot >= 0 else {
      rmdir(path)
      close(lock)
      throw TraceError("\(path): there are too many runs in this process")
    }
  }

  deinit { remove() }

  /// Between mkdir and flock somebody else may take it for an orphan: then it is made again. A
  /// second run in one process has a name with a number behind.
  private static func make(
    _ name: String, _ writer: TracefsWriter
  ) throws(TraceError) -> (String, Int32) {
    for attempt in 1...attempts {
      let path = attempt == 1 ? name : "\(name).\(attempt)"
      do throws(TraceError) {
        try writer.makeDirectory(path)
      } catch {
        if access(path, F_OK) == 0 { continue }
        throw error
      }
      if let lock = OwnedDirectory.lock(path) { return (path, lock) }
    }
    throw TraceError("\(name): cannot be locked")
  }

  /// When the process started, in clock ticks since the machine did: field 22 of proc_pid_stat(5).
  private static var startTime: String {
    let text = KernelFile.line(of: "/proc/self/stat") ?? ""
    let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
    return fields.count > 20 ? String(fields[20]) : "0"
  }

  /// Writes a file of the instance; a list may also be added to.
  func write(_ text: String, to file: String, appends: Bool = false) throws(TraceError) {
    try writer.write(text, to: "\(path)/\(file)", appends: appends)
  }

  // MARK: Others

  /// What files say that nobody else should change.
  private var settled: [(file: String, text: String?)] = []

  /// Takes note of what files say, now that all is set.
  func settle(_ files: [String]) { settled = files.map { ($0, text(of: $0)) } }

  /// Those of them that say something else now.
  var changedFiles: [String] { settled.filter { text(of: $0.file) != $0.text }.map(\.file) }

  private func text(of file: String) -> String? { KernelFile.line(of: "\(path)/\(file)") }

  // MARK: Files

  /// The words in a file of the instance.
  func words(in file: String) -> [String] {
    let text = KernelFile.line(of: "\(path)/\(file)") ?? ""
    return text.split { $0 == " " || $0 == "\n" }.map(String.init)
  }

  /// A number in a file of the instance, such as `8195` or `7 (expanded: 1408)`.
  func number(in file: String) -> Int? {
    KernelFile.line(of: "\(path)/\(file)")?.split(separator: " ").first.flatMap { Int($0) }
  }

  /// The kernel frees the ring when the last descriptor of `free_buffer` is closed, however the
  /// process ends: so that a killed one keeps no memory.
  func freeRingAtEnd() throws(TraceError) {
    try write("1", to: "options/disable_on_free")
    keep(try writer.hold(path + "/free_buffer"))
  }

  /// Files of the instance are closed before its end: rmdir says EBUSY otherwise.
  func keep(_ descriptor: Int32) {
    guard descriptor >= 0 else { return }
    if !clinux_guard_descriptor(slot, descriptor) { close(descriptor) }
  }

  /// As above for a mapping of such a file; false where it cannot be kept.
  func keep(_ mapping: UnsafeMutableRawBufferPointer) -> Bool {
    clinux_guard_mapping(slot, mapping.baseAddress, mapping.count)
  }

  private(set) var isRemoved = false

  /// Closes what was kept and removes the instance; says what the kernel says against it.
  @discardableResult
  func remove() -> TraceError? {
    guard !isRemoved else { return nil }
    isRemoved = true
    writer.noteRemoval(path)
    guard !writer.isPretending else { return nil }
    let problem = clinux_release(slot)
    close(lock)
    return problem == 0 ? nil : KernelFile.failure(path, problem)
  }
}
