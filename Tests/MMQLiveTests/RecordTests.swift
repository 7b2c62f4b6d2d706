// `mmq record`: what is in the file is what there was, by mmq's count, trace-cmd's and the kernel's.

import Foundation
import MMQ
import MMQTrace
import Testing

@Suite(.needsTracefs, .serialized) struct RecordTests: RecordingTests {
  let directory = RecordingDirectory()

  // MARK: What is in the file

  @Test func aCommandIsRecordedExactly() throws {
    let run = try record(["syscalls:sys_enter_write", "tracepoint:sched:*exec", "--"] + dd(3000))
    #expect(run.stderr.contains("bytes, into \(file); no events were lost\n"), "\(run.stderr)")
    #expect(!run.stderr.contains("WARNING"), "\(run.stderr)")
    let output = try ask(
      "syscalls:sys_enter_write { @[comm] = count(); @pids[pid == tid] = count(); }")
    #expect(output.contains("@[dd]: 3000\n"), "\(output)")
    #expect(output.contains("@pids[1]: 3000\n") || output.contains("@pids[true]: 3000\n"))
    let source = try TraceDat(path: file)
    #expect(source.damage.findings.isEmpty)
    let survey = try Survey(source)
    #expect(survey.events["sched:sched_process_exec"] == 1)
    try expectSameAsTraceCommand(survey)
  }

  @Test func theFileSaysWhereItComesFrom() throws {
    _ = try record(["syscalls:sys_enter_write", "--"] + dd(10))
    let source = try TraceDat(path: file)
    #expect(source.clock.name == "mono")
    #expect(source.machine.cpuCount == TracedMachine.host.cpuCount)
    #expect(source.machine.kernelRelease == TracedMachine.host.kernelRelease)
    #expect(source.recorder?.hasPrefix("mmq ") == true)
    #expect(source.kernelSymbols().isEmpty == false)
    #expect(source.cpuStatistics.contains { $0.text.contains("read events: ") })
    #expect(source.schemas.contains { $0.fullName == "ftrace:print" })
    #expect(source.savedComms.contains { $0.comm == "dd" })
    let info = try MMQProcess(["info", file], waits: false)
    let output = info.finish()
    #expect(output.contains("format   trace.dat version 7, zstd\n"), "\(output)")
    #expect(output.contains("clock    mono, nanoseconds\n"))
    #expect(output.contains("10  syscalls:sys_enter_write\n"))
  }

  /// trace-cmd shows seconds of the clock that mmq takes by itself, and counts of those that have none.
  @Test(arguments: [
    ("", "[0-9]+\\.[0-9]{6}"), ("global", "[0-9]+\\.[0-9]{6}"), ("counter", "[0-9]+"),
  ])
  func clocksAreTheKernels(_ clock: String, _ time: String) throws {
    let option = clock.isEmpty ? [] : ["-C", clock]
    _ = try record(option + ["syscalls:sys_enter_write", "--"] + dd(10))
    let source = try TraceDat(path: file)
    #expect(source.clock.name == (clock.isEmpty ? "mono" : clock))
    #expect(source.damage.findings.isEmpty)
    #expect(try ask("syscalls:sys_enter_write { @ = count(); }").contains("@: 10\n"))
    guard try TraceCommandReport(file) != nil else { return }
    let lines = try Shell.output(
      "trace-cmd report '\(file)' | grep -cE '\\] *\(time): sys_enter_write:'")
    #expect(lines == "10\n")
  }

  /// The fork is recorded on one CPU and the exec on another: the name is the last one by time.
  @Test func tasksThatAreGoneHaveTheirNames() throws {
    let name = try uniqueCopy(of: "/bin/true")
    let worker = "\(directory.path)/\(name)"
    let run = try begin(["sched:sched_process_exit"])
    for _ in 0..<20 { _ = try Shell.output("'\(worker)'; true") }
    _ = run.stop()
    let output = try ask("sched:sched_process_exit / comm == \"\(name)\" / { @ = count(); }")
    #expect(output.contains("@: 20\n"), "\(output)")
    let saved = try TraceDat(path: file).savedComms.filter { $0.comm == name }
    #expect(saved.count == 20)
    if try TraceCommandReport(file) != nil {
      let lines = try Shell.output(
        "trace-cmd report '\(file)' | grep -c '\(name)-.* sched_process_exit:'")
      #expect(lines == "20\n")
    }
  }

  // MARK: Losses

