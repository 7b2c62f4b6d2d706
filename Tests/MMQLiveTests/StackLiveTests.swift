// Stacks of the running kernel.

import Foundation
import MMQTrace
import Testing

@Suite(.needsTracefs, .serialized) struct StackLiveTests {
  private static let enter = "raw_syscalls:sys_enter"
  /// Of the thread at hand.
  private static var own: String {
    "args.id == \(Tracing.getppidNumber) && tid == \(Tracing.thread)"
  }

  /// More than fit into many sub-buffers, read while they are written: each has its own stack, whatever
  /// end of a sub-buffer lies between.
  @Test(arguments: ["@[len(kstack) > 1] = count();", "@n++; @[len(kstack) > 1]++;"])
  func eachEventHasItsStack(_ body: String) throws {
    let run = try MMQProcess(["-b", "16M", "-e", "\(Self.enter) / \(Self.own) / { \(body) }"])
    Tracing.callGetppid(20_000)
    let output = run.stop()
    #expect(Tracing.value("@[true]", in: output) == 20_000, "\(output)\(run.stderr)")
    #expect(Tracing.value("@[false]", in: output) == nil)
    #expect(!run.stderr.contains("no stack"))
    #expect(run.status == 0)
  }

  @Test func aStackHasItsFunctions() throws {
    let run = try MMQProcess([
      "-f", "folded", "-e", "\(Self.enter) / \(Self.own) / { @[kstack] = count(); }",
    ])
    Tracing.callGetppid(100)
    let output = run.stop()
    let lines = output.split(separator: "\n")
    #expect(lines.count == 1, "\(output)\(run.stderr)")
    #expect(lines.first?.hasSuffix(" 100") == true)
    // Whoever may trace may see the kernel's symbols, and no function is called by its address.
    #expect(lines.first?.contains("0x") == false, "\(output)")
    #expect(lines.first?.contains("syscall") == true, "\(output)")
  }

  /// The trigger is that of the block's events alone, with its filter, and goes with the instance.
  @Test func onlyTheBlocksEventsAreRecordedWithStacks() throws {
    let program =
      "kmem:mm_page_alloc / args.order > 1 / { @[kstack] = count(); } sched:sched_switch { @n++; }"
    let dry = try MMQProcess(["--dry-run", "-e", program], waits: false)
    let steps = dry.finish().split(separator: "\n") + dry.stderr.split(separator: "\n")
    let triggers = steps.filter { $0.contains("/trigger") }
    #expect(triggers.count == 1)
    #expect(triggers.first?.hasPrefix("echo 'stacktrace if order >= 2' > ") == true, "\(triggers)")
    #expect(triggers.first?.hasSuffix("/events/kmem/mm_page_alloc/trigger") == true)

    let run = try MMQProcess(["-e", program])
    let names = try Tracing.instances(of: run.pid)
    let instance = try Tracefs().path + "/instances/" + (try #require(names.first))
    #expect(Tracing.text(instance + "/events/kmem/mm_page_alloc/trigger").contains("stacktrace"))
    #expect(!Tracing.text(instance + "/events/sched/sched_switch/trigger").contains("stacktrace:"))
    _ = run.stop()
    #expect(run.status == 0)
    #expect(try Tracing.instances(of: run.pid).isEmpty)
  }
}
