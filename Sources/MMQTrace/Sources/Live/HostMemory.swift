// How much memory a run may take for its rings.

internal import Glibc

enum HostMemory {
  /// Kilobytes of a ring unless somebody says otherwise.
  private static let usualRing = 8192
  /// A ring smaller than this loses events whatever one does.
  private static let leastRing = 64
  /// All rings together take at most this part of what is available.
  private static let part = 64

  /// Kilobytes that new programs can have without swapping: MemAvailable of proc_meminfo(5).
  static var available: Int {
    let text = KernelFile.line(of: "/proc/meminfo") ?? ""
    for line in text.split(separator: "\n") where line.hasPrefix("MemAvailable:") {
      return line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    }
    return 0
  }

  static var cpus: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  /// Kilobytes for the ring of each CPU.
  static func ring(available: Int, cpus: Int) -> Int {
    max(leastRing, min(usualRing, available / part / cpus))
  }

  /// The most that may be asked for, in kilobytes a CPU: a quarter of the memory in all.
  static func mostRing(available: Int, cpus: Int) -> Int { max(leastRing, available / 4 / cpus) }
}