  /// Two programs at once, each two calls a byte; the kernel's counts are in the file, too.
  private func flood(_ kilobytes: String, _ more: [String] = [], status: Int32) throws -> Survey {
    let load = dd(60_000).joined(separator: " ")
    let run = try record(
      ["-b", kilobytes] + more + ["raw_syscalls:*", "--", "sh", "-c", "\(load) | \(load)"],
      status: status)
    #expect(!run.stderr.contains("WARNING"), "\(run.stderr)")
    let source = try TraceDat(path: file)
    #expect(source.damage.findings.isEmpty)
    let survey = try Survey(source)
    let all = survey.streams.reduce(0) { $0 + $1.records }
    #expect(run.stderr.contains("Recorded \(all) records, "), "\(run.stderr)")
    for stream in survey.streams {
      let text =
        source.cpuStatistics.first { $0.text.hasPrefix("CPU: \(stream.cpu)\n") }?.text ?? ""
      #expect(text.contains("\nread events: \(stream.records)\n"), "\(text)")
      let lost = survey.losses.first { $0.cpu == stream.cpu }?.losses.counted ?? 0
      #expect(text.contains("\noverrun: \(lost)\n"), "\(text)")
      if lost > 0 {
        #expect(run.stderr.contains("\(lost) events on") || run.stderr.contains(", \(lost) on"))
      }
    }
    try expectSameAsTraceCommand(survey)
    return survey
  }

  @Test func aLargeRingLosesNothing() throws {
    let survey = try flood("64M", ["--strict"], status: 0)
    #expect(survey.losses.isEmpty)
    let enters = try #require(survey.events["raw_syscalls:sys_enter"])
    #expect((240_000..<242_000).contains(enters), "\(enters)")
  }

  /// Those of raw_syscalls leave room in each sub-buffer for the number of the lost events.
  @Test func lossesAreInTheFile() throws {
    let survey = try flood("64K", ["--strict"], status: 3)
    let lost = survey.losses.reduce(0) { $0 + $1.losses.counted }
    #expect(lost > 0)
    let all = survey.streams.reduce(0) { $0 + $1.records }
    #expect((480_000..<484_000).contains(all + lost), "\(all) + \(lost)")
    let info = try MMQProcess(["info", file], waits: false)
    #expect(info.finish().contains("lost     Lost "))
  }

