// `-p PID` and `-c CMD`: which events of whom, and what ends with what.

import Foundation
import MMQ
import MMQTrace
import Testing

@Suite(.needsTracefs, .serialized) struct ProcessTests {
  private let calls = "raw_syscalls:sys_enter / args.id == \(Tracing.getppidNumber) /"

  private func run(_ arguments: [String]) throws -> (run: MMQProcess, output: String) {
    let run = try MMQProcess(arguments, waits: false)
    return (run, run.finish())
  }

  // MARK: -p

  /// Threads that are there and threads that come later; not the process's child, and not another
  /// process that does the same. 700 threads take more than a page to name.
  @Test(arguments: [(3, 2, 1000), (700, 1, 20)])
  func allThreadsOfAProcess(early: Int, late: Int, times: Int) throws {
    let words = ["threads", "\(early)", "\(late)", "\(times)"]
    let worker = try WaitingWorkload(words, waitsItself: true)
    let other = try WaitingWorkload(words, waitsItself: true)
    #expect(worker.nextWords() == "ready\n" && other.nextWords() == "ready\n")
    let run = try MMQProcess([
      "-v", "-b", "16M", "-p", "\(worker.pid)", "-e",
      "\(calls) { @t[tid] = count(); @ = count(); }",
    ])
    other.finish()
    let said = worker.finish()
    // The run ends with the process.
    let output = run.finish()
    #expect(run.status == 0, "\(run.stderr)")
    let threads = 1 + early + late
    #expect(Tracing.value("@", in: output) == threads * times, "\(run.stderr)")
    let counts = output.split(separator: "\n").filter { $0.hasPrefix("@t[") }
    #expect(counts.count == threads)
    #expect(counts.allSatisfy { $0.hasSuffix("]: \(times)") })
    let child = try #require(said.split(separator: " ").last.flatMap { Int($0.dropLast()) })
    #expect(Tracing.value("@t[\(child)]", in: output) == nil)
    // The kernel left the other process out: there was a filter for the calls, but none for who makes them.
    let records = run.stderr.split(separator: "\n").compactMap { line in
      line.contains(" records in ") ? line.split(separator: " ").first.flatMap { Int($0) } : nil
    }
    #expect(records.count == 1)
    #expect(
      records.first.map { ((threads + 1) * times..<(threads + 1) * times + 2000).contains($0) }
        == true)
  }

  /// The names, and the choice, are those that a run over all processes finds.
  @Test func aProcessIsWhatPidSaysItIs() throws {
    let worker = try WaitingWorkload(["various", "200"])
    let block = "{ @[comm, args.id] = count(); }"
    let all = try MMQProcess([
      "-b", "32M", "-e", "raw_syscalls:sys_enter / pid == \(worker.pid) / \(block)",
    ])
    let one = try MMQProcess([
      "-b", "32M", "-p", "\(worker.pid)", "-e", "raw_syscalls:sys_enter \(block)",
    ])
    worker.finish()
    let found = one.finish()
    let expected = all.stop()
    #expect(found == expected, "\(one.stderr)\(all.stderr)")
    #expect(found.contains("@[it's, "))
  }

  @Test func whatIsNoProcess() throws {
    let ended = try WaitingWorkload(["syscalls", "1"])
    ended.finish()
    let (none, _) = try run(["-p", "\(ended.pid)", "-e", "oom:mark_victim"])
    #expect(none.status == 1)
    #expect(none.stderr == "mmq: -p \(ended.pid): there is no such process\n")
    let worker = try WaitingWorkload(["threads", "1", "0", "1"], waitsItself: true)
    #expect(worker.nextWords() == "ready\n")
    let threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(worker.pid)/task")
    let thread = try #require(threads.first { $0 != "\(worker.pid)" })
    let (part, _) = try run(["-p", thread, "-e", "oom:mark_victim"])
    #expect(part.status == 1)
    #expect(part.stderr == "mmq: -p \(thread): that is a thread of process \(worker.pid)\n")
    worker.finish()
    let (both, _) = try run(["-p", "1", "-c", "true", "-e", "oom:mark_victim"])
    #expect(both.status == 2)
    #expect(both.stderr.contains("-c and -p"))
  }

  @Test func aDryRunShowsTheThreads() throws {
    let worker = try WaitingWorkload(["syscalls", "1"])
    let (_, output) = try run([
      "-n", "-p", "\(worker.pid)", "-e", "oom:mark_victim { @ = count(); }",
    ])
    worker.finish()
    #expect(output.contains("echo 1 > ") && output.contains("/options/event-fork\n"))
    #expect(output.contains("echo \(worker.pid) > ") && output.contains("/set_event_pid\n"))
  }

  /// There the numbers of processes are not the kernel's.
  @Test func inAPidNamespaceOfItsOwn() throws {
    func inside(_ words: String) throws -> String {
      let shell = Process()
      let output = Pipe()
      shell.executableURL = URL(fileURLWithPath: "/bin/sh")
      shell.arguments = [
        "-c",
        "unshare --pid --fork --mount-proc sh -c '\(Tracing.mmq) \(words); echo status $?' 2>&1",
      ]
      shell.standardOutput = output
      try shell.run()
      let text = try output.fileHandleForReading.readToEnd() ?? Data()
      shell.waitUntilExit()
      return String(decoding: text, as: UTF8.self)
    }
    for option in ["-p 1", "-c true"] {
      let text = try inside("\(option) -e oom:mark_victim")
      #expect(text.contains("this is a pid namespace of its own"), "\(text)")
      #expect(text.hasSuffix("status 1\n"), "\(text)")
    }
    let text = try inside("-e \"oom:mark_victim { @ = count(); } interval:ms:50 { exit(4); }\"")
    #expect(text.contains("NOTE: mmq cannot know its own threads"), "\(text)")
    #expect(text.hasSuffix("status 4\n"), "\(text)")
  }

  // MARK: Names

  /// The exec event then has a path that is not the program's: what it says of the name is not used.
  @Test func theNameOfAProgramGivenByADescriptor() throws {
    let command = "\(Tracing.workload) itself 50"
    let (_, renames) = try run(["-c", command, "-e", "\(calls) { @[comm] = count(); }"])
    let (_, execs) = try run([
      "-c", command, "-e", "\(calls) { @[comm] = count(); } sched:sched_process_exec { @x = pid; }",
    ])
    #expect(renames.contains("]: 50\n"))
    #expect(execs.contains(renames), "\(execs), not \(renames)")
  }

  /// /proc/PID/comm of a kernel's thread says more than its name; /proc/PID/sched does not.
  @Test(.enabled(if: ProcessTests.hasSched, "/proc/PID/sched"))
  func namesOfTheKernelsOwnThreads() throws {
    let names = LiveSource(try Tracefs()) { _, _ in false }.savedComms
    #expect(names.allSatisfy { $0.comm.utf8.count <= 15 })
    var compared = 0
    for (thread, name) in names where name.hasPrefix("kworker/") || name.utf8.count == 15 {
      let line = Tracing.text("/proc/\(thread)/sched").split(separator: "\n").first ?? ""
      guard let end = line.range(of: " (\(thread), #threads") else { continue }
      #expect(name == line[..<end.lowerBound])
      compared += 1
    }
    #expect(compared > 0)
  }

  private static let hasSched: Bool = {
    let isThere = Tracing.text("/proc/2/sched").hasPrefix("kthreadd (2, #threads")
    if !isThere {
      print("SKIP ProcessTests.namesOfTheKernelsOwnThreads: there is no /proc/2/sched")
    }
    return isThere
  }()

  // MARK: -c

  @Test func aCommandAndItsChildren() throws {
    let (run, output) = try run([
      "-c", "sh -c '\(Tracing.workload) syscalls 300 & \(Tracing.workload) syscalls 200; wait'",
      "-e",
      "\(calls) { if (comm == \"mmq-workload\") { @[tid] = count(); } }",
    ])
    #expect(run.status == 0)
    let counts = output.split(separator: "\n").filter { $0.hasPrefix("@[") }
      .compactMap { Int($0.split(separator: " ").last ?? "") }
    #expect(counts == [200, 300], "\(output)")
  }

  @Test func aCommandThatIsNotThere() throws {
    for (command, reason) in [
      ("mmq-no-such-program 1", "mmq-no-such-program: No such file or directory"),
      ("/no/such/program", "/no/such/program: No such file or directory"),
      ("/etc/passwd", "/etc/passwd: Permission denied"), ("/", "/: Permission denied"),
    ] {
      let (run, output) = try run(["-c", command, "-e", "oom:mark_victim { @ = count(); }"])
      #expect(run.status == 1)
      #expect(run.stderr == "mmq: \(reason)\n")
      #expect(output == "")
      #expect(try Tracing.instances(of: run.pid) == [])
    }
  }

  private func childOf(_ run: MMQProcess) throws -> Int32 {
    let children = Tracing.text("/proc/\(run.pid)/task/\(run.pid)/children")
    return try #require(children.split(separator: " ").first.flatMap { Int32($0) })
  }

  /// It is gone, or only waits for its parent to ask.
  private func isOver(_ process: Int32) -> Bool {
    let text = Tracing.text("/proc/\(process)/stat")
    return text.isEmpty || text.contains(") Z ")
  }

  /// One that hears SIGTERM at once, another one when it is killed.
  @Test(arguments: [
    ("sleep 100", 0.0..<10.0), ("sh -c 'trap \"\" TERM; while :; do sleep 0.1; done'", 1.0..<10.0),
  ]) func aCommandEndsWithTheRun(command: String, seconds: Range<Double>) throws {
    let run = try MMQProcess(["-c", command, "-e", "oom:mark_victim { @ = count(); }"])
    usleep(300_000)
    let child = try childOf(run)
    #expect(!isOver(child))
    let start = ContinuousClock.now
    run.send(SIGINT)
    run.waitForEnd()
    #expect(run.status == 0)
    #expect(isOver(child))
    let time = ContinuousClock.now - start
    #expect(time >= .seconds(seconds.lowerBound) && time < .seconds(seconds.upperBound), "\(time)")
  }

  /// A pipeline is more than its shell, and what it leaves running when it ends by itself is its own matter.
  @Test func allThatACommandStartedEndsWithTheRun() throws {
    let seconds = "\(UInt32.random(in: 1_000_000 ..< .max))"
    let running = "pgrep -fx 'sleep \(seconds)'; true"
    let run = try MMQProcess([
      "-c", "sh -c 'sleep \(seconds) | (sleep \(seconds); true)'", "-e",
      "oom:mark_victim { @ = count(); }",
    ])
    while try Shell.output(running).split(separator: "\n").count < 2 { usleep(10_000) }
    run.send(SIGINT)
    run.waitForEnd()
    #expect(run.status == 0)
    #expect(try Shell.output(running) == "")
    let file = NSTemporaryDirectory() + "mmq-left-\(seconds)"
    defer { try? FileManager.default.removeItem(atPath: file) }
    let left = "(sleep 1; echo > \(file)) >/dev/null 2>&1 & true"
    let (short, _) = try self.run([
      "-c", "sh -c '\(left)'", "-e", "oom:mark_victim { @ = count(); }",
    ])
    #expect(short.status == 0)
    for _ in 0..<500 where access(file, F_OK) != 0 { usleep(20_000) }
    #expect(access(file, F_OK) == 0)
  }

  @Test func aCommandEndsWhenItsTracerIsKilled() throws {
    let run = try MMQProcess(["-c", "sleep 100", "-e", "oom:mark_victim { @ = count(); }"])
    usleep(300_000)
    let child = try childOf(run)
    run.send(SIGKILL)
    for _ in 0..<500 where !isOver(child) { usleep(20_000) }
    #expect(isOver(child))
    if !isOver(child) { kill(child, SIGKILL) }
    // The command has mmq's output, which ends with it.
    _ = run.finish()
    _ = try MMQProcess(["-e", "oom:mark_victim { @ = count(); }"]).stop()
    #expect(try Tracing.instances(of: run.pid) == [])
  }
}
