// Somebody else changes mmq's own trace instance in the midst of a run: events are missing then, and no count
// of the kernel tells.

import Foundation
import MMQ
import MMQTrace
import Testing

@Suite(.needsTracefs, .serialized) struct OthersTests {
  private func write(_ text: String, to file: String, of run: MMQProcess) throws {
    let instance = try #require(try Tracing.instances(of: run.pid).first)
    let handle = try #require(
      FileHandle(forWritingAtPath: try Tracefs().path + "/instances/" + instance + "/" + file))
    try handle.write(contentsOf: Data(text.utf8))
    try handle.close()
  }

  @Test(arguments: [
    ("tracing_on", "0"), ("events/sched/sched_switch/enable", "0"), ("set_event_pid", "1"),
    ("events/sched/sched_switch/filter", "prev_prio > 5"), ("tracing_cpumask", "1"),
  ])
  func whatOthersChangeIsSaid(file: String, text: String) throws {
    // Where there is one CPU only, the mask is what it was.
    if file == "tracing_cpumask", TracedMachine.host.cpuCount == 1 { return }
    let run = try MMQProcess(["-e", "sched:sched_switch { @ = count(); }"])
    try write(text, to: file, of: run)
    _ = run.stop()
    let name = file.hasSuffix("/enable") ? "set_event" : file
    #expect(
      run.stderr.contains(
        "ERROR: somebody else changed \(name) of mmq's trace instance: events may be missing"),
      "\(run.stderr)")
    #expect(run.status == 1)
    #expect(try Tracing.instances(of: run.pid) == [])
  }

  /// A process that is followed has threads that come and go.
  @Test func whatTheKernelChangesIsNot() throws {
    let run = try MMQProcess([
      "-c", "sh -c 'for i in 1 2 3 4 5; do /bin/true; done'", "-e",
      "sched:sched_process_exec /args.pid > 0/ { @ = count(); }",
    ])
    let output = run.finish()
    #expect(Tracing.value("@", in: output) == 6, "\(output)")
    #expect(run.status == 0 && !run.stderr.contains("somebody"), "\(run.stderr)")
  }
}
