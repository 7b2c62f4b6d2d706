// Units of time, as numbers and intervals may have them.

/// Suffixes of numbers that are times.
public enum Durations {
  /// Suffixes, and what they are in nanoseconds.
  public static let all: [(suffix: String, nanoseconds: UInt64)] = [
    ("ns", 1), ("us", 1000), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000),
    ("h", 3_600_000_000_000), ("d", 86_400_000_000_000),
  ]

  /// A number of such units; nil where there is no such suffix, or where the result does not fit.
  public static func nanoseconds(_ number: UInt64, _ suffix: String) -> UInt64? {
    guard let unit = all.first(where: { $0.suffix == suffix }) else { return nil }
    let product = number.multipliedReportingOverflow(by: unit.nanoseconds)
    return product.overflow ? nil : product.partialValue
  }
}
