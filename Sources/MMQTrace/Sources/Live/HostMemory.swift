// How much memory a run may take for its rings and its maps.

internal import Glibc

/// Sizes that suit the machine that mmq runs on.
public enum HostMemory {
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

  /// Maps and strings of a run take at most this many bytes, and this part of what is available.
  private static let usualMaps = 256 << 20
  private static let partOfMaps = 16
  /// Where nothing can be had of /proc/meminfo, or nearly nothing is available.
  private static let leastMaps = 1 << 20

  /// Bytes for the maps and strings of a live run unless somebody says otherwise: 256 MB or 1/16 of
  /// MemAvailable when it was asked first, whichever is less.
  public static let mapBytes = mapBytes(available: available)

  static func mapBytes(available: Int) -> Int {
    max(leastMaps, min(usualMaps, (available / partOfMaps) << 10))
  }

  static var cpus: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  /// Kilobytes for the ring of each CPU.
  static func ring(available: Int, cpus: Int) -> Int {
    max(leastRing, min(usualRing, available / part / cpus))
  }

  /// The most that may be asked for, in kilobytes a CPU: a quarter of the memory in all.
  static func mostRing(available: Int, cpus: Int) -> Int { max(leastRing, available / 4 / cpus) }
}
