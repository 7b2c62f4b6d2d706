// mmq on the running kernel: counts that are known beforehand, ends that leave nothing behind.

import Foundation
import MMQ
import MMQLanguage
import MMQTrace
import Testing

@Suite(.needsTracefs, .serialized) struct LiveTests {
  // MARK: Counts

  @Test func systemCallsAreCountedExactly() throws {
    let run = try MMQProcess([
      "-b", "16M", "-e",
      "raw_syscalls:sys_enter / args.id == \(Tracing.getppidNumber) && tid == \(Tracing.thread) / "
        + "{ @[pid] = count(); }",
    ])
    Tracing.callGetppid(50_000)
    let output = run.stop()
    #expect(Tracing.value("@[\(getpid())]", in: output) == 50_000, "\(output)\(run.stderr)")
    #expect(run.status == 0)
  }

  @Test func newTasksHaveTheirNamesAndProcesses() throws {
    let path = NSTemporaryDirectory() + "mmqworker"
    try? FileManager.default.removeItem(atPath: path)
    try FileManager.default.copyItem(atPath: "/bin/true", toPath: path)
    defer { unlink(path) }
    let run = try MMQProcess([
      "-e",
      "raw_syscalls:sys_enter / comm == \"mmqworker\" / { @[pid] = count(); } "
        + "sched:sched_process_fork / pid == \(getpid()) / { @forks = count(); }",
    ])
    var workers: [Int32] = []
    for _ in 0..<5 {
      let worker = Process()
      worker.executableURL = URL(fileURLWithPath: path)
      try worker.run()
      workers.append(worker.processIdentifier)
      worker.waitUntilExit()
    }
    let output = run.stop()
    for worker in workers {
      #expect((Tracing.value("@[\(worker)]", in: output) ?? 0) > 0, "\(worker): \(output)")
    }
    #expect((Tracing.value("@forks", in: output) ?? 0) >= 5)
  }

  /// The task is gone when its line is printed.
  @Test func linesOfEventsHaveTheNameOfTheirTask() throws {
    let run = try MMQProcess(["-c", "true", "-e", "sched:sched_process_exec"])
    let output = run.finish()
    #expect(output.contains("            true-"), "\(output)")
    #expect(output.contains("sched_process_exec: filename="))
  }

  /// By read and mapped, without losses and with a ring that is far too small: what was decoded and
  /// what was lost are all there was.
  @Test(arguments: [(false, 64), (true, 64), (false, 65536), (true, 65536)])
  func lossesAndRecordsAreWhatTheKernelCounted(maps: Bool, kilobytes: Int) throws {
    var options = LiveOptions(ringKilobytes: kilobytes)
    options.maps = maps
    let source = LiveSource(try Tracefs(), options: options) { system, _ in
      system == "raw_syscalls"
    }
    let script = Script(
      Source(name: "test", "raw_syscalls:sys_enter, raw_syscalls:sys_exit { @ = count(); }"),
      for: Target(source))
    var isDone = false
    let session = try Session(script, source, sink: TextRenderer { _ in }) { isDone }
    let outcome = try session.start {
      let load = Process()
      load.executableURL = URL(fileURLWithPath: "/bin/dd")
      load.arguments = ["if=/dev/zero", "of=/dev/null", "bs=1", "count=100000", "status=none"]
      try? load.run()
      load.waitUntilExit()
      isDone = true
    }
    #expect(outcome.rings.count >= 1)
    var lost: UInt64 = 0
    var seen: UInt64 = 0
    for ring in outcome.rings {
      #expect(ring.decoded == ring.statistics.read)
      #expect(ring.statistics.entries == 0)
      lost += ring.statistics.lost
      seen += ring.decoded
    }
    #expect((lost > 0) == (kilobytes == 64), "\(lost)")
    #expect(outcome.warnings == [])
    #expect(source.damage.findings.isEmpty)
    #expect(lost == outcome.losses.reduce(0) { $0 + $1.losses.counted })
    // Two calls a byte, each seen at its start and its end.
    #expect(lost + seen >= 400_000)
    #expect(outcome.records == seen)
  }

  /// dd reads and writes once a byte; the script's own task and all others are left out.
  @Test func aCommandIsTracedFromItsStartToItsEnd() throws {
    let run = try MMQProcess([
      "-c", "dd if=/dev/zero of=/dev/null bs=1 'count=3000' status=none", "-e",
      "syscalls:sys_enter_write { @[comm] = count(); } sched:sched_process_exec { @execs = count(); }",
    ])
    let output = run.finish()
    #expect(run.status == 0)
    #expect(Tracing.value("@[dd]", in: output) == 3000, "\(output)\(run.stderr)")
    #expect(output.split(separator: "\n").filter { $0.hasPrefix("@[") }.count == 1, "\(output)")
    #expect(Tracing.value("@execs", in: output) == 1)
    #expect(try Tracing.instances(of: run.pid) == [])
  }

  // MARK: Time

  @Test func aRareEventShowsAtOnce() throws {
    let run = try MMQProcess([
      "-e",
      "raw_syscalls:sys_enter / args.id == \(Tracing.getppidNumber) && tid == \(Tracing.thread) / "
        + "{ printf(\"seen\\n\"); }",
    ])
    var times: [Duration] = []
    for _ in 0..<15 {
      usleep(30_000)
      let start = ContinuousClock.now
      Tracing.callGetppid(1)
      #expect(run.nextOutput() == "seen\n")
      times.append(ContinuousClock.now - start)
    }
    _ = run.stop()
    // Other programs may hold this machine up now and then, but not most of the time.
    #expect(times.sorted()[times.count / 2] < .milliseconds(100), "\(times)")
  }

