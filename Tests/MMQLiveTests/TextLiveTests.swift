// The running kernel's own text: one buffer, printed with different options, gives the same answers.

import Foundation
import MMQTestSupport
import MMQTrace
import Testing

/// An instance whose text a test reads.
private final class TextInstance {
  let path: String

  init(_ name: String) throws {
    path = try Tracefs().path + "/instances/mmq-text.\(name).\(getpid())"
    guard mkdir(path, 0o700) == 0 else { throw Failure(path: path) }
    try write("0", to: "tracing_on")
    try write("4000", to: "buffer_size_kb")
  }

  deinit { rmdir(path) }

  struct Failure: Error { let path: String }

  func write(_ value: String, to file: String) throws {
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(path)/\(file)"))
    try handle.write(contentsOf: Data(value.utf8))
    try handle.close()
  }

  func enable(_ events: [String]) throws {
    for event in events { try write("1", to: "events/\(event)/enable") }
  }

  /// The text of the buffer, in a file.
  func text() throws -> TemporaryPath {
    let file = TemporaryPath()
    let bytes =
      try FileHandle(forReadingFrom: URL(fileURLWithPath: "\(path)/trace")).readToEnd() ?? Data()
    try bytes.write(to: URL(fileURLWithPath: file.path))
    return file
  }

  /// Some processes and pages.
  static func work() throws {
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    shell.arguments = [
      "-c",
      "for i in 1 2 3; do ls -l /usr/bin > /dev/null; done; dd if=/dev/zero of=/dev/null bs=1M count=4 status=none",
    ]
    try shell.run()
    shell.waitUntilExit()
  }
}

@Suite(.needsTracefs, .serialized) struct TextLiveTests {
  private static let events = [
    "kmem/mm_page_alloc", "sched/sched_switch", "syscalls/sys_exit_read",
  ]

  private func answer(_ script: String, _ instance: TextInstance) throws -> String {
    let text = try instance.text()
    return try answer(script, text.path)
  }

  private func answer(_ script: String, _ path: String) throws -> String {
    let run = try MMQProcess(["-q", "-e", script, "-i", path, "--formats", "live"], waits: false)
    let output = run.finish()
    #expect(run.status == 0, "\(run.stderr)")
    return output
  }

  @Test func oneBufferManyForms() throws {
    let instance = try TextInstance("forms")
    try instance.enable(Self.events)
    try instance.write("1", to: "tracing_on")
    try TextInstance.work()
    try instance.write("0", to: "tracing_on")
    for event in Self.events { try instance.write("0", to: "events/\(event)/enable") }
    let script = """
      kmem:mm_page_alloc { @n = count(); @order[args.order, args.gfp_flags] = count(); @pfn = sum(args.pfn); }
      sched:sched_switch { @to[args.next_pid, args.prev_state] = count(); @who[tid, cpu] = count(); }
      """
    let expected = try answer(script, instance)
    #expect(expected.contains("@n: ") && expected.contains("@to["), "\(expected)")
    for option in ["fields", "latency-format", "record-tgid"] {
      try instance.write("1", to: "options/\(option)")
      let found = try answer(script, instance)
      #expect(found == expected, "\(option)")
      try instance.write("0", to: "options/\(option)")
    }
    try instance.write("0", to: "options/irq-info")
    #expect(try answer(script, instance) == expected)
    // As it is, without a copy.
    #expect(try answer(script, instance.path + "/trace") == expected)
    try instance.write("1", to: "options/raw")
    let counts = "tracepoint:*:* { @[probe] = count(); }"
    let raw = try answer(counts, instance)
    try instance.write("0", to: "options/raw")
    #expect(try answer(counts, instance) == raw)
    #expect(raw.contains("tracepoint:syscalls:sys_exit_read"), "\(raw)")
    let results = try answer(
      "syscalls:sys_exit_read { @[args.ret] = count(); }",
      instance)
    #expect(results.contains("@["), "\(results)")
  }

  /// `trace_pipe` itself: read as it comes, until Ctrl-C.
  @Test func tracePipe() throws {
    let instance = try TextInstance("pipe")
    try instance.enable(["sched/sched_switch"])
    try instance.write("1", to: "tracing_on")
    let run = try MMQProcess([
      "-i", instance.path + "/trace_pipe", "--formats", "live", "-e",
      "sched:sched_switch { @ = count(); } interval:ms:200 { printf(\"tick\\n\"); }",
    ])
    try TextInstance.work()
    var seen = ""
    while !seen.contains("tick") {
      let more = run.nextOutput()
      if more.isEmpty { break }
      seen += more
    }
    #expect(seen.contains("tick"))
    let rest = run.stop()
    #expect(run.status == 0 && rest.contains("@: "), "\(rest) \(run.stderr)")
  }
}
