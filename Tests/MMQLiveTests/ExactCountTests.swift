// Counts that are known beforehand, on both ways to read the rings, to the last one.

import Foundation
import Testing

/// How mmq gets at the sub-buffers.
enum ReadingPath: String, CaseIterable, CustomTestStringConvertible {
  case mapped, read
  var options: [String] { self == .read ? ["--no-mmap"] : [] }
  var testDescription: String { rawValue }
}

@Suite(.needsTracefs, .serialized) struct ExactCountTests {
  /// Where the workload's memory is: far from what programs get by themselves.
  private let address = 0x1000_0000_0000
  private let pages = 1000

  /// Rounds of the three children. The long form, ten million faults, is for the release build:
  /// `MMQ_LONG=1 MMQ_LIVE=.build/release/mmq swift test --filter ExactCountTests`.
  private var rounds: [Int] {
    ProcessInfo.processInfo.environment["MMQ_LONG"] == nil ? [20, 30, 50] : [2000, 3000, 5000]
  }

  @Test(arguments: ReadingPath.allCases)
  func pageFaultsByAddressAndProcess(path: ReadingPath) throws {
    let quarter = pages / 4 * 4096
    let inside = "args.address >= \(address) && args.address < \(address + 4 * quarter)"
    let run = try MMQProcess(
      path.options + [
        "-b", "64M", "-e",
        "exceptions:page_fault_user / \(inside) / { @[(args.address - \(address)) / \(quarter)] = count(); "
          + "@in[pid] = count(); @first = min(args.address); @last = max(args.address); }",
      ])
    let children = try Workload.faults(at: address, pages: pages, rounds: rounds)
    let output = run.stop()
    #expect(run.stderr == "Attached 1 probe\n")
    let total = rounds.reduce(0, +) * pages
    #expect(children.values.reduce(0, +) == total)
    for part in 0..<4 {
      #expect(Tracing.value("@[\(part)]", in: output) == total / 4, "\(output)")
    }
    for (child, faults) in children {
      #expect(Tracing.value("@in[\(child)]", in: output) == faults, "\(output)")
    }
    #expect(output.split(separator: "\n").filter { $0.hasPrefix("@in[") }.count == rounds.count)
    #expect(Tracing.value("@first", in: output) == address)
    #expect(Tracing.value("@last", in: output) == address + (pages - 1) * 4096)
  }

  @Test(arguments: ReadingPath.allCases)
  func forksRenamesAndSlabCalls(path: ReadingPath) throws {
    let run = try MMQProcess(
      path.options + [
        "-b", "16M", "-c", "\(Tracing.workload) tasks 300 2000 3000", "-e",
        "task:task_newtask { @forks[comm] = count(); } "
          + "task:task_rename { @renamed[args.newcomm] = count(); } "
          + "sched:sched_process_exit { @exits[comm] = count(); } "
          + "kmem:kmalloc / strcontains(ksym(args.call_site), \"eventfd\") / { @slab[comm] = count(); }",
      ])
    let output = run.finish()
    #expect(run.stderr == "Attached 4 probes\n")
    for (name, count) in [
      ("@forks[mmq-workload]", 300), ("@renamed[mmq-workload]", 1), ("@renamed[even]", 1000),
      ("@renamed[odd]", 1000), ("@exits[mmq-workload]", 300), ("@exits[odd]", 1),
      // The name of the time of the call: the last rename was to this one.
      ("@slab[odd]", 3000),
    ] {
      #expect(Tracing.value(name, in: output) == count, "\(name): \(output)")
    }
    #expect(output.split(separator: "\n").filter { $0.hasPrefix("@slab[") }.count == 1)
  }
}