  @Test func intervalsGoByTheWallClock() throws {
    let start = ContinuousClock.now
    let run = try MMQProcess([
      "-e",
      "oom:mark_victim { @ = count(); } "
        + "interval:ms:100 { printf(\"%d \", elapsed / 1000000); if (elapsed >= 1s) { exit(); } }",
    ])
    let output = run.finish()
    #expect(output.hasPrefix("100 200 300 400 500 600 700 800 900 1000 "), "\(output)")
    #expect(ContinuousClock.now - start >= .seconds(1))
  }

  @Test func aSignalPrintsTheMapsAndTheRunGoesOn() throws {
    let run = try MMQProcess([
      "-e",
      "raw_syscalls:sys_enter / args.id == \(Tracing.getppidNumber) && tid == \(Tracing.thread) / "
        + "{ @ = count(); }",
    ])
    Tracing.callGetppid(10)
    usleep(100_000)
    run.send(SIGUSR1)
    #expect(run.nextOutput() == "@: 10\n")
    Tracing.callGetppid(5)
    #expect(Tracing.value("@", in: run.stop()) == 15)
  }

  // MARK: Ends

  private let counter = "raw_syscalls:sys_enter { @ = count(); } end { printf(\"bye\\n\"); }"

  private func expectNothingLeft(
    _ what: String, status: Int32, prints: String? = nil, _ body: () throws -> MMQProcess
  ) throws {
    let before = try TracefsState()
    let run = try body()
    let output = run.finish()
    #expect(run.status == status, "\(what): \(run.stderr)")
    #expect(try Tracing.instances(of: run.pid) == [], "\(what)")
    let changes = before.changes(to: try TracefsState())
    #expect(changes == [], "\(what)")
    if let prints { #expect(output.contains(prints), "\(what): \(output)") }
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP]) func signalsEndARunProperly(signal: Int32) throws {
    try expectNothingLeft("signal \(signal)", status: 0, prints: "bye") {
      let run = try MMQProcess(["-e", counter])
      run.send(signal)
      return run
    }
  }

  @Test func aSecondSignalEndsAtOnce() throws {
    // The end block takes longer than anybody waits.
    let script =
      "oom:mark_victim { @ = count(); } end { printf(\"bye\\n\"); system(\"exec sleep 4 > /dev/null 2>&1\"); }"
    try expectNothingLeft("two signals", status: 128 + SIGTERM) {
      let run = try MMQProcess(["--unsafe", "-e", script])
      run.send(SIGTERM)
      usleep(500_000)
      run.send(SIGTERM)
      return run
    }
  }

  @Test func exitAndErrorsLeaveNothingBehind() throws {
    try expectNothingLeft("exit", status: 7, prints: "bye") {
      try MMQProcess(["-e", counter + " interval:ms:50 { exit(7); }"])
    }
    try expectNothingLeft("a loop without end", status: 1) {
      try MMQProcess(["-e", counter + " interval:ms:50 { $i = 0; while (1) { $i++; } }"])
    }
  }

  @Test func aClosedPipeIsAQuietEnd() throws {
    try expectNothingLeft("closed pipe", status: 0) {
      let run = try MMQProcess(["-e", "interval:ms:20 { printf(\"x\\n\"); } " + counter])
      run.closeOutput()
      run.waitForEnd()
      #expect(run.stderr == "Attached 3 probes\n")
      return run
    }
  }

  @Test func aCrashLeavesNothingBehind() throws {
    try expectNothingLeft("SIGSEGV", status: -SIGSEGV) {
      let run = try MMQProcess(["-e", counter])
      run.send(SIGSEGV)
      return run
    }
  }

  @Test func killedRunsAreClearedAwayByTheNext() throws {
    let before = try TracefsState()
    var killed: [Int32] = []
    for _ in 0..<50 {
      let run = try MMQProcess(["-e", "oom:mark_victim { @ = count(); }"])
      run.send(SIGKILL)
      run.waitForEnd()
      killed.append(run.pid)
      let path = try Tracefs().path + "/instances/"
      let left = try Tracing.instances(of: run.pid)
      for name in left {
        // The kernel frees the ring when the process dies: a few pages a CPU stay.
        let size = Tracing.text(path + name + "/buffer_total_size_kb")
        let kilobytes = size.split { !$0.isNumber }.first.flatMap { Int($0) } ?? .max
        #expect(kilobytes < 1024, "\(size)")
      }
    }
    _ = try MMQProcess(["-e", "oom:mark_victim { @ = count(); }"]).stop()
    for process in killed { #expect(try Tracing.instances(of: process) == []) }
    let changes = before.changes(to: try TracefsState())
    #expect(changes == [])
  }

  // MARK: Without doing anything

  @Test func aDryRunShowsEachChangeAndMakesNone() throws {
    let run = try MMQProcess(
      ["--dry-run", "-e", "oom:mark_victim { @[comm] = count(); }"], waits: false)
    let output = run.finish()
    #expect(run.status == 0)
    for step in [
      "mkdir ", "echo 0 > ", "options/disable_on_free", "echo boot > ", "buffer_size_kb",
      "set_event_notrace_pid", "events/task/task_rename/enable", "events/oom/mark_victim/enable",
      "rmdir ",
    ] {
      #expect(output.contains(step), "\(step)")
    }
    #expect(try Tracing.instances(of: run.pid) == [])
  }
}
