// `mmq events` against the running kernel's own `trace` file, over one and the same buffer.

import Foundation
import MMQTestSupport
import MMQTrace
import Testing

@Suite(.needsTracefs, .serialized) struct EventTextLiveTests {
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

  /// `   bash-1234 ` without its blanks.
  private static func taskName(_ line: Substring) -> String {
    line.prefix { $0 != "[" }.trimmingCharacters(in: .whitespaces)
  }

  private static func tid(_ taskName: String) -> Substring {
    taskName.split(separator: "-").last ?? ""
  }

  /// The kernel's names of threads, as `name-tid`. It keeps few of them: other tests' threads take their places.
  private static func savedNames(_ path: String) -> Set<String> {
    Set(
      Tracing.text(path).split(separator: "\n").map { line in
        let tid = line.prefix { $0 != " " }
        return line.dropFirst(tid.count + 1) + "-" + tid
      })
  }

  private static func event(_ line: Substring) -> String {
    let words = line.split(separator: ": ", maxSplits: 2)
    let word = words.count > 1 ? words[1] : line
    return String(word.prefix { $0 != " " && $0 != "(" && $0 != ":" })
  }

  /// The rings as they are, and what explains them: `trace-cmd extract` would stop the top-level buffer.
  private static func copy(_ instance: String, to directory: String) throws {
    _ = try Shell.output(
      """
      set -e; i='\(instance)'; d='\(directory)'
      for p in "$i"/per_cpu/cpu*; do
        mkdir -p "$d/per_cpu/${p##*/}"
        dd if="$p/trace_pipe_raw" of="$d/per_cpu/${p##*/}/trace_pipe_raw" bs=4k iflag=nonblock 2>/dev/null || :
      done
      cd "$i/../.."
      cp --parents events/*/*/format events/header_page "$d"
      cp saved_cmdlines printk_formats "$i/trace_clock" /proc/kallsyms "$d"
      uname -a > "$d/uname"
      """)
  }

  @Test func theKernelsOwnText() throws {
    let directory = NSTemporaryDirectory() + "mmq-events-\(UUID().uuidString)"
    let rings = directory + "/rings"
    try FileManager.default.createDirectory(atPath: rings, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let instance = try OwnInstance()
    try instance.record {
      try Data(Self.load.utf8).write(to: URL(fileURLWithPath: directory + "/load"))
      _ = try Shell.output("sh '\(directory)/load' '\(directory)' 2>/dev/null")
    }
    let before = Self.savedNames(instance.path + "/../../saved_cmdlines")
    let expected = Tracing.text(instance.path + "/trace").split(separator: "\n")
      .filter { !$0.hasPrefix("#") }
    try Self.copy(instance.path, to: rings)
    let steady = before.intersection(Self.savedNames(rings + "/saved_cmdlines"))
    let run = try MMQProcess(["events", "-i", rings], waits: false)
    let shown = run.finish().split(separator: "\n").filter { !$0.hasPrefix("#") }
    #expect(run.status == 0, "\(run.stderr)")
    #expect(shown.count == expected.count && expected.count > 10_000, "\(run.stderr)")
    var wrong: [String: (Substring, Substring)] = [:]
    var kinds: Set<String> = []
    for (ours, kernels) in zip(shown, expected) {
      kinds.insert(Self.event(kernels))
      if Self.body(ours) != Self.body(kernels) { wrong[Self.event(kernels)] = (ours, kernels) }
    }
    // The kernel shows a thread's last name, mmq the one that it had at the time.
    let lasting = Set(
      Dictionary(grouping: Set(shown.map(Self.taskName)), by: Self.tid).values
        .filter { $0.count == 1 }.map { $0[0] })
    let named = zip(shown, expected).filter {
      lasting.contains(Self.taskName($0)) && steady.contains(Self.taskName($1))
    }
    #expect(named.count > 1000)
    for (ours, kernels) in named where Self.taskName(ours) != Self.taskName(kernels) {
      Issue.record("\(kernels)\nis not\n\(ours)")
      break
    }
    #expect(kinds.count > 150, "\(kinds.count)")
    let page = try String(
      contentsOfFile: Places.package + "/Sources/MMQ/MMQ.docc/EventText.md", encoding: .utf8)
    for name in Self.different { #expect(page.contains("`writeback:\(name)`"), "\(name)") }
    for (name, lines) in wrong where !Self.different.contains(name) {
      Issue.record("\(name):\n\(lines.1)\nis not\n\(lines.0)")
    }
  }
}
