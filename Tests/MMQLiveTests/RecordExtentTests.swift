// How much `mmq record` records: for a time, in files of a size; and what it says meanwhile.

import Foundation
import MMQ
import MMQTrace
import Testing

@Suite(.needsTracefs, .serialized) struct RecordExtentTests: RecordingTests {
  let directory = RecordingDirectory()

  @Test func aDurationEndsIt() throws {
    let clock = ContinuousClock()
    let start = clock.now
    let run = try record(["--duration", "300ms", "oom:mark_victim"])
    #expect(clock.now - start >= .milliseconds(300))
    #expect(run.stderr.contains("Recorded "))
    #expect(try TraceDat(path: file).damage.findings.isEmpty)
  }

  /// The command is ended with the recording, and with it what it started.
  @Test func aDurationEndsTheCommand() throws {
    let seconds = "\(UInt32.random(in: 1_000_000 ..< .max))"
    _ = try record(
      [
        "--duration", "500ms", "oom:mark_victim", "-c",
        "sh -c 'sleep \(seconds) | sleep \(seconds)'",
      ])
    #expect(try Shell.output("pgrep -fx 'sleep \(seconds)'; true") == "")
  }

  // MARK: Files of a size

  /// Records so many reads and writes, in files of 4 MB.
  private func recordInFiles(_ calls: Int, _ files: Int) throws -> MMQProcess {
    try record(
      [
        "-b", "24M", "--size", "4M", "--files", "\(files)", "syscalls:sys_enter_write",
        "syscalls:sys_exit_write", "syscalls:sys_enter_read", "syscalls:sys_exit_read", "--",
      ] + dd(calls))
  }

  private func files() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
  }

  /// Each file is whole for every reader, none is too large, and together they have everything.
  @Test func allFilesTogetherHaveEverything() throws {
    let calls = 700_000
    let run = try recordInFiles(calls, 99)
    #expect(!run.stderr.contains("WARNING"), "\(run.stderr)")
    let names = try files()
    #expect(names.count >= 3, "\(names)")
    #expect(run.stderr.contains("into \(names.count) files; "))
    var (all, writes) = (UInt64(0), 0)
    for name in names {
      let path = "\(directory.path)/\(name)"
      let source = try TraceDat(path: path)
      #expect(source.damage.findings.isEmpty)
      let survey = try Survey(source)
      let records = survey.streams.reduce(0) { $0 + $1.records }
      let bytes = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
      #expect(bytes > 0 && bytes <= 4 << 20)
      #expect(
        run.stderr.contains("  \(path): \(records) records, \(bytes) bytes\n"), "\(run.stderr)")
      try expectSameAsTraceCommand(survey, path)
      all += records
      // The process is known in each of them, though it began in the oldest.
      let output = try ask(
        "syscalls:sys_enter_write /comm == \"dd\" && pid == tid/ { @ = count(); }", path)
      writes += Tracing.value("@", in: output) ?? 0
    }
    #expect(run.stderr.contains("Recorded \(all) records, "))
    if run.stderr.contains("no events were lost") { #expect(writes == calls) }
  }

  /// The newest are kept, an old one of another recording is told apart, and what is gone is counted.
  @Test func theNewestFilesAreKept() throws {
    for age in 0...2 {
      try Data("old".utf8).write(to: URL(fileURLWithPath: age == 0 ? file : "\(file).\(age)"))
    }
    let run = try recordInFiles(700_000, 2)
    #expect(try files() == ["trace.dat", "trace.dat.1", "trace.dat.2"])
    #expect(Tracing.text("\(file).2") == "old")
    #expect(run.stderr.contains("NOTE: \(file).2 is of another recording\n"), "\(run.stderr)")
    let gone = try #require(try /replaced, with ([0-9]+) records/.firstMatch(in: run.stderr)?.1)
    let said = try #require(try /Recorded ([0-9]+) records/.firstMatch(in: run.stderr)?.1)
    var (kept, ends) = (UInt64(0), [UInt64]())
    for path in ["\(file).1", file] {
      let survey = try Survey(try TraceDat(path: path))
      kept += survey.streams.reduce(0) { $0 + $1.records }
      ends += [survey.first ?? 0, survey.last ?? 0]
    }
    #expect(UInt64(gone).map { $0 + kept } == UInt64(said))
    #expect(ends[0] < ends[2] && ends[1] <= ends[3], "\(ends)")
  }

  @Test func aSizeThatHoldsNothingIsRefused() throws {
    let run = try record(["--size", "1M", "oom:mark_victim"], status: 1)
    #expect(run.stderr.contains("MB are the least here"), "\(run.stderr)")
    #expect(try files() == [])
  }

  // MARK: What is said

  /// On a terminal, which script(1) makes; nowhere else.
  @Test func aTerminalSeesItsProgress() throws {
    guard access("/usr/bin/script", X_OK) == 0 else {
      return print("SKIP a line of progress: /usr/bin/script is not there")
    }
    func shown(_ options: String) throws -> String {
      let command =
        "\(Tracing.mmq) record \(options) -o \(file) --duration 1500ms raw_syscalls:sys_enter"
      return try Shell.output("unset CI; TERM=xterm script -qc '\(command)' /dev/null </dev/null")
    }
    let line = /\r[01] s: [0-9]+ records?, [0-9]+\.[0-9] MB, 0 lost\u{1b}\[K/
    #expect(try shown("").firstMatch(of: line) != nil)
    #expect(try shown("--no-progress").firstMatch(of: line) == nil)
    #expect(try shown("-q").firstMatch(of: line) == nil)
    let run = try record(["--duration", "700ms", "raw_syscalls:sys_enter"])
    #expect(!run.stderr.contains(" lost\u{1b}"), "\(run.stderr)")
  }

  /// What exec refuses ends the recording, and is an error.
  @Test func aProgramThatCannotRunIsSaid() throws {
    let program = directory.path + "/bad"
    try Data("#!/nonexistent\n".utf8).write(to: URL(fileURLWithPath: program))
    chmod(program, 0o755)
    let run = try record(["oom:mark_victim", "--", program], status: 1)
    #expect(run.stderr.hasSuffix("mmq: \(program): No such file or directory\n"), "\(run.stderr)")
    let live = try MMQProcess(
      ["-c", program, "-e", "oom:mark_victim { @ = count(); }"], waits: false)
    _ = live.finish()
    #expect(live.status == 1, "\(live.stderr)")
    #expect(live.stderr.hasSuffix("mmq: \(program): No such file or directory\n"))
    let failing = try record(["-v", "oom:mark_victim", "--", "sh", "-c", "exit 3"])
    #expect(failing.stderr.contains("sh exited with 3\n"), "\(failing.stderr)")
  }
}