  // MARK: Ends

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP]) func signalsCompleteTheFile(signal: Int32) throws {
    let before = try TracefsState()
    let name = try uniqueCopy(of: "/bin/dd")
    let run = try begin(["syscalls:sys_enter_write"])
    _ = try Shell.output(
      (["\(directory.path)/\(name)"] + dd(500).dropFirst()).joined(separator: " "))
    run.send(signal)
    run.waitForEnd()
    #expect(run.status == 0, "\(run.stderr)")
    #expect(try Tracing.instances(of: run.pid) == [])
    let changes = before.changes(to: try TracefsState())
    #expect(changes == [])
    let output = try ask("syscalls:sys_enter_write / comm == \"\(name)\" / { @ = count(); }")
    #expect(output.contains("@: 500\n"), "\(output)")
    let files = try FileManager.default.contentsOfDirectory(atPath: directory.path)
    #expect(files.sorted() == [name, "trace.dat"])
  }

  /// What was there before stays, and nothing else is left; SIGKILL leaves its instance to the next run.
  @Test(arguments: [SIGSEGV, SIGKILL]) func aCrashLeavesTheOldFile(signal: Int32) throws {
    try Data("old".utf8).write(to: URL(fileURLWithPath: file))
    let run = try begin(["raw_syscalls:sys_enter"])
    _ = try Shell.output(dd(2000).joined(separator: " "))
    run.send(signal)
    run.waitForEnd()
    #expect(run.status == -signal)
    #expect(Tracing.text(file) == "old")
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["trace.dat"])
    if signal == SIGKILL { _ = try record(["oom:mark_victim", "--", "true"]) }
    #expect(try Tracing.instances(of: run.pid) == [])
  }

  @Test func anOldFileIsReplacedAndKeepsItsModeAndItsLink() throws {
    let link = directory.path + "/link.dat"
    try Data("old".utf8).write(to: URL(fileURLWithPath: file))
    chmod(file, 0o640)
    symlink(file, link)
    _ = try record(["syscalls:sys_enter_write", "--"] + dd(5), to: link)
    let found = try FileManager.default.attributesOfItem(atPath: link)
    #expect(found[.type] as? FileAttributeType == .typeSymbolicLink)
    let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
    #expect(mode == 0o640)
    #expect(try ask("syscalls:sys_enter_write { @ = count(); }").contains("@: 5\n"))
  }

  // MARK: No room

  /// In a mount namespace of its own, on a file system of some MiB.
  private func recordOnSmallDisk(_ mebibytes: Int) throws -> MMQProcess {
    let load = dd(4_000_000).joined(separator: " ")
    let script =
      "mount -t tmpfs -o size=\(mebibytes)M nodev /mnt && "
      + "\(Tracing.mmq) record -v -o /mnt/x.dat 'raw_syscalls:*' -- \(load); "
      + "status=$?; cp /mnt/x.dat '\(file)' 2>/dev/null; ls -A /mnt; exit $status"
    return try MMQProcess(
      ["--mount", "sh", "-c", script], waits: false, program: "/usr/bin/unshare")
  }

  @Test func aDiskThatFillsUpEndsTheRecordingInTime() throws {
    let run = try recordOnSmallDisk(12)
    #expect(run.finish() == "x.dat\n")
    #expect(run.status == 1)
    #expect(run.stderr.contains("x.dat: the file system is nearly full: the recording ended early"))
    #expect(run.stderr.contains("rmdir /"))
    #expect(!run.stderr.contains("WARNING"), "\(run.stderr)")
    let source = try TraceDat(path: file)
    let records = try Survey(source).streams.reduce(0) { $0 + $1.records }
    #expect(source.damage.findings.isEmpty)
    #expect(run.stderr.contains("Recorded \(records) records, "))
  }

  @Test func aFullDiskIsSaidBeforeTracingBegins() throws {
    let run = try recordOnSmallDisk(4)
    #expect(run.finish() == "")
    #expect(run.status == 1)
    #expect(run.stderr.contains("x.dat: the file system has 4 MiB left, which is not enough"))
    #expect(!run.stderr.contains("mkdir"), "\(run.stderr)")
  }

  /// As a full disk that nobody could foresee.
  @Test func aFailedWriteLeavesNothing() throws {
    let load = dd(300_000).joined(separator: " ")
    let run = try MMQProcess(
      [
        "-c",
        "ulimit -f 64; exec '\(Tracing.mmq)' record -v -o '\(file)' 'raw_syscalls:*' -- \(load)",
      ], waits: false, program: "/bin/sh")
    _ = run.finish()
    #expect(run.status == 1, "\(run.stderr)")
    #expect(run.stderr.contains("\(file): File too large"), "\(run.stderr)")
    #expect(try Tracing.instances(of: run.pid) == [])
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == [])
  }

  // MARK: Refusals

  @Test(arguments: [
    ("/nonexistent/x.dat", "No such file or directory"), ("/dev/null", "not a regular file"),
    ("/proc/x.dat", "No such file"), ("/tmp", "not a regular file"),
  ])
  func whatCannotBeWrittenIsSaidBeforeTracingBegins(path: String, reason: String) throws {
    let run = try record(["-v", "oom:mark_victim", "--", "true"], to: path, status: 1)
    #expect(run.stderr.hasPrefix("mmq: \(path): \(reason)"), "\(run.stderr)")
    #expect(!run.stderr.contains("mkdir"), "\(run.stderr)")
  }

  @Test(arguments: [
    (["oom:mark_victim { @ = count(); }"], "is no event: record takes names"),
    (["oom:mark_victi"], "did you mean oom:mark_victim?"),
    (["oom:mark_victim", "interval:s:1"], "interval:s:1 is no event of the kernel"),
    (["oom:nothing?"], "none of the events is there"), ([], "<probes>"),
    (["-c", "true", "oom:mark_victim", "--", "true"], "not both"),
    (["oom:mark_victim", "--"], "no command behind --"),
    (["-C", "clock", "oom:mark_victim"], "has no clock 'clock'; it has local, global, "),
  ])
  func probesAreChecked(words: [String], reason: String) throws {
    let run = try record(words, status: 2)
    #expect(run.stderr.contains(reason), "\(run.stderr)")
    #expect(access(file, F_OK) != 0)
  }

  @Test func aDryRunShowsEachChangeAndMakesNone() throws {
    let run = try MMQProcess(["record", "-n", "-o", file, "oom:*"], waits: false)
    let output = run.finish()
    #expect(run.status == 0)
    for step in [
      "mkdir ", "echo mono > ", "events/task/task_rename/enable", "events/oom/mark_victim/enable",
      "rmdir ",
    ] {
      #expect(output.contains(step), "\(step)")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == [])
  }

  /// -q leaves errors only.
  @Test func quietIsQuiet() throws {
    #expect(try record(["-q", "syscalls:sys_enter_write", "--"] + dd(3)).stderr == "")
    #expect(try ask("syscalls:sys_enter_write { @ = count(); }").contains("@: 3\n"))
  }
}
