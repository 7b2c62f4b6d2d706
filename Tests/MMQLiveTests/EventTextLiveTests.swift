// `mmq events` against the running kernel's own `trace` file, over one and the same buffer.

import Foundation
import MMQTestSupport
import MMQTrace
import Testing

/// An instance that a test fills and reads by itself.
private final class OwnInstance {
  let name = "mmq-test.\(getpid())"
  let path: String

  init() throws {
    path = try Tracefs().path + "/instances/" + name
    guard mkdir(path, 0o700) == 0 else { throw Failure(path: path) }
  }

  deinit { rmdir(path) }

  struct Failure: Error { let path: String }

  func write(_ value: String, to file: String) throws {
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(path)/\(file)"))
    try handle.write(contentsOf: Data(value.utf8))
    try handle.close()
  }

  /// All events of all tasks, while `body` runs. A full buffer takes no more.
  func record(_ body: () throws -> Void) throws {
    try write("0", to: "tracing_on")
    try write("0", to: "options/overwrite")
    try write("0", to: "options/hash-ptr")
    try write("mono", to: "trace_clock")
    try write("6000", to: "buffer_size_kb")
    try write("1", to: "events/enable")
    try write("1", to: "tracing_on")
    try body()
    try write("0", to: "tracing_on")
    try write("0", to: "events/enable")
  }
}

@Suite(.needsTracefs, .serialized) struct EventTextLiveTests {
  private static let traceCommand = "/usr/bin/trace-cmd"

  /// Kinds whose text needs more than records hold; the page EventText.md says why: names of bits that
  /// Linux 6.18 no longer puts into formats, and an age at the time of reading.
  private static let different: Set<String> = [
    "sb_clear_inode_writeback", "sb_mark_inode_writeback", "writeback_dirty_inode",
    "writeback_dirty_inode_enqueue", "writeback_dirty_inode_start", "writeback_lazytime",
    "writeback_lazytime_iput", "writeback_mark_inode_dirty", "writeback_single_inode",
    "writeback_single_inode_start",
  ]

  /// Makes events of many kinds: files, processes, memory, signals, sockets, timers.
  private static let load = """
    for i in 1 2 3; do
      dd if=/dev/zero of="$1/file" bs=64k count=64 conv=fsync status=none
      sh -c 'kill -USR1 $$' ; ls -lR /usr/share/doc/apt > /dev/null; mv "$1/file" "$1/other"
      timeout 0.01 sleep 1; rm "$1/other"
    done
    python3 -c 'import socket; s = socket.socket(); s.connect_ex(("127.0.0.1", 9))' || :
    sync
    """

  /// Text behind the task's name, which the kernel looks up when somebody reads.
  private static func body(_ line: Substring) -> Substring { line.dropFirst(16) }

  private static func event(_ line: Substring) -> String {
    let words = line.split(separator: ": ", maxSplits: 2)
    let word = words.count > 1 ? words[1] : line
    return String(word.prefix { $0 != " " && $0 != "(" && $0 != ":" })
  }

  @Test func theKernelsOwnText() throws {
    guard access(Self.traceCommand, X_OK) == 0 else {
      print("SKIP theKernelsOwnText: \(Self.traceCommand) is not there")
      return
    }
    let directory = NSTemporaryDirectory() + "mmq-events-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let instance = try OwnInstance()
    try instance.record {
      try Data(Self.load.utf8).write(to: URL(fileURLWithPath: directory + "/load"))
      _ = try Shell.output("sh '\(directory)/load' '\(directory)' 2>/dev/null")
    }
    let expected = Tracing.text(instance.path + "/trace").split(separator: "\n")
      .filter { !$0.hasPrefix("#") }
    let file = directory + "/trace.dat"
    _ = try Shell.output(
      "'\(Self.traceCommand)' extract -B \(instance.name) -o '\(file)' > /dev/null 2>&1")
    // The command extracts the top-level buffer, too, in which anybody may have written.
    let run = try MMQProcess(["events", "-i", file, "--buffer", instance.name], waits: false)
    let shown = run.finish().split(separator: "\n").filter { !$0.hasPrefix("#") }
    #expect(run.status == 0, "\(run.stderr)")
    #expect(shown.count == expected.count && expected.count > 10_000, "\(run.stderr)")
    var wrong: [String: (Substring, Substring)] = [:]
    var kinds: Set<String> = []
    for (ours, kernels) in zip(shown, expected) {
      kinds.insert(Self.event(kernels))
      if Self.body(ours) != Self.body(kernels) { wrong[Self.event(kernels)] = (ours, kernels) }
    }
    let names = zip(shown, expected).count { $0.prefix(16) == $1.prefix(16) }
    #expect(Double(names) > 0.98 * Double(shown.count))
    #expect(kinds.count > 150, "\(kinds.count)")
    let page = try String(
      contentsOfFile: Places.package + "/Sources/MMQ/MMQ.docc/EventText.md", encoding: .utf8)
    for name in Self.different { #expect(page.contains("`writeback:\(name)`"), "\(name)") }
    for (name, lines) in wrong where !Self.different.contains(name) {
      Issue.record("\(name):\n\(lines.1)\nis not\n\(lines.0)")
    }
  }
}
