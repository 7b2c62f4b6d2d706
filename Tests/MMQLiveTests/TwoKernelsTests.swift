// A recording of another kernel and one of the running kernel, in one run.

import Foundation
import MMQ
import MMQTestSupport
import MMQTrace
import Testing

@Suite(.needsTracefs, .serialized) struct TwoKernelsTests {
  /// The capture is of Linux 6.1: other numbers of events, other layouts, other symbols.
  @Test(.enabled(if: Places.has("sched.dat", for: "TwoKernelsTests")))
  func theRunningKernelsAndAnotherOne() throws {
    let capture = try #require(Places.capture("sched.dat"))
    let directory = NSTemporaryDirectory() + "mmq-two-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let file = directory + "/own.dat"
    let recorder = try MMQProcess(
      [
        "record", "-o", file, "sched:*", "--", "sh", "-c",
        "for i in 1 2 3 4 5; do sleep 0.01; done",
      ],
      waits: false)
    _ = recorder.finish()
    #expect(recorder.status == 0, "\(recorder.stderr)")
    for script in [
      "sched:sched_switch { @ = count(); }", "sched:sched_wakeup { @ = sum(args.prio); }",
      "tracepoint:sched:* { @ = count(); }",
    ] {
      let counts = try [[capture], [file], [capture, file], [file, capture]].map {
        try ask(script, $0)
      }
      #expect(counts[2] == counts[0] + counts[1], "\(script)")
      #expect(counts[3] == counts[2])
      #expect(counts[0] > 0 && counts[1] > 0, "\(script)")
    }
    let states = "sched:sched_switch / args.prev_state == \"S\" / { @ = count(); }"
    #expect(try ask(states, [capture, file]) == ask(states, [capture]) + ask(states, [file]))
  }

  private func ask(_ script: String, _ inputs: [String]) throws -> Int {
    let run = try MMQProcess(["-e", script] + inputs.flatMap { ["-i", $0] }, waits: false)
    let output = run.finish()
    #expect(run.status == 0, "\(run.stderr)")
    if inputs.count > 1 { #expect(run.stderr.contains("not merged by time"), "\(run.stderr)") }
    return Tracing.value("@", in: output) ?? 0
  }
}
