// Text as input of the command: what other programs print of a recording gives the answers that the
// recording gives.

import Foundation
import MMQTestSupport
import Testing

@Suite struct TextCommandTests {
  private let captures = "Tests/Fixtures/captures"

  /// What a program prints, into a file; nil, said loudly, where it is not installed.
  private func printed(_ command: [String], for test: String) throws -> TemporaryPath? {
    let path = "/usr/bin/" + command[0]
    guard FileManager.default.isExecutableFile(atPath: path) else {
      print("SKIP TextCommandTests.\(test): there is no \(path)")
      return nil
    }
    let file = TemporaryPath()
    try Data().write(to: URL(fileURLWithPath: file.path))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = Array(command.dropFirst())
    process.currentDirectoryURL = URL(fileURLWithPath: Places.package)
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: file.path))
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return file
  }

  /// A log within a mail, with the line ends of mails: what else is in it is said, and the answer counts.
  @Test func aPastedLogIsAnswered() throws {
    let events = try MMQRun(["events", "-i", "\(captures)/compaction.dat", "--to", "+1"]).output
    let file = TemporaryPath()
    let mail = """
      Subject: [BUG] kswapd does not sleep

      Hello, on 6.1.0 [1] I see this after 12.5 seconds:

      \(events)
      It was on CPU [000]. Jane, 12:34:56: is it [2]?

      """
    let lines = mail.split(separator: "\n", omittingEmptySubsequences: false)
    try Data(lines.joined(separator: "\r\n").utf8).write(to: URL(fileURLWithPath: file.path))
    let script = "compaction:* { @[probe] = count(); }"
    let run = try MMQRun(["-e", script, "-i", file.path])
    #expect(run.status == 0)
    #expect(
      run.errors.contains(
        "NOTE: 3 lines, the first of them line 1, are no event's, and skipped: `Subject: "),
      "\(run.errors)")
    #expect(
      try answer(script, ["-i", "\(captures)/compaction.dat", "--to", "+1"])
        == answer(script, ["-i", file.path]))
  }

  /// What a line holds must not reach a terminal as it is.
  @Test func foundBytesAreShownHarmlessly() throws {
    let file = TemporaryPath()
    let events = try MMQRun(["events", "-i", "\(captures)/compaction.dat", "--to", "+1"]).output
    try Data((events + "\u{1b}]0;title\u{7}\n").utf8).write(to: URL(fileURLWithPath: file.path))
    let run = try MMQRun(["-e", "compaction:* { @ = count(); }", "-i", file.path])
    #expect(run.errors.contains("skipped: `\\x1b]0;title\\x07`"), "\(run.errors)")
  }

  /// Numbers of events are those of one kernel since its start: whose they are is said.
  @Test func numberedEventsAreNamedByTheFormats() throws {
    let script = "kmem:mm_page_alloc { @ = count(); }"
    let run = try MMQRun(
      ["-e", script, "-i", "\(captures)/raw.txt", "--formats", "\(captures)/slab.dat"])
    #expect(run.status == 0 && run.output.contains("@: 268\n"))
    #expect(
      run.errors.contains(
        "NOTE: 288 lines, the first of them line 13, have the number of an event and no fields: "
          + "--formats names it (kmem:kmalloc), which is right only of the same kernel"),
      "\(run.errors)")
  }

  private func answer(_ script: String, _ arguments: [String]) throws -> String {
    let run = try MMQRun(["-q", "-e", script] + arguments)
    #expect(run.status == 0, "\(script): \(run.errors)")
    return run.output
  }

  /// By a field that is a number, one that has names, one that is a string, a computed one.
  static let questions: [(recording: String, script: String)] = [
    ("compaction.dat", "compaction:mm_compaction_end { @[args.status, args.sync] = count(); }"),
    ("compaction.dat", "compaction:* { @[probe, tid, comm, cpu] = count(); }"),
    (
      "slab.dat",
      "kmem:mm_page_alloc { @[args.order, args.migratetype] = count(); @s = sum(args.pfn); }"
    ),
    ("thp.dat", "huge_memory:* { @[probe, pid] = count(); }"),
    (
      "sched.dat",
      "sched:sched_switch { @[args.prev_comm, args.next_prio, args.next_pid] = count(); }"
    ),
    ("sched.dat", "sched:sched_wakeup { @[args.comm, args.pid, args.target_cpu] = count(); }"),
    ("sched.dat", "raw_syscalls:sys_enter { @[args.id] = count(); @s = sum(args.args[1]); }"),
    ("sched.dat", "syscalls:sys_exit_write { @[args.ret] = count(); }"),
    ("sched.dat", "block:block_rq_issue { @[args.dev, args.rwbs] = sum(args.nr_sector); }"),
  ]

  @Test(arguments: questions) func traceCmdReport(_ question: (recording: String, script: String))
    throws
  {
    let recording = "\(captures)/\(question.recording)"
    guard let text = try printed(["trace-cmd", "report", "-i", recording], for: "traceCmdReport")
    else {
      return
    }
    let expected = try answer(question.script, ["-i", recording])
    #expect(!expected.isEmpty)
    let found = try answer(question.script, ["-i", text.path, "--formats", recording])
    #expect(found == expected)
  }

  /// Whatever trace-cmd prints, without any format: by its plugins, without them, from the raw fields, with
  /// flags, in nanoseconds.
  @Test(arguments: [[], ["-N"], ["-R"], ["-l"], ["-t"]]) func formsOfTraceCmd(_ options: [String])
    throws
  {
    let recording = "\(captures)/sched.dat"
    guard
      let text = try printed(
        ["trace-cmd", "report"] + options + ["-i", recording], for: "formsOfTraceCmd")
    else { return }
    for script in [
      "sched:sched_switch { @[args.prev_comm, args.next_comm, args.next_prio] = count(); }",
      "sched:sched_switch { @[tid, cpu, args.next_pid] = count(); }",
      "sched:sched_wakeup { @[args.comm, args.pid, args.target_cpu] = count(); }",
      "raw_syscalls:sys_exit { @[args.id] = count(); @s = sum(args.ret); }",
      "syscalls:sys_exit_write { @[args.ret] = count(); }",
      "block:block_rq_issue { @[args.rwbs, args.comm] = sum(args.nr_sector); }",
    ] { #expect(try answer(script, ["-i", text.path]) == answer(script, ["-i", recording])) }
  }

  /// Folded stacks have names only: those of a report are the recording's. With -N trace-cmd leaves out what is behind the
  /// eighth function.
  @Test(arguments: [[], ["-l"]]) func stacksOfTraceCmd(_ options: [String]) throws {
    let recording = "\(captures)/stacks.dat"
    guard
      let text = try printed(
        ["trace-cmd", "report"] + options + ["-i", recording], for: "stacksOfTraceCmd")
    else { return }
    func folded(_ path: String) throws -> [Substring: Int] {
      let script = "kmem:mm_page_alloc { @[kstack] = count(); }"
      var counts: [Substring: Int] = [:]
      for line in try answer(script, ["-f", "folded", "-i", path]).split(separator: "\n") {
        let blank = try #require(line.lastIndex(of: " "))
        counts[line[..<blank], default: 0] += Int(line[blank...].dropFirst()) ?? -1
      }
      return counts
    }
    let expected = try folded(recording)
    #expect(expected.count > 5)
    #expect(try folded(text.path) == expected)
  }

  @Test func perfScript() throws {
    let recording = "\(captures)/group.perf.data"
    guard let text = try printed(["perf", "script", "-i", recording], for: "perfScript") else {
      return
    }
    for script in [
      "kmem:mm_page_alloc { @[args.order, args.gfp_flags, args.pfn] = count(); }",
      "tracepoint:*:* { @[probe, tid, cpu] = count(); }",
    ] {
      let expected = try answer(script, ["-i", recording])
      #expect(try answer(script, ["-i", text.path, "--formats", recording]) == expected)
    }
    // perf's text tells systems and names without any format.
    let script = "kmem:mm_page_alloc { @[args.order, args.pfn] = count(); }"
    #expect(try answer(script, ["-i", text.path]) == answer(script, ["-i", recording]))
  }

  /// The README's case: a log, and nothing else.
  @Test func aLogAlone() throws {
    let found = try MMQRun([
      "-e", "kmem:mm_page_alloc { @[comm, args.order] = count(); }", "-i", "\(captures)/noirq.txt",
    ])
    #expect(found.status == 0)
    #expect(
      found.output.contains("@[load, 0]: ") && found.output.contains("@[init, 1]: 1"),
      "\(found.output)")
  }

  @Test func whatTheTextDoesNotTell() throws {
    let recording = "\(captures)/compaction.dat"
    guard
      let text = try printed(
        ["trace-cmd", "report", "-i", recording], for: "whatTheTextDoesNotTell")
    else { return }
    let run = try MMQRun([
      "-e", "kmem:mm_page_alloc { @ = count(); print(args.page); }", "-i", text.path, "--formats",
      recording,
    ])
    #expect(run.status == 2 && run.errors.contains("page"), "\(run.errors)")
  }

  /// --formats helps with what is known of events, and with nothing else.
  @Test(arguments: [
    ("kmem:mm_page_alloc { prnt(1); }", false, "did you mean print()?"),
    ("kmem:mm_page_alloc { print(1 2); }", false, "expected"),
    ("kmem:mm_page_alloc { print(\"a\" * 2); }", false, "cannot be string"),
    ("kmem:mm_page_alloc { @[order] = count(); }", false, "did you mean args.order?"),
    ("kmem:mm_page_alloc { print(args.nope); }", true, "no field 'nope'"),
    ("kmem:nope { print(1); }", true, "there is no tracepoint kmem:nope"),
    ("kmem:mm_page_alloc { print(args.gfp_flags * 2); }", true, "cannot be string"),
    (
      "kmem:mm_page_alloc /args.gfp_flags & \"__GFP_ZERO\"/ { print(1); }", true,
      "HINT: strcontains(args.gfp_flags, \"__GFP_ZERO\") looks for its name"
    ),
  ])
  func formatsAreNamedWhereTheyHelp(_ script: String, _ namesThem: Bool, _ words: String) throws {
    let run = try MMQRun(["-e", script, "-i", "\(captures)/noirq.txt"])
    #expect(run.status == 2 && run.errors.contains(words), "\(run.errors)")
    #expect(run.errors.contains("--formats") == namesThem, "\(run.errors)")
  }

  @Test func formatsAreLookedAt() throws {
    for (formats, words) in [
      ("/nothing", "No such file"), ("README.md", "is text"), ("Sources", "holds no format files"),
    ] {
      let run = try MMQRun(["list", "-i", "\(captures)/noirq.txt", "--formats", formats])
      #expect(run.status == 2 && run.errors.contains("--formats \(formats)"), "\(run.errors)")
      #expect(run.errors.contains(words), "\(run.errors)")
    }
  }

  /// `mmq events` gives the text as it was.
  @Test func eventsAreTheLines() throws {
    let run = try MMQRun(["events", "-i", "\(captures)/noirq.txt", "kmem:*"])
    let lines = try String(
      contentsOfFile: "\(Places.package)/\(captures)/noirq.txt", encoding: .utf8
    )
    .split(separator: "\n").filter { !$0.hasPrefix("#") }
    let texts = { (line: Substring) in
      line.split(separator: ": ", maxSplits: 1).last.map(String.init)
    }
    let shown = run.output.split(separator: "\n").filter { !$0.hasPrefix("#") }
    #expect(shown.map(texts) == lines.map(texts) && shown.count > 100)
  }

  @Test func partsOfAText() throws {
    let script = "kmem:* { @[cpu, pid] = count(); }"
    let path = "\(captures)/noirq.txt"
    #expect(try answer(script, ["-i", path, "--cpu", "1"]).contains("@[1, 1]"))
    #expect(!(try answer(script, ["-i", path, "--cpu", "1"]).contains("@[0,")))
    #expect(!(try answer(script, ["-i", path, "-p", "265"]).contains(", 1]")))
    #expect(!(try answer(script, ["-i", path, "--from", "+1000"]).contains("@[")))
    let info = try MMQRun(["info", path])
    #expect(
      info.output.contains("CPU 0    ") && info.output.contains("kmem:mm_page_alloc"),
      "\(info.output)")
  }

  /// A pipe is read as it comes: an interval prints before the text ends.
  @Test func aStream() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: BuiltProgram.path("mmq"))
    process.arguments = [
      "-q", "-i", "-", "-e", "kmem:kfree { @ = count(); } interval:s:1 { print(@); }",
    ]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    func line(_ second: Int) -> Data {
      Data("              sh-42      [000] ..... \(second).500000: kfree: ptr=1\n".utf8)
    }
    for second in 1...3 { input.fileHandleForWriting.write(line(second)) }
    // Two seconds of the text have passed, and its end has not come.
    var seen = Data()
    while seen.filter({ $0 == 10 }).count < 2 {
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { break }
      seen += more
    }
    let early = String(decoding: seen, as: UTF8.self)
    #expect(early.hasPrefix("@: 1") && early.contains("@: 2"), "\(early)")
    // Ctrl-C while nothing comes: maps are printed.
    kill(process.processIdentifier, SIGINT)
    process.waitUntilExit()
    let rest = output.fileHandleForReading.readDataToEndOfFile()
    #expect(process.terminationStatus == 0)
    #expect(String(decoding: rest, as: UTF8.self).contains("@: 3"))
  }
}
