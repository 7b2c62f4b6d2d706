// Sessions of random input: nothing crashes, hangs, grows or stays behind.

import Foundation
import MMQTestSupport
import MMQTrace
import Testing

@Suite(.serialized) struct RandomSessionTests {
  /// Seconds of each session; $MMQ_REPL_SECONDS makes it a long test.
  private static let seconds =
    ProcessInfo.processInfo.environment["MMQ_REPL_SECONDS"].flatMap { Double($0) } ?? 15
  private static let seed =
    ProcessInfo.processInfo.environment["MMQ_REPL_SEED"].flatMap { UInt64($0) } ?? 6
  /// Megabytes.
  private static let mostGrowth = 10.0

  private static let events = [
    ("kmem:mm_page_alloc", ["order", "pfn", "gfp_flags", "migratetype", "nosuch"]),
    ("compaction:mm_compaction_end", ["status", "sync", "zone_start"]),
    ("vmscan:mm_vmscan_direct_reclaim_begin", ["order", "gfp_flags"]),
    ("kmem:*", ["pfn"]), ("nosuch:event", ["x"]),
  ]
  private static let liveEvents = [
    ("sched:sched_switch", ["prev_comm", "next_pid", "prev_state", "nosuch"]),
    ("kmem:mm_page_alloc", ["order", "gfp_flags"]), ("syscalls:sys_enter_read", ["fd", "count"]),
    ("nosuch:event", ["x"]),
  ]

  @Test func overARecording() throws {
    let terminal = try Terminal(
      ["repl", "-i", Places.package + "/Examples/traces/reclaim.dat"],
      environment: ["PAGER": "cat", "EDITOR": "true", "VISUAL": "true"])
    try run(terminal, RandomSessionTests.events)
  }

  @Test(.enabled(if: LiveSessions.arePossible)) func overTheRunningKernel() throws {
    let terminal = try Terminal(
      ["repl"], environment: ["PAGER": "cat", "EDITOR": "true", "VISUAL": "true"])
    try run(terminal, RandomSessionTests.liveEvents)
    let instances = try FileManager.default.contentsOfDirectory(
      atPath: try Tracefs().path + "/instances")
    #expect(!instances.contains { $0.hasPrefix("mmq.\(terminal.pid).") })
  }

  /// After each input Ctrl-C, and a question whose answer shows that the session is well.
  private func run(_ terminal: Terminal, _ events: [(String, [String])]) throws {
    var input = RandomInput(
      seed: RandomSessionTests.seed, events: events.map { (name: $0.0, fields: $0.1) })
    try terminal.expect("mmq> ")
    // Symbols are read once, and stay.
    terminal.enter("ksym(1) == \"\" ? 1 : 777 * 1000 + 1")
    try terminal.expect("777001")
    let start = Date()
    var count = 0
    // How much a run takes, and malloc() keeps for the next, goes up and down with what the machine does;
    // a leak raises the least of it.
    var least = (before: Double.infinity, after: Double.infinity)
    while Date().timeIntervalSince(start) < RandomSessionTests.seconds {
      try ask(input.next(), count, terminal)
      count += 1
      let part = Date().timeIntervalSince(start) / RandomSessionTests.seconds
      if part > 2 / 3 {
        least.after = min(least.after, terminal.megabytes)
      } else if part > 1 / 3 {
        least.before = min(least.before, terminal.megabytes)
      }
    }
    let growth = least.after - least.before
    print("\(count) inputs; at least \(least.before) MB, then \(growth) MB more")
    #expect(growth <= RandomSessionTests.mostGrowth)
    terminal.enter(".quit")
    #expect(try terminal.end() == 0)
  }

  private func ask(_ text: String, _ count: Int, _ terminal: Terminal) throws {
    terminal.type(text.replacing("\n", with: "\r") + "\r")
    usleep(count % 4 == 0 ? 150_000 : 30_000)
    terminal.type("\u{3}")
    usleep(10_000)
    terminal.type("\u{3}\(1000 + count) * 1000 + 7\r")
    do {
      try terminal.expect("\(1000 + count)007")
    } catch {
      Issue.record("after \(count) inputs, seed \(RandomSessionTests.seed): \(text)\n\(error)")
      throw error
    }
    terminal.forget()
  }
}
