// How much memory live runs take, from what is available.

import Testing

@testable import MMQTrace

@Suite struct HostMemoryTests {
  /// Kilobytes that are available, megabytes for maps: 1/16, at most 256 and at least 1.
  @Test(arguments: [
    (0, 1), (16 << 10, 1), (224 << 10, 14), (2 << 20, 128), (4 << 20, 256), (24 << 20, 256),
  ])
  func mapsTakeASixteenth(available: Int, megabytes: Int) {
    #expect(HostMemory.mapBytes(available: available) == megabytes << 20)
  }

  /// Kilobytes that are available, CPUs, kilobytes for the ring of each.
  @Test(arguments: [
    (0, 1, 64), (224 << 10, 2, 1792), (24 << 20, 2, 8192), (24 << 20, 256, 1536),
  ])
  func ringsTakeASixtyFourth(available: Int, cpus: Int, kilobytes: Int) {
    #expect(HostMemory.ring(available: available, cpus: cpus) == kilobytes)
  }
}
