// Times of the source as dates.

internal import Glibc
internal import MMQTrace

/// Turns the source's times into text.
struct RunClock: Sendable {
  /// What to add to a time for nanoseconds since 1970 (wraps); nil where that is not known.
  let dateOffset: UInt64?

  var knowsDate: Bool { dateOffset != nil }

  /// The time since the clock's zero.
  static let dateless = RunClock(dateOffset: nil)

  private init(dateOffset: UInt64?) { self.dateOffset = dateOffset }

  init(_ source: any TraceSource) {
    if let saved = source as? StateSource {
      dateOffset = saved.dateOffset
      return
    }
    dateOffset = source.isLive ? HostClock.dateOffset : source.clock.isWallClock ? 0 : nil
  }

  /// A time as whole seconds, toward the past, and the rest. Differences of times may be negative.
  static func split(_ time: UInt64) -> (seconds: Int64, nanoseconds: UInt64) {
    let (quotient, rest) = Int64(bitPattern: time).quotientAndRemainder(dividingBy: 1_000_000_000)
    return rest < 0 ? (quotient - 1, UInt64(rest + 1_000_000_000)) : (quotient, UInt64(rest))
  }

  /// A time by a format of strftime(3). Without a date it counts from the clock's zero. `isDate`: the
  /// time counts from 1970 by itself.
  func text(of time: UInt64, _ format: [UInt8], isDate: Bool = false) -> [UInt8] {
    var seconds = time_t(RunClock.split(time &+ (isDate ? 0 : dateOffset ?? 0)).seconds)
    var parts = tm()
    if isDate || knowsDate { localtime_r(&seconds, &parts) } else { gmtime_r(&seconds, &parts) }
    // strftime says 0 both for "" and for too little room: a byte in front tells them apart.
    let pattern = [CChar(bitPattern: 0x20)] + format.map { CChar(bitPattern: $0) } + [0]
    var room = [CChar](repeating: 0, count: 64 + format.count * 16)
    let length = strftime(&room, room.count, pattern, &parts)
    return room[..<max(1, length)].dropFirst().map { UInt8(bitPattern: $0) }
  }
}
