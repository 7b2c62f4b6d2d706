// Sessions over the running kernel.

import Foundation
import MMQTestSupport
import MMQTrace
import Testing

enum LiveSessions {
  static let arePossible: Bool = {
    if let path = try? Tracefs().path, access(path + "/instances", W_OK) == 0 { return true }
    print("SKIP LiveSessionTests: there is no tracefs whose instances can be written")
    return false
  }()
}

@Suite(.enabled(if: LiveSessions.arePossible, "tracefs, and the right to make instances in it"))
struct LiveSessionTests {
  /// The instances that a process made.
  private func instances(of terminal: Terminal) throws -> [String] {
    let all = try FileManager.default.contentsOfDirectory(
      atPath: try Tracefs().path + "/instances")
    return all.filter { $0.hasPrefix("mmq.\(terminal.pid).") }
  }

  private func waitForInstance(of terminal: Terminal) throws {
    for _ in 0..<6000 where try instances(of: terminal).isEmpty { usleep(20_000) }
    #expect(try instances(of: terminal).count == 1)
  }

  /// Plain `mmq` on a terminal.
  @Test func controlCEndsAnEndlessRunAndNotTheSession() throws {
    let terminal = try Terminal([])
    try terminal.expect("mmq> ")
    for _ in 0..<2 {
      terminal.enter("sched:sched_switch { @n = count() } interval:ms:50 { printf(\"tick\\n\") }")
      try terminal.expect("Tracing this machine; Ctrl-C ends the run.\n")
      try terminal.expect("tick\ntick\n")
      try waitForInstance(of: terminal)
      terminal.type("\u{3}")
      try terminal.expect("@n: ")
      try terminal.expect("mmq> ")
      #expect(try instances(of: terminal).isEmpty)
    }
    terminal.enter("@n > 0")
    try terminal.expect("true\n")
    try terminal.expect("mmq> ")
    terminal.type("\u{4}")
    #expect(try terminal.end() == 0)
  }

  /// A result without rows has its reason.
  @Test func howManyRecordsThereWereIsSaidOfNone() throws {
    let terminal = try Terminal([])
    try terminal.expect("mmq> ")
    terminal.enter("oom:mark_victim /pid < 0/ { @ = count() } interval:ms:50 { exit() }")
    try terminal.expect(" s, ")
    try terminal.expect(" record")
    terminal.enter("1")
    try terminal.expect(" s)")
  }

  @Test func theInstanceGoesWhenTheTerminalDoes() throws {
    let terminal = try Terminal(["repl"])
    try terminal.expect("mmq> ")
    terminal.enter("sched:sched_switch { @n = count() }")
    try waitForInstance(of: terminal)
    terminal.hangUp()
    _ = try terminal.end()
    #expect(try instances(of: terminal).isEmpty)
  }

  @Test func aBareEventShowsTwentyAndThenTheNextOnes() throws {
    let terminal = try Terminal(["repl"])
    try terminal.expect("mmq> ")
    terminal.enter("sched:sched_switch")
    for _ in 0..<2 {
      let events = try terminal.expect("-- more? (Enter or q) ")
      #expect(events.components(separatedBy: "sched_switch: ").count - 1 == 20)
      terminal.type(" ")
    }
    try terminal.expect("-- more? (Enter or q) ")
    terminal.type("q")
    try terminal.expect("mmq> ")
    #expect(try instances(of: terminal).isEmpty)
  }
}
