// comm is the task's name at the time of the event: sched_switch says what that is.

import MMQLanguage
import MMQTestSupport
import MMQTrace
import Testing

@Suite struct CommTests {
  static let script = """
    tracepoint:sched:sched_switch {
      if (args.prev_pid == tid) { @right_thread = count(); }
      if (comm == args.prev_comm) { @same = count(); }
      else { @different[comm, args.prev_comm, tid] = count(); }
    }
    """

  static func check(_ capture: String, switches: Int) throws {
    let source = try SourceFormat.open(path: try #require(Places.capture(capture)))
    let run = try ScriptRun(Source(name: "comm", script), source)
    #expect(run.lines == ["@right_thread: \(switches)", "@same: \(switches)"])
  }

  @Test func sched() throws { try Self.check("sched.dat", switches: 83) }

  @Test(.enabled(if: Places.has("tools.dat", for: "CommTests.tools")))
  func tools() throws { try Self.check("tools.dat", switches: 255) }

  @Test(.enabled(if: Places.has("comms.dat", for: "CommTests.comms")))
  func comms() throws { try Self.check("comms.dat", switches: 106) }

  /// What perf notes of tasks beside the events tells names and processes, and is no event.
  @Test func perf() throws {
    let source = try SourceFormat.open(path: try #require(Places.capture("pipe.perf.data")))
    let text = "kmem:kmalloc { @[comm, pid] = count(); }"
    let run = try ScriptRun(Source(name: "perf", text), source)
    #expect(
      run.lines == ["@[perf-exec, 209]: 9", "@[load, 209]: 11", "@[perf, 208]: 101"])
    let comms = try ScriptRun(Source(name: "perf", "kmem:* { @[comm] = count(); }"), source)
    #expect(run.errors.isEmpty && comms.errors.isEmpty, "\(run.errors + comms.errors)")
  }
}
