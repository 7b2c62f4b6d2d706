// What the kernel itself counted of a CPU's ring.

/// `per_cpu/cpuN/stats`. After tracing was stopped and everything was read, `read` is the number of
/// records that were decoded and `overrun` that of the events that the sub-buffers say were lost.
public struct RingStatistics: Sendable, Equatable {
  /// The CPU whose ring it is.
  public var cpu: UInt32
  /// Events that were written and not read.
  public var entries: UInt64 = 0
  /// Events that newer ones overwrote.
  public var overrun: UInt64 = 0
  /// Events that found no room because an interrupted writer was in the way.
  public var commitOverrun: UInt64 = 0
  /// Events that were refused; only where the ring does not overwrite.
  public var dropped: UInt64 = 0
  /// `read events`: those that a reader has taken.
  public var read: UInt64 = 0
  /// The kernel's own words.
  public let text: String

  /// All events that were written, or should have been, and that nobody can read.
  public var lost: UInt64 { overrun &+ commitOverrun &+ dropped }

  init(cpu: UInt32, text: String) {
    self.cpu = cpu
    self.text = text
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: ":")
      guard parts.count == 2, let number = UInt64(parts[1].drop { $0 == " " }) else { continue }
      switch parts[0] {
      case "entries": entries = number
      case "overrun": overrun = number
      case "commit overrun": commitOverrun = number
      case "dropped events": dropped = number
      case "read events": read = number
      default: break
      }
    }
  }
}
