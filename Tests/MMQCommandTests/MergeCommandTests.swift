// `mmq run --state` and `mmq merge`, as commands.

import Foundation
import MMQTestSupport
import Testing

@Suite struct MergeCommandTests {
  private let reclaim = "Examples/traces/reclaim.dat"
  private let oom = "Examples/traces/oom.dat"

  private func save(_ input: String, _ words: String...) throws -> TemporaryPath {
    let file = TemporaryPath()
    let run = try MMQRun(words + ["-i", input, "--state", file.path, "--no-progress"])
    #expect(run.status == 0, "\(run.errors)")
    return file
  }

  @Test func aStateShowsWhatTheRunShowed() throws {
    for format in ["text", "json", "csv"] {
      let file = TemporaryPath()
      let run = try MMQRun([
        "recipe", "direct-reclaim", "-i", reclaim, "-f", format, "-q", "--state", file.path,
      ])
      #expect(run.status == 0 && run.errors == "")
      let shown = try MMQRun(["merge", file.path, "-f", format])
      // JSON of a run begins with its probes.
      let wanted = run.output.split(separator: "\n").filter { !$0.contains("attached_probes") }
      #expect(shown.output.split(separator: "\n") == wanted)
      #expect(shown.status == 0 && shown.errors == "")
    }
  }

  @Test func statesOfTwoRecordingsAreOne() throws {
    let first = try save(reclaim, "-e", "*:* { @ = count(); }")
    let second = try save(oom, "-e", "*:* { @ = count(); }")
    let (both, output) = (TemporaryPath(), TemporaryPath())
    let merged = try MMQRun([
      "merge", first.path, second.path, "--state", both.path, "-o", output.path,
    ])
    #expect(merged.status == 0 && merged.output == "", "\(merged.errors)")
    let counts = try [reclaim, oom].map { input in
      try #require(
        Int(
          try MMQRun(["-q", "-e", "*:* { @ = count(); }", "-i", input]).output
            .split(separator: " ").last?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""))
    }
    let wanted = "\n\n@: \(counts[0] + counts[1])\n"
    #expect(try String(contentsOfFile: output.path, encoding: .utf8) == wanted)
    #expect(try MMQRun(["merge", both.path]).output == wanted)
    let again = try MMQRun(["merge", both.path, first.path])
    #expect(again.status == 1)
    #expect(again.errors.contains("mmq: \(reclaim): some of its events would count twice"))
  }

  @Test func mistakesAreSaid() throws {
    let file = try save(oom, "-e", "*:* { @ = count(); }")
    let other = try save(oom, "-e", "*:* { @ = sum(1); }")
    let different = try MMQRun(["merge", file.path, other.path])
    #expect(different.status == 1 && different.output == "")
    #expect(different.errors == "mmq: the states are of different scripts, stdin and stdin\n")
    let recording = try MMQRun(["merge", oom])
    #expect(recording.status == 1)
    #expect(recording.errors == "mmq: \(oom) is no state of mmq: run --state writes one\n")
    #expect(try MMQRun(["merge"]).status == 2)
    #expect(try MMQRun(["merge", "/nonexistent"]).status == 1)
    let bad = try MMQRun(["-e", "begin {}", "--state", "/nonexistent/state", "-i", oom])
    #expect(bad.status == 1 && bad.errors.contains("/nonexistent/state: No such file"))
  }

  @Test func lossesAreSaidOfEachRecording() throws {
    let lost = Places.fixtures + "/captures/lost.dat"
    let program = "*:* { @[cpu] = count(); }"
    let file = TemporaryPath()
    let run = try MMQRun(["-e", program, "-i", lost, "--state", file.path, "--no-progress"])
    let losses = run.errors.split(separator: "\n").filter { $0.hasPrefix("Lost ") }
    #expect(!losses.isEmpty)
    let shown = try MMQRun(["merge", file.path])
    #expect(shown.errors.split(separator: "\n").filter { $0.hasPrefix("Lost ") } == losses)
    #expect(try MMQRun(["merge", file.path, "--strict", "-q"]).status == 3)
    let other = try save(oom, "-e", program)
    let merged = try MMQRun(["merge", file.path, other.path])
    let wanted = losses.map { "\(lost): \($0)" }
    #expect(merged.errors.split(separator: "\n").map(String.init).filter(wanted.contains) == wanted)
  }

  /// Many stacks have the same count: which comes first does not depend on where they were counted.
  @Test(
    .enabled(if: Places.has("stacks.dat", for: "stacksOfOneCountHaveOneOrder")),
    arguments: ["kstack", "kstack, comm", "kstack(perf)", "kstack(raw, 3)"])
  func stacksOfOneCountHaveOneOrder(_ key: String) throws {
    let path = try #require(Places.capture("stacks.dat"))
    let state = TemporaryPath()
    let words = ["-e", "*:* { @[\(key)] = count(); }", "-i", path]
    let run = try MMQRun(words + ["--state", state.path])
    try #require(run.status == 0, "\(run.errors)")
    #expect(try MMQRun(["merge", state.path]).output == run.output)
  }
}
