// From the time stamps in a recording to the times that a script sees.

/// The recording's clock: its name, and the correction that the recording asks for.
public struct TraceClock: Sendable, Equatable {
  /// `ns = ((cycles × multiplier) >> shift) + offset`, the product in 128 bits.
  public struct CycleConversion: Sendable, Equatable {
    /// As the option of trace.dat says it (trace-cmd.dat.v7(5), TSC2NSEC).
    public var multiplier: UInt32
    /// Bits, from the same option.
    public var shift: UInt32
    /// Nanoseconds, added last; it wraps.
    public var offset: UInt64

    public init(multiplier: UInt32, shift: UInt32, offset: UInt64) {
      self.multiplier = multiplier
      self.shift = shift
      self.offset = offset
    }
  }

  /// The kernel's name of the clock (`mono`, `local`, `x86-tsc`, …), if recorded.
  public var name: String?
  /// Set where time stamps are cycles and the recording says how long one takes.
  public var cycles: CycleConversion?
  /// Nanoseconds to add after the conversion (wraps).
  public var offset: UInt64
  /// True where the corrected time counts from 1970 (the recording holds the date).
  public var isWallClock: Bool

  public init(
    name: String? = nil, cycles: CycleConversion? = nil, offset: UInt64 = 0,
    isWallClock: Bool = false
  ) {
    self.name = name
    self.cycles = cycles
    self.offset = offset
    self.isWallClock = isWallClock
  }

  /// Of text whose times are whole numbers: it does not say of what.
  static let ticks = "ticks"

  /// False where a time stamp counts cycles or events, not nanoseconds.
  public var isNanoseconds: Bool {
    cycles != nil
      || !["x86-tsc", "counter", "uptime", "ppc-tb", TraceClock.ticks].contains(name ?? "")
  }

}

/// From raw time stamps to times: a clock without its name, so that a copy costs nothing.
@frozen
public struct StampConversion: Sendable {
  @usableFromInline let cycles: TraceClock.CycleConversion?
  @usableFromInline let offset: UInt64

  public init(_ clock: TraceClock) {
    cycles = clock.cycles
    offset = clock.offset
  }

  /// The time of a raw time stamp: nanoseconds, where the clock has them. It wraps.
  @inlinable @inline(__always)
  public func callAsFunction(_ stamp: UInt64) -> UInt64 {
    guard let cycles else { return stamp &+ offset }
    return StampConversion.convert(stamp, cycles) &+ offset
  }

  /// The first stamp whose time is not before `time`: so that a loop over records compares stamps.
  public func firstStamp(notBefore time: UInt64) -> UInt64 {
    guard cycles != nil else { return time &- offset }
    var low: UInt64 = 0
    var high = UInt64.max
    while low < high {
      let middle = low + (high - low) / 2
      if self(middle) >= time { high = middle } else { low = middle + 1 }
    }
    return low
  }

  @usableFromInline
  static func convert(_ stamp: UInt64, _ c: TraceClock.CycleConversion) -> UInt64 {
    let product = stamp.multipliedFullWidth(by: UInt64(c.multiplier))
    let shift = UInt64(c.shift)
    if shift >= 128 { return c.offset }
    if shift >= 64 { return (product.high >> (shift - 64)) &+ c.offset }
    if shift == 0 { return product.low &+ c.offset }
    return ((product.low >> shift) | (product.high << (64 - shift))) &+ c.offset
  }
}
