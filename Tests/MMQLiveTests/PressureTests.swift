// mmq where memory is short: it stays within its budget, says what it drops, and outlives what it watches.

import Foundation
import MMQ
import Testing

@Suite(.needsMemoryGroups, .serialized) struct PressureTests {
  private func value(_ name: String, in output: String) -> Int? {
    for line in output.split(separator: "\n") where line.hasPrefix("\(name): ") {
      return Int(line.dropFirst(name.count + 2))
    }
    return nil
  }

  private func sum(of map: String, in output: String) -> Int {
    output.split(separator: "\n").filter { $0.hasPrefix("@\(map)[") }
      .compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }.reduce(0, +)
  }

  private func dropped(_ map: String, in errors: String) -> Int {
    let start = "WARNING: @\(map): "
    let line = errors.split(separator: "\n").first { $0.hasPrefix(start) }
    return line?.dropFirst(start.count).split(separator: " ").first.flatMap { Int($0) } ?? 0
  }

  /// The memory that a process has, without its rings, which are mapped: in megabytes.
  private func memory(of process: Int32) -> Int {
    let status = Tracing.text("/proc/\(process)/status").split(separator: "\n")
    let line = status.first { $0.hasPrefix("RssAnon:") }
    return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 >> 10 } ?? 0
  }

  @Test func mapsThatGrowForEverStayInTheirBudget() throws {
    let group = try MemoryGroup("small", megabytes: 128)
    let run = try MMQProcess(
      [
        "-b", "32M", "--map-memory", "8M", "-e",
        "raw_syscalls:sys_enter / args.id == \(Tracing.getppidNumber) && tid == \(Tracing.thread) / "
          + "{ @total = count(); @n[nsecs] = count(); "
          + "@s[str_concat(\"call number \", (string)@total)] = sum(1); "
          + "@q[nsecs] = quantile(nsecs, 50); } end { clear(@q); }",
      ], in: group)
    let calls = 300_000
    for _ in 0..<(calls / 1000) {
      Tracing.callGetppid(1000)
      usleep(2000)
    }
    usleep(300_000)
    let most = memory(of: run.pid)
    let output = run.stop()
    #expect(run.status == 0, "\(run.stderr)")
    #expect(value("@total", in: output) == calls, "\(run.stderr)")
    let lost = ["n", "s", "q"].map { dropped($0, in: run.stderr) }
    #expect(lost.allSatisfy { $0 > 0 }, "\(run.stderr)")
    #expect(sum(of: "n", in: output) + lost[0] == calls)
    #expect(sum(of: "s", in: output) + lost[1] == calls)
    // What a run takes without maps, in a build for debugging, is less than 24 MB.
    #expect(most > 0 && most < 8 + 24, "\(most) MB")
    #expect(run.stderr.contains("WARNING: updates of maps are dropped from now on: "))
    #expect(run.stderr.contains("the maps' memory of 8 MB is used up; --map-memory gives more"))
  }

  @Test func aTaskThatIsKilledForItsMemoryIsSeen() throws {
    let run = try MMQProcess([
      "-e",
      "oom:mark_victim { printf(\"victim %d\\n\", args.pid); } "
        + "vmscan:mm_vmscan_memcg_reclaim_begin { @reclaims[comm] = count(); }",
    ])
    let group = try MemoryGroup("victim", megabytes: 24)
    let words = group.words(["tail", "/dev/zero"])
    let victim = Process()
    victim.executableURL = URL(fileURLWithPath: words[0])
    victim.arguments = Array(words.dropFirst())
    victim.standardError = FileHandle.nullDevice
    try victim.run()
    victim.waitUntilExit()
    #expect(victim.terminationReason == .uncaughtSignal && victim.terminationStatus == SIGKILL)
    let output = run.stop()
    #expect(run.status == 0, "\(run.stderr)")
    #expect(output.contains("victim \(victim.processIdentifier)\n"), "\(output)\(run.stderr)")
    #expect((value("@reclaims[tail]", in: output) ?? 0) > 0, "\(output)")
  }

  // MARK: What it does for itself

  /// A process without a limit on locked memory, or with CAP_IPC_LOCK, has its memory locked.
  @Test func memoryIsLockedAndTheRankIsLowered() throws {
    let run = try MMQProcess(["-v", "-e", "oom:mark_victim { print(1); }"])
    let status = Tracing.text("/proc/\(run.pid)/status")
    let score = Tracing.text("/proc/\(run.pid)/oom_score_adj").dropLast()
    let own = Tracing.text("/proc/self/oom_score_adj").dropLast()
    _ = run.stop()
    if run.stderr.contains("# mlockall(") && !run.stderr.contains("# refused: mlockall") {
      let locked = status.split(separator: "\n").first { $0.hasPrefix("VmLck:") }
      let kilobytes = locked?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
      #expect(kilobytes > 1000, "\(locked ?? "")")
    } else {
      print("SKIP memoryIsLocked…: memory cannot be locked here: \(run.stderr)")
      #expect(run.stderr.contains("# memory is not locked") || run.stderr.contains("# refused: ml"))
    }
    if run.stderr.contains("# refused: /proc/self/oom_score_adj") {
      print("SKIP theRankIsLowered…: no right to lower oom_score_adj")
      #expect(score == own)
    } else {
      #expect(run.stderr.contains("echo -500 > /proc/self/oom_score_adj\n"))
      #expect(score == "-500")
    }
  }

  /// The command, and commands of system(), have the rank that mmq was started with.
  @Test func childrenDoNotInheritTheRank() throws {
    let own = Tracing.text("/proc/self/oom_score_adj").dropLast()
    let shown = "cat /proc/self/oom_score_adj"
    let run = try MMQProcess(
      [
        "--unsafe", "-q", "-c", shown, "-e",
        "begin { system(\"\(shown)\"); } raw_syscalls:sys_enter { @ = count(); } end { clear(@); }",
      ], waits: false)
    let numbers = run.finish().split(separator: "\n").filter { !$0.isEmpty }
    #expect(numbers.count == 2 && numbers.allSatisfy { $0 == own }, "\(numbers), own \(own)")
  }

  @Test func dryRunSaysWhatWouldBeDone() throws {
    let run = try MMQProcess(
      ["-n", "--map-memory", "32M", "-e", "oom:mark_victim { print(1); }"], waits: false)
    let lines = run.finish().split(separator: "\n")
    #expect(
      lines.contains { $0.hasPrefix("# mlockall(") || $0.hasPrefix("# memory is not locked") })
    #expect(lines.contains("# maps and strings: at most 32 MB"), "\(lines)")
  }
}
