// `mmq record` of a part of the events: what the kernel lets pass, of whom, and with stacks.

import Foundation
import MMQ
import MMQTrace
import Testing

@Suite(.needsTracefs, .serialized) struct RecordPredicateTests: RecordingTests {
  let directory = RecordingDirectory()

  /// One recording with a predicate and one without, at the same time, of a process that does many things.
  @Test(arguments: [
    ("syscalls:sys_enter_close", "args.fd == 3"),
    ("raw_syscalls:sys_enter", "args.id == 0 || comm == \"x*y\""),
    ("syscalls:sys_enter_openat", "(args.flags & 3) == 2 && comm =~ \"o*\""),
    ("syscalls:sys_exit_read", "args.ret < 0"),
  ])
  func thePredicateChoosesAsMmqDoes(event: String, predicate: String) throws {
    let worker = try WaitingWorkload(["various", "160"])
    let whole = try begin(["-p", "\(worker.pid)", event], to: file + ".whole")
    let part = try begin(["--strict", "-p", "\(worker.pid)", "\(event) / \(predicate) /"])
    worker.finish()
    for run in [whole, part] {
      _ = run.finish()
      #expect(run.status == 0 && !run.stderr.contains("WARNING"), "\(run.stderr)")
    }
    let wanted = try ask("\(event) / \(predicate) / { @ = count(); }", file + ".whole")
    #expect(try ask("\(event) { @ = count(); }") == wanted)
    #expect(Tracing.value("@", in: wanted) ?? 0 > 0, "\(wanted)")
    try expectSameAsTraceCommand(try Survey(try TraceDat(path: file)))
  }

  /// What the kernel cannot decide is recorded, and said.
  @Test func moreThanAskedForIsSaid() throws {
    let probe = "syscalls:sys_enter_write /args.count * 2 == 4 && args.fd == 1/"
    let run = try record([probe, "--"] + dd(300))
    #expect(
      run.stderr.contains(
        "WARNING: syscalls:sys_enter_write: the kernel decides only a part of the predicate, 'fd"),
      "\(run.stderr)")
    #expect(run.stderr.contains("HINT: more is recorded than was asked for"))
    #expect(try ask("syscalls:sys_enter_write { @ = count(); }").contains("@: 300\n"))
    let strict = try record(["--strict", probe, "--", "true"], status: 2)
    #expect(!strict.stderr.contains("Recording"), "\(strict.stderr)")
    let tasks = try record(["task:task_rename /args.pid == 1/", "--", "true"])
    #expect(tasks.stderr.contains("all of it is recorded: it tells of tasks"), "\(tasks.stderr)")
  }

  @Test(arguments: [
    ("syscalls:sys_enter_write /args.count < 0/", "no record of syscalls:sys_enter_write can pass"),
    ("syscalls:sys_enter_write /@n++ < 9/", "only looks at the event"),
    ("syscalls:sys_enter_write /args.count > /", "ERROR: expected an expression"),
    ("syscalls:sys_enter_write /args.nothing > 1/", "has no field 'nothing'"),
    ("syscalls:sys_enter_write /1/ { print(1); } end", "is no event: record takes names"),
    ("/args.count > 1/", "is no event: record takes names"),
  ])
  func predicatesAreChecked(probe: String, reason: String) throws {
    let run = try record([probe], status: 2)
    #expect(run.stderr.contains(reason), "\(run.stderr)")
    #expect(access(file, F_OK) != 0)
  }

  @Test func aDryRunShowsFiltersAndTriggers() throws {
    let run = try MMQProcess(
      ["record", "-n", "-o", file, "--stacks", "kmem:mm_page_alloc", "/args.order > 3/"],
      waits: false)
    let output = run.finish()
    #expect(run.status == 0, "\(run.stderr)")
    for step in [
      "echo 'order >= 4' > ", "events/kmem/mm_page_alloc/filter",
      "echo 'stacktrace if order >= 4' > ", "events/kmem/mm_page_alloc/trigger",
    ] {
      #expect(output.contains(step), "\(step)")
    }
    #expect(!output.contains("task_rename/trigger"))
  }

  /// A stack behind each record that passes, and nowhere else.
  @Test func eachRecordHasItsStack() throws {
    _ = try record(
      ["--stacks", "syscalls:sys_enter_write /args.count == 1/", "syscalls:sys_enter_read", "--"]
        + dd(700))
    let survey = try Survey(try TraceDat(path: file))
    let reads = try #require(survey.events["syscalls:sys_enter_read"])
    #expect(survey.events["syscalls:sys_enter_write"] == 700 && reads >= 700)
    #expect(survey.events["ftrace:kernel_stack"] == 700 + reads)
    try expectSameAsTraceCommand(survey)
    let none = try record(["--stacks", "syscalls:sys_enter_write /args.count == 9/", "--"] + dd(9))
    #expect(!none.stderr.contains("WARNING"))
    #expect(try Survey(try TraceDat(path: file)).events["ftrace:kernel_stack"] == nil)
  }

  // MARK: Whose

  /// Its threads, those from before and those from after, and its child; the file says whose they are.
  @Test func aProcessIsRecordedWithAllThatItStarts() throws {
    let worker = try WaitingWorkload(["threads", "3", "2", "50"], waitsItself: true)
    #expect(worker.nextWords() == "ready\n")
    let run = try begin(["-p", "\(worker.pid)", "syscalls:sys_enter_getppid"])
    worker.finish()
    _ = run.finish()
    #expect(run.status == 0, "\(run.stderr)")
    let groups = try TraceDat(path: file).savedGroups.filter { $0.process == worker.pid }
    #expect(groups.count == 4)
    let output = try ask(
      "syscalls:sys_enter_getppid { @[pid == \(worker.pid)] = count(); @threads[tid] = count(); }")
    #expect(output.contains("@[true]: \(50 * 6)\n"), "\(output)")
    #expect(output.contains("@[false]: 50\n"), "\(output)")
    try expectSameAsTraceCommand(try Survey(try TraceDat(path: file)))
  }

  @Test(arguments: [
    (["-p", "1", "oom:mark_victim", "--", "true"], "one process each"),
    (["-p", "1x", "oom:mark_victim"], "Failed to parse pid"),
    (["--files", "3", "oom:mark_victim"], "--files is about files of --size"),
    (["--duration", "0", "oom:mark_victim"], "'--duration <time>'"),
  ])
  func optionsAreChecked(words: [String], reason: String) throws {
    let run = try record(words, status: 2)
    #expect(run.stderr.contains(reason), "\(run.stderr)")
  }
}
