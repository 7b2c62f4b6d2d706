// Files in the place of others: what they are is said, and what to do with them.

import Foundation
import MMQTestSupport
import Testing

@Suite struct FileKindTests {
  private static let reclaim = "Examples/traces/reclaim.dat"

  /// A recording is no script, whichever command is given it as one.
  @Test(arguments: [
    ["run"], ["check"], ["fmt", "--check"], ["-l"], ["-d", "ast"],
  ])
  func aRecordingIsNoScript(_ words: [String]) throws {
    let run = try MMQRun(words + [FileKindTests.reclaim])
    #expect(run.status == 2 && run.output == "")
    #expect(
      run.errors == "mmq: \(FileKindTests.reclaim) is a recording, no script: "
        + "mmq -e 'PROGRAM' -i \(FileKindTests.reclaim) asks it, "
        + "mmq info \(FileKindTests.reclaim) tells of it\n", "\(run.errors)")
  }

  /// Without -i mmq would ask the running kernel, and nobody would notice; nor that of `-i *.dat` only the first
  /// one is asked.
  @Test(arguments: [
    ["-e", "kmem:* { @ = count(); }"], ["recipe", "kswapd"], ["events"], ["list"],
    ["-e", "kmem:* { @ = count(); }", "-i", "Examples/traces/oom.dat"],
    ["recipe", "oom-kills", "-i", "Examples/traces/oom.dat"],
    ["events", "-i", "Examples/traces/oom.dat"],
  ])
  func aRecordingIsNamedWithI(_ words: [String]) throws {
    let run = try MMQRun(words + [FileKindTests.reclaim])
    #expect(run.status == 2 && run.output == "")
    #expect(
      run.errors == "mmq: \(FileKindTests.reclaim) is a recording: name it with "
        + "-i \(FileKindTests.reclaim)\n", "\(run.errors)")
  }

  /// Whatever the option, the recording stays as it was.
  @Test(arguments: [
    ["-e", "begin { exit() }", "-o"], ["-e", "begin { exit() }", "--state"], ["events", "-o"],
  ])
  func resultsAreNotWrittenOverWhatIsRead(_ words: [String]) throws {
    let copy = TemporaryPath()
    let link = TemporaryPath()
    let recording = try Data(
      contentsOf: URL(fileURLWithPath: Places.package + "/Examples/traces/oom.dat"))
    try recording.write(to: URL(fileURLWithPath: copy.path))
    try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: copy.path)
    for path in [copy.path, link.path] {
      let run = try MMQRun(words + [path, "-i", copy.path])
      #expect(run.status == 2 && run.errors.contains("results need a file of their own"))
      #expect(try Data(contentsOf: URL(fileURLWithPath: copy.path)) == recording)
    }
  }

  @Test func thePromptTakesNoFileWithoutI() throws {
    let run = try MMQRun(["repl", FileKindTests.reclaim])
    #expect(run.status == 2 && run.errors.contains("is named with -i \(FileKindTests.reclaim)"))
  }

  @Test func statesAreMerged() throws {
    let state = TemporaryPath()
    let made = try MMQRun(["-e", "begin { @ = count(); }", "--state", state.path])
    try #require(made.status == 0)
    let script = try MMQRun(["run", state.path])
    #expect(script.status == 2 && script.errors.contains("mmq merge \(state.path) shows it"))
    let input = try MMQRun(["info", state.path])
    #expect(input.status == 1 && input.errors.contains("is a state, which mmq merge shows"))
    let missing = try MMQRun(["merge", "/nonexistent"])
    #expect(
      missing.status == 1 && missing.errors == "mmq: /nonexistent: No such file or directory\n")
  }

  @Test func otherFilesAreSaidToBeNone() throws {
    let file = TemporaryPath()
    try Data([0, 1, 2, 3]).write(to: URL(fileURLWithPath: file.path))
    let bytes = try MMQRun([file.path])
    #expect(bytes.status == 2 && bytes.errors == "mmq: \(file.path) is no script: it is no text\n")
    let text = TemporaryPath()
    try Data("# tracer: nop\n#\n".utf8).write(to: URL(fileURLWithPath: text.path))
    #expect(try MMQRun([text.path]).errors.contains("is a recording, no script"))
    // An empty script, and one that is text of no kind.
    #expect(try MMQRun(["check", "/dev/null", "-i", FileKindTests.reclaim]).status == 0)
    let directory = try MMQRun(["info", "Examples"])
    #expect(directory.status == 1 && directory.errors.contains("named one by one"))
  }
}
