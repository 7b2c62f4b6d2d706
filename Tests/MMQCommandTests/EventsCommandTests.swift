// `mmq events`: the kernel's `trace` file, from its first line to its last.

import Foundation
import MMQTestSupport
import Testing

@Suite struct EventsCommandTests {
  private let lost = "Tests/Fixtures/captures/lost.dat"
  private let compaction = "Tests/Fixtures/captures/compaction.dat"

  private func lines(_ run: MMQRun) -> [Substring] {
    run.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
  }

  private func events(_ run: MMQRun) -> [Substring] { lines(run).filter { !$0.hasPrefix("#") } }

  /// What zstd makes of a file; nil, said loudly, where it is not installed.
  private func unpacked(_ path: String) throws -> Data? {
    let zstd = Process()
    zstd.executableURL = URL(fileURLWithPath: "/usr/bin/zstd")
    zstd.arguments = ["-dc", path]
    let output = Pipe()
    zstd.standardOutput = output
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/zstd") else {
      print("SKIP EventsCommandTests.theWholeFile: there is no /usr/bin/zstd")
      return nil
    }
    try zstd.run()
    defer { zstd.waitUntilExit() }
    return try output.fileHandleForReading.readToEnd()
  }

  /// Byte for byte, the header included.
  @Test(.enabled(if: Places.has("everything.dat", for: "EventsCommandTests.theWholeFile")))
  func theWholeFile() throws {
    let path = try #require(Places.capture("everything.dat"))
    let packed = try #require(Places.capture("everything.txt.zst"))
    guard let expected = try unpacked(packed) else { return }
    let run = try MMQRun(["events", "-i", path])
    #expect(run.status == 0 && run.errors == "")
    #expect(run.output.utf8.count == expected.count && expected.count > 20_000_000)
    #expect(Data(run.output.utf8) == expected)
  }

  @Test func theHeadSaysHowManyThereAre() throws {
    let run = try MMQRun(["events", "-i", compaction])
    #expect(run.status == 0)
    let count = events(run).count
    let shown = lines(run)
    #expect(shown[0] == "# tracer: nop")
    #expect(shown[2] == "# entries-in-buffer/entries-written: \(count)/\(count)   #P:2")
    #expect(shown[10] == "#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION")
    #expect(count > 1000)
  }

  /// What is found only once, as the head counts the events, is said like what each pass finds, and not twice.
  @Test(arguments: [("kmem-zstd.perf.data", 3), ("compaction.dat", 2), ("sched.dat", 2)])
  func damageIsSaid(_ name: String, _ part: Int) throws {
    let damaged = TemporaryPath()
    try damagedCopy(of: name, part).write(to: URL(fileURLWithPath: damaged.path))
    let errors = { (words: [String]) in
      let run = try MMQRun(words + ["-i", damaged.path])
      #expect(run.status == 1, "\(words)")
      return run.errors.split(separator: "\n").filter { $0.contains(": ERROR: ") }
    }
    let said = try errors(["events"])
    #expect(!said.isEmpty)
    #expect(try errors(["events", "*:*"]) == said)
    #expect(try errors(["-e", "t:*:* { @ = count(); }"]) == said)
    #expect(try MMQRun(["events", "--strict", "-i", damaged.path]).status == 3)
  }

  /// A byte among the records is another one, so far from the start.
  private func damagedCopy(of name: String, _ part: Int) throws -> Data {
    let path = "\(Places.package)/Tests/Fixtures/captures/\(name)"
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    bytes[bytes.count / part] ^= 0xff
    return bytes
  }

  /// As trace_pipe has it: before the next event of the CPU. The head would count them again.
  @Test func lossesStandAmongTheEvents() throws {
    let run = try MMQRun(["events", "-i", lost])
    #expect(!run.output.contains("entries-in-buffer"))
    let shown = events(run)
    #expect(shown.count > 1000)
    for (index, line) in shown.enumerated() where line.hasPrefix("CPU:") {
      let next = shown[(index + 1)...].first { !$0.hasPrefix("CPU:") } ?? ""
      #expect(next.contains(" [00\(line.dropFirst(4).prefix(1))] "), "\(line) \(next)")
    }
    #expect(shown.count { $0 == "CPU:0 [LOST EVENTS]" } == 2)
    #expect(shown.count { $0.hasPrefix("CPU:1 [LOST ") && $0.hasSuffix("7 EVENTS]") } > 0)
  }

  /// What is read of its output says the same losses; of some events only, too.
  @Test(arguments: [[], ["kmem:mm_page_alloc"], ["--cpu", "1"], ["--from", "+0.1"]])
  func itsOutputKeepsLosses(_ words: [String]) throws {
    let run = try MMQRun(["events", "-i", lost] + words)
    let said = run.errors.split(separator: "\n").filter { $0.hasPrefix("Lost ") }
    #expect(!said.isEmpty)
    let text = TemporaryPath()
    try Data(run.output.utf8).write(to: URL(fileURLWithPath: text.path))
    let again = try MMQRun(["events", "-i", text.path])
    #expect(again.errors.split(separator: "\n").filter { $0.hasPrefix("Lost ") } == said)
    #expect(again.output == run.output)
  }

  @Test func onlySomeEvents() throws {
    let all = try MMQRun(["events", "-i", compaction])
    let names = ["mm_compaction_begin", "mm_compaction_end"]
    let some = try MMQRun(
      ["events", "-i", compaction] + names.map { "compaction:" + $0 } + ["compaction:*_begin"])
    let wanted = events(all).filter { line in names.contains { line.contains(": \($0): ") } }
    #expect(wanted.count > 10)
    #expect(events(some) == wanted)
    #expect(!some.output.contains("entries-in-buffer"))
  }

  @Test func aPartOfTheRecording() throws {
    let all = try MMQRun(["events", "-i", compaction])
    let part = try MMQRun(["events", "-i", compaction, "--cpu", "1", "--from", "+1"])
    let wanted = events(all).filter { $0.contains(" [001] ") }
    #expect(events(part).count > 10)
    #expect(events(part) == wanted.suffix(events(part).count))
    #expect(!part.output.contains("entries-in-buffer"))
  }

  @Test func symbolsOfAnotherFile() throws {
    let file = TemporaryPath()
    try Data("ffffffff00000000 T _text\nffffffffff000000 T _end\n".utf8)
      .write(to: URL(fileURLWithPath: file.path))
    let slab = "Tests/Fixtures/captures/slab.dat"
    let run = try MMQRun(["events", "-i", slab, "--kallsyms", file.path, "kmem:kfree"])
    #expect(run.output.contains("call_site=_text+0x"), "\(run.output.prefix(2000))")
  }

  @Test func slipsAreTold() throws {
    let slips: [([String], String)] = [
      (["-i", compaction, "compaction:mm_compaction_bgin"], "did you mean"),
      (["-i", compaction, "oom:mark_victim { }"], "is no event: events takes names"),
      (
        ["-i", compaction, "vmscan:*", "oom:mark_victim /args.pid == 293/"],
        "a script takes predicates: mmq -e 'oom:mark_victim if (args.pid == 293)'"
      ),
      (["-i", compaction, "oom:mark_victim", "/ tid < 3 /"], "-e 'oom:mark_victim if (tid < 3)'"),
      (["-i", compaction, "-e", "begin {}"], "-e"), ([], "name the events"),
      (["-i", compaction, "interval:s:1"], "needs a block"),
      (["-i", compaction, "--buffer", "no"], "'no'"),
    ]
    for (words, message) in slips {
      let run = try MMQRun(["events"] + words)
      #expect(run.status == 2 && run.output == "", "\(words) \(run.output)")
      #expect(run.errors.contains(message), "\(words) \(run.errors)")
    }
  }

  /// Stacks are lines at their own time; only where they are named, or where all is.
  @Test func stacksAreEventsHere() throws {
    let stacks = "Tests/Fixtures/captures/stacks.dat"
    let all = try MMQRun(["events", "-i", stacks])
    let isHead = { (line: Substring) in line.hasSuffix(": <stack trace>") }
    let isFunction = { (line: Substring) in line.hasPrefix(" => ") }
    #expect(events(all).count(where: isHead) == 2279)
    #expect(events(all).count { !isHead($0) && !isFunction($0) } == 2279)
    #expect(events(all)[1...3].contains(" => __alloc_pages"))
    let named = try MMQRun(["events", "-i", stacks, "kmem:*"])
    #expect(events(named).count == 2279)
    let both = try MMQRun(["events", "-i", stacks, "kmem:*", "ftrace:kernel_stack"])
    #expect(events(both) == events(all))
  }
}
