// `--duration` of live runs, and `-B`: when a run ends, and when its output comes.

import Foundation
import Testing

@Suite(.needsTracefs, .serialized) struct DurationTests {
  private func run(_ arguments: [String]) throws -> (run: MMQProcess, output: String) {
    let run = try MMQProcess(arguments, waits: false)
    return (run, run.finish())
  }

  /// As Ctrl-C does: with the end, and the maps.
  @Test(arguments: [
    ["-e", "raw_syscalls:sys_enter { @ = count() } end { print(\"over\") }"],
    ["-e", "interval:ms:50 { @ = count() } end { print(\"over\") }"],
    ["recipe", "oom-kills"], ["events", "raw_syscalls:sys_enter"],
  ])
  func aDurationEndsARun(_ words: [String]) throws {
    let clock = ContinuousClock()
    let start = clock.now
    let (run, output) = try run(words + ["--duration", "400ms"])
    #expect(run.status == 0 && clock.now - start >= .milliseconds(400), "\(run.stderr)")
    #expect(output != "")
    if words[0] == "-e" { #expect(output.contains("over\n") && output.contains("@: ")) }
  }

  @Test func aDurationEndsTheCommandOfARun() throws {
    let seconds = "\(UInt32.random(in: 1_000_000 ..< .max))"
    let (run, _) = try run(
      ["--duration", "300ms", "-c", "sleep \(seconds)", "-e", "oom:mark_victim { @ = count() }"])
    #expect(run.status == 0, "\(run.stderr)")
    #expect(try Shell.output("pgrep -fx 'sleep \(seconds)'; true") == "")
  }

  /// Without a tick, what a block printed is seen at once, or only at the end.
  @Test func theBufferModeSaysWhenOutputComes() throws {
    let program = "begin { printf(\"first\\n\") } interval:ms:100 { printf(\"tick\\n\") }"
    for mode in ["line", "none"] {
      let run = try MMQProcess(["-B", mode, "-e", program, "--duration", "30s"])
      #expect(run.nextOutput().hasPrefix("first\n"))
      _ = run.stop()
    }
    let full = try MMQProcess(["-B", "full", "-e", program, "--duration", "600ms"])
    let first = full.nextOutput()
    #expect(first.hasPrefix("first\ntick\ntick\n") && full.finish() == "", "\(first)")
  }
}
