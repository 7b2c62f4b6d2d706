// `-i` more than once: what the commands say of several recordings.

import Foundation
import MMQTestSupport
import Testing

@Suite struct SeveralInputsCommandTests {
  private let reclaim = "Examples/traces/reclaim.dat"
  private let lost = "Tests/Fixtures/captures/lost.dat"
  private let perf = "Tests/Fixtures/captures/group.perf.data"
  private let count = "tracepoint:*:* { @ = count(); }"

  private func number(_ arguments: [String]) throws -> Int {
    let run = try MMQRun(["-q", "-e", count] + arguments)
    #expect(run.status == 0, "\(run.errors)")
    let line = run.output.split(separator: "\n").last ?? ""
    return Int(line.split(separator: " ").last ?? "") ?? -1
  }

  @Test func lossesAndNotesNameTheirFile() throws {
    let run = try MMQRun(["-e", count, "-i", reclaim, "-i", lost])
    #expect(
      run.errors.contains("NOTE: \(lost) is read after \(reclaim), not merged by time: "),
      "\(run.errors)")
    #expect(run.errors.contains("Lost 2129 events on CPU 0 in \(lost) (6 gaps"))
    #expect(run.status == 0)
    #expect(
      try number(["-i", reclaim, "-i", lost]) == number(["-i", reclaim]) + number(["-i", lost]))
    let strict = try MMQRun(["-q", "--strict", "-e", count, "-i", reclaim, "-i", lost])
    #expect(strict.status == 3)
  }

  /// Each event counts once.
  @Test func oneFileTwice() throws {
    let link = TemporaryPath()
    try FileManager.default.createSymbolicLink(
      atPath: link.path, withDestinationPath: "\(Places.package)/\(lost)")
    for (other, words) in [(lost, "\(lost) is named twice"), (link.path, "are one file")] {
      let run = try MMQRun(["-e", count, "-i", lost, "-i", reclaim, "-i", other])
      #expect(run.status == 2 && run.output.isEmpty)
      #expect(
        run.errors.contains(words) && run.errors.contains("would count twice"), "\(run.errors)")
    }
  }

  /// A copy is the same recording.
  @Test(arguments: ["lost.dat", "group.perf.data", "kmem-zstd.perf.data", "noirq.txt"])
  func oneRecordingTwice(_ name: String) throws {
    let copy = TemporaryPath()
    let path = "Tests/Fixtures/captures/\(name)"
    try FileManager.default.copyItem(atPath: "\(Places.package)/\(path)", toPath: copy.path)
    let run = try MMQRun(["-e", count, "-i", path, "-i", reclaim, "-i", copy.path])
    #expect(run.status == 2 && run.output.isEmpty)
    #expect(
      run.errors.contains(
        "mmq: \(path) and \(copy.path) are one recording: its events would count twice"),
      "\(run.errors)")
  }

  @Test func damageNamesItsFile() throws {
    let (cut, other) = (TemporaryPath(), TemporaryPath())
    let names = [lost, "Tests/Fixtures/captures/compaction.dat"]
    for (file, name) in zip([cut, other], names) {
      let whole = try Data(contentsOf: URL(fileURLWithPath: Places.package + "/" + name))
      try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: file.path))
    }
    for inputs in [[reclaim, cut.path], [cut.path, reclaim], [cut.path, other.path]] {
      let run = try MMQRun(["-e", count] + inputs.flatMap { ["-i", $0] })
      #expect(run.status == 1)
      #expect(run.errors.contains("\(cut.path): ERROR: "), "\(run.errors)")
      #expect(!run.errors.contains("\(reclaim): ERROR"))
    }
  }

  @Test func eventsAndInfo() throws {
    let one = try MMQRun(["events", "-q", "-i", lost])
    let two = try MMQRun(["events", "-q", "-i", lost, "-i", perf])
    let lines = { (run: MMQRun) in run.output.split(separator: "\n").filter { !$0.hasPrefix("#") } }
    let other = try MMQRun(["events", "-i", perf])
    #expect(lines(two) == lines(one) + lines(other))
    let info = try MMQRun(["info", lost, perf])
    let separate = try [lost, perf].map { try MMQRun(["info", $0]).output }
    #expect(info.output == separate.joined(separator: "\n"))
    #expect(
      try MMQRun(["info", "-f", "json", lost, perf]).output.split(separator: "\n").count == 2)
  }

  @Test func listsCheckAndRecipes() throws {
    let names = try MMQRun(["list", "-i", reclaim, "-i", perf]).output.split(separator: "\n")
    #expect(Set(names).count == names.count)
    #expect(try MMQRun(["list", "-i", reclaim]).output.split(separator: "\n").count <= names.count)
    let check = try MMQRun(["check", "-e", "kmem:mm_page_alloc { }", "-i", reclaim, "-i", perf])
    #expect(check.errors.hasSuffix("ok, 1 probe\n"), "\(check.errors)")
    let recipe = try MMQRun(["recipe", "mm-health", "-i", reclaim, "-i", lost])
    #expect(recipe.status == 0 && recipe.output.contains("direct reclaim"), "\(recipe.errors)")
  }

  @Test func whatCannotBe() throws {
    let twice = try MMQRun(["-e", count, "-i", "-", "-i", "-"])
    #expect(twice.status == 2 && twice.errors.contains("only once"))
    let missing = try MMQRun(["-e", count, "-i", reclaim, "-i", "/nonexistent"])
    #expect(missing.status == 1 && missing.errors.contains("/nonexistent cannot be opened"))
    let field = try MMQRun([
      "-e", "kmem:mm_page_alloc { @[args.x] = count(); }", "-i", reclaim, "-i", perf,
    ])
    #expect(field.status == 2)
    #expect(field.errors.contains("has no field 'x' on this kernel (6.1)\n"), "\(field.errors)")
  }
}
