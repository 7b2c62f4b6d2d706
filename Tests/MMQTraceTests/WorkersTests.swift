// How many threads are of use.

import CLinux
import MMQTrace
import Synchronization
import Testing

@Suite struct WorkersTests {
  /// On a thread of its own, since the others of the test run stay where they are.
  @Test func onlyCPUsThatMayBeUsedCount() {
    let counts = Mutex<[Int]>([])
    let body: @Sendable (Int) -> Void = { _ in
      let before = Workers.cpus
      guard clinux_stay_on_cpu(Int32(clinux_current_cpu())) else { return }
      counts.withLock { $0 = [before, Workers.cpus] }
    }
    Workers.run(1, body) {}
    let found = counts.withLock { $0 }
    #expect(found.count == 2 && found[0] >= 1 && found.last == 1, "\(found)")
  }
}
