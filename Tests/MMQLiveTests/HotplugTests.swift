// A CPU that goes and comes back while mmq reads its ring.

import Foundation
import Testing

@Suite(.needsTracefs, .serialized) struct HotplugTests {
  private static let cpu = 1
  private static let file = "/sys/devices/system/cpu/cpu\(cpu)/online"

  /// Says why not, once.
  static let isPossible: Bool = {
    guard access(file, W_OK) == 0 else {
      print("SKIP HotplugTests: \(file) cannot be written")
      return false
    }
    return true
  }()

  private func setOnline(_ isOnline: Bool) throws {
    let descriptor = open(Self.file, O_WRONLY)
    defer { close(descriptor) }
    try #require(write(descriptor, isOnline ? "1" : "0", 1) == 1, "\(Self.file): \(errno)")
  }

  private func call(_ times: Int, on cpu: Int = cpu) throws {
    try Workload.run(["cpu", "\(cpu)", "\(times)"])
  }

  @Test(
    .enabled(if: isPossible, "a CPU that can be taken away"), arguments: ReadingPath.allCases)
  func eventsBeforeAndAfterAreCounted(path: ReadingPath) throws {
    defer { try? setOnline(true) }
    let isCall = "args.id == \(Tracing.getppidNumber) && comm == \"mmq-on-cpu\""
    let run = try MMQProcess(
      path.options + [
        "-b", "4M", "-e", "raw_syscalls:sys_enter / \(isCall) / { @[cpu] = count(); }",
      ])
    try call(1000)
    try setOnline(false)
    usleep(100_000)
    try call(500, on: 0)
    try setOnline(true)
    try call(2000)
    let output = run.stop()
    #expect(run.status == 0)
    #expect(Tracing.value("@[\(Self.cpu)]", in: output) == 3000, "\(output)\(run.stderr)")
    #expect(Tracing.value("@[0]", in: output) == 500, "\(output)")
    #expect(run.stderr == "Attached 1 probe\n")
  }

  /// It was away when mmq began: its ring is made with it.
  @Test(
    .enabled(if: isPossible, "a CPU that can be taken away"), arguments: ReadingPath.allCases)
  func aCPUThatComesLaterIsRead(path: ReadingPath) throws {
    defer { try? setOnline(true) }
    try setOnline(false)
    let isCall = "args.id == \(Tracing.getppidNumber) && comm == \"mmq-on-cpu\""
    let run = try MMQProcess(
      path.options + [
        "-b", "4M", "-e", "raw_syscalls:sys_enter / \(isCall) / { @[cpu] = count(); }",
      ])
    try setOnline(true)
    try call(2000)
    let output = run.stop()
    #expect(run.status == 0)
    #expect(Tracing.value("@[\(Self.cpu)]", in: output) == 2000, "\(output)\(run.stderr)")
    #expect(run.stderr == "Attached 1 probe\n")
  }
}
