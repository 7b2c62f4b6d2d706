// Which predicates the kernel is asked to decide, and that it decides them as mmq does.

import Foundation
import MMQ
import MMQLanguage
import MMQTrace
import Testing

@Suite(.needsTracefs, .serialized) struct FilterTests {
  private func source(filters: Bool = true) throws -> LiveSource {
    var options = LiveOptions(ringKilobytes: 65536)
    options.filters = filters
    return LiveSource(try Tracefs(), options: options) { system, _ in
      ["raw_syscalls", "kmem", "task"].contains(system)
    }
  }

  private func filters(_ text: String) throws -> [String: String] {
    Script(Source(name: "test", text), for: Target(try source())).liveEvents().filters
  }

  @Test(arguments: [
    ("kmem:mm_page_alloc / args.order == 3 /", "order == 3"),
    ("kmem:mm_page_alloc / args.order > 3 /", "order > 3"),
    ("kmem:mm_page_alloc / 3 >= args.order && tid != 7 /", "order <= 3 && common_pid != 7"),
    // What is behind something that acts stays with mmq.
    ("kmem:mm_page_alloc / args.order > 1 && @n++ < 9 && args.order < 5 /", "order > 1"),
    ("raw_syscalls:sys_enter / args.id == 110 /", "id == 110"),
  ]) func exactPredicatesArePushedDown(probe: String, filter: String) throws {
    #expect(try filters(probe + " { @ = count(); }").values.first == filter)
  }

  @Test(arguments: [
    "kmem:mm_page_alloc", "kmem:mm_page_alloc / comm == \"x\" /",
    "kmem:mm_page_alloc / args.order == 99999999999 /",
    "kmem:mm_page_alloc / args.order == 1 || rand == 1 /", "kmem:mm_page_alloc / args.order /",
    "kmem:mm_page_alloc / args.order + 1 == 3 /",
  ]) func othersAreNot(probe: String) throws {
    #expect(try filters(probe + " { @ = count(); }") == [:])
  }

  @Test func severalBlocksGetWhatAnyOfThemWants() throws {
    let two = "kmem:mm_page_alloc / args.order == 1 / { @a = count(); } "
    #expect(
      try filters(two + "kmem:mm_page_alloc / args.order == 2 && tid == 1 / { @b = count(); }")
        == ["kmem:mm_page_alloc": "(order == 1) || (order == 2 && common_pid == 1)"])
    #expect(try filters(two + "kmem:mm_page_alloc { @b = count(); }") == [:])
    #expect(try filters("task:task_newtask / args.pid == 1 / { @[pid] = count(); }") == [:])
  }

  /// What the kernel says are the filters of sys_enter in this process's instances.
  private static func installedFilters() -> [String] {
    guard let path = try? Tracefs().path, let names = try? Tracing.instances(of: getpid()) else {
      return []
    }
    return names.map {
      Tracing.text("\(path)/instances/\($0)/events/raw_syscalls/sys_enter/filter")
        .trimmingCharacters(in: .whitespacesAndNewlines)
    }
  }

  /// The same maps with filters and without; with them the kernel has them.
  @Test func theKernelDecidesAsMmqDoes() throws {
    for filters in [false, true] {
      var text: [UInt8] = []
      let source = try source(filters: filters)
      let worker = Process()
      worker.executableURL = URL(fileURLWithPath: "/bin/dd")
      worker.arguments = ["if=/dev/zero", "of=/dev/null", "bs=1", "count=5000", "status=none"]
      // read(2) and write(2), whose third argument is 1; numbers of x86_64 and of arm64.
      let calls = Tracing.getppidNumber == 110 ? (0, 1) : (63, 64)
      let script = Script(
        Source(
          name: "test",
          "raw_syscalls:sys_enter / args.id == \(calls.0) / { @r[tid, args.args[2]] = count(); } "
            + "raw_syscalls:sys_enter / args.id == \(calls.1) / { @w[tid, args.args[2]] = count(); }"
        ),
        for: Target(source))
      var isDone = false
      let session = try Session(
        script, source, sink: TextRenderer { text += Array($0) }, isCancelled: { isDone })
      var installed: [String] = []
      let outcome = try session.start {
        installed = Self.installedFilters()
        try? worker.run()
        worker.waitUntilExit()
        isDone = true
      }
      let output = String(decoding: text, as: UTF8.self)
      // By thread: other tests run the same program at the same time.
      let thread = worker.processIdentifier
      #expect(output.contains("@r[\(thread), 1]: 5000\n"), "\(output)")
      #expect(output.contains("@w[\(thread), 1]: 5000\n"), "\(output)")
      #expect(outcome.warnings == [])
      for ring in outcome.rings { #expect(ring.decoded == ring.statistics.read) }
      // How many other records arrive says nothing: those of other programs before the run began do.
      let wanted = "id == \(calls.0) || id == \(calls.1)"
      #expect(installed.contains { $0.filter { !"()".contains($0) } == wanted } == filters)
    }
  }
}
