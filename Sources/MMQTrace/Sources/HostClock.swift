// The machine that mmq runs on, without any events: for programs of begin, end and interval.

internal import Glibc

/// A source without records. Its time is the machine's own, the clock `boot`.
public final class HostClock: TraceSource {
  public let name = "this machine"
  public let formatDescription = "no recording"
  public let machine = TracedMachine.host
  public let schemas: [EventSchema] = []
  public let clock = TraceClock(name: "boot")
  public let savedComms: [(tid: Int32, comm: String)] = []
  public let damage = DamageLog()
  public let isLive = true

  public init() {}

  public func kernelSymbols() -> KernelSymbols { .ofThisMachine }
  public func openStreams() -> [any PageStream] { [] }

  /// Nanoseconds since the machine started, suspended time included.
  public static var now: UInt64 { nanoseconds(of: CLOCK_BOOTTIME) }

  /// What to add to `now` for nanoseconds since 1970 (wraps).
  public static var dateOffset: UInt64 { nanoseconds(of: CLOCK_REALTIME) &- now }

  /// Sleeps until a time of `now`, or until a signal comes.
  public static func sleep(until time: UInt64) {
    var point = timespec(
      tv_sec: Int(time / 1_000_000_000), tv_nsec: Int(time % 1_000_000_000))
    clock_nanosleep(CLOCK_BOOTTIME, TIMER_ABSTIME, &point, nil)
  }

  private static func nanoseconds(of clock: clockid_t) -> UInt64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }
}

extension KernelSymbols {
  /// From /proc/kallsyms, which has no addresses for those who may not see them.
  static var ofThisMachine: KernelSymbols {
    guard let text = try? KernelFile.text(of: "/proc/kallsyms") else { return .none }
    return KernelSymbols(kallsyms: text)
  }
}

extension TracedMachine {
  /// The machine at hand.
  public static var host: TracedMachine {
    var name = utsname()
    Glibc.uname(&name)
    let release = withUnsafeBytes(of: &name.release) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    return TracedMachine(
      byteOrder: .host, longSize: MemoryLayout<Int>.size, pageSize: Int(getpagesize()),
      uname: "Linux \(release)", cpuCount: Int(sysconf(Int32(_SC_NPROCESSORS_CONF))))
  }
}
