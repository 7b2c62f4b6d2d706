// The traced program of the live benchmark: page faults, one after the other.

import ArgumentParser
import CLinux
import Glibc

/// Touches fresh pages on one CPU and prints how long one takes. A process of its own, so that what is
/// traced is never what measures.
struct FaultLoop: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fault-loop", abstract: "Prints nanoseconds a page fault.", shouldDisplay: false)

  @Option(help: "The CPU to stay on.")
  var cpu = 0

  @Option(help: "Page faults in a window.")
  var pages = 2000

  @Option(help: "Windows; the lower quartile of their means is printed.")
  var windows = 250

  /// `MADV_NOHUGEPAGE` of asm-generic/mman-common.h: one fault a page, not one for 512.
  private static let noHugePages: Int32 = 15

  func run() throws {
    guard clinux_stay_on_cpu(Int32(cpu)) else {
      throw ValidationError("CPU \(cpu): \(String(cString: strerror(errno)))")
    }
    let size = pages * 4096
    guard let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      memory != MAP_FAILED, madvise(memory, size, FaultLoop.noHugePages) == 0
    else { throw ValidationError("no memory: \(String(cString: strerror(errno)))") }
    var times: [Double] = []
    for _ in 0..<windows {
      madvise(memory, size, MADV_DONTNEED)
      let start = ContinuousClock.now
      for page in 0..<pages { memory.storeBytes(of: 1, toByteOffset: page * 4096, as: UInt8.self) }
      let time = ContinuousClock.now - start
      times.append(Double(time.components.attoseconds) / 1e9 / Double(pages))
    }
    // Other programs only ever add to a window.
    print(times.sorted()[windows / 4])
  }
}
