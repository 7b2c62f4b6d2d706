// Options that select nothing: what there would have been is said, and the status is as before.

import MMQTestSupport
import Testing

@Suite struct EmptySelectionTests {
  private let text = "Tests/Fixtures/captures/noirq.txt"
  private let recording = "Examples/traces/oom.dat"
  private let script = "tracepoint:*:* { @ = count(); }"

  @Test(arguments: [
    (["--from", "+1000"], "--from selects"), (["--to", "0.5"], "--to selects"),
    (["-p", "4000000"], "-p selects"), (["--from", "+0", "-p", "4000000"], "--from and -p select"),
  ]) func saysWhatThereIs(_ options: [String], _ words: String) throws {
    for (path, held) in [(text, "of CPU 0-1"), (recording, "232 records, from ")] {
      let run = try MMQRun(["-e", script, "-i", path] + options)
      #expect(run.status == 0 && run.output.allSatisfy(\.isNewline))
      #expect(
        run.errors.contains("WARNING: \(words) no record of \(path): it has "), "\(run.errors)")
      #expect(run.errors.contains(held), "\(run.errors)")
      #expect(run.errors.contains("tells whose they are") == options.contains("-p"))
    }
  }

  /// A text does not say beforehand which CPUs it is of.
  @Test func processorsOfATexts() throws {
    let run = try MMQRun(["events", "-i", text, "--cpu", "7"])
    #expect(run.status == 0 && run.errors.contains("--cpu selects no record"), "\(run.errors)")
  }

  @Test func recipesSayIt() throws {
    let run = try MMQRun(["recipe", "oom-kills", "-i", recording, "--from", "+1000"])
    #expect(run.status == 0 && run.errors.contains("--from selects no record of"), "\(run.errors)")
  }

  @Test func somethingIsEnough() throws {
    for options in [
      ["--from", "+0"], ["-q", "--from", "+1000"], ["--no-warnings", "--to", "0.5"],
    ] {
      let run = try MMQRun(["-e", script, "-i", recording] + options)
      #expect(!run.errors.contains("select"), "\(run.errors)")
    }
    // What a script does not ask for is no matter of the selection.
    let other = try MMQRun(["-e", "oom:mark_victim /pid == 0/ { @ = count(); }", "-i", recording])
    #expect(!other.errors.contains("select"), "\(other.errors)")
  }

  /// Where one recording has such records all is well; else each is told of.
  @Test func severalRecordings() throws {
    let other = "Tests/Fixtures/captures/thp.dat"
    let both = try MMQRun(["-e", script, "-i", recording, "-i", other, "-p", "4000000"])
    #expect(both.errors.contains("no record of \(recording)"), "\(both.errors)")
    #expect(both.errors.contains("no record of \(other)"), "\(both.errors)")
  }
}
