// The rows of a histogram as text.

enum HistogramText {
  private static let barWidth = 52

  static func text(_ buckets: [Value.Bucket], _ scale: Value.Scale) -> String {
    let most = buckets.map(\.count).max() ?? 0
    return buckets.map { row($0, scale, most) }.joined()
  }

  private static func row(_ bucket: Value.Bucket, _ scale: Value.Scale, _ most: UInt64) -> String {
    let label = label(bucket, scale)
    let count = String(bucket.count)
    // In single precision, so that bars are as long as bpftrace's.
    let bar = most == 0 ? 0 : Int(Float(bucket.count) / Float(most) * Float(barWidth))
    return label + blanks(16 - label.count) + blanks(8 - count.count) + count + " |"
      + String(repeating: "@", count: bar) + blanks(barWidth - bar) + "|\n"
  }

  private static func blanks(_ count: Int) -> String {
    String(repeating: " ", count: max(0, count))
  }

  private static func label(_ bucket: Value.Bucket, _ scale: Value.Scale) -> String {
    guard let low = bucket.low else { return "(..., \(bound((bucket.high ?? -1) + 1, scale)))" }
    guard let high = bucket.high else { return "[\(bound(low, scale)), ...)" }
    if low == high, bound(low, scale) == String(low) { return "[\(low)]" }
    return "[\(bound(low, scale)), \(bound(high + 1, scale)))"
  }

  /// Powers of 1024 have suffixes: in hist() by the power that the bucket's part belongs to, in
  /// lhist() only if its step is made of them.
  private static func bound(_ value: Int128, _ scale: Value.Scale) -> String {
    switch scale {
    case .powers(let subBits):
      guard value > 2 << subBits else { return String(value) }
      let power = 127 - value.leadingZeroBitCount - subBits
      return String(value >> (power / 10 * 10)) + suffixes[power / 10]
    case .linear(let step):
      guard step % 1024 == 0, value != 0 else { return String(value) }
      if value % (1 << 20) == 0 { return "\(value >> 20)M" }
      return value % 1024 == 0 ? "\(value >> 10)K" : String(value)
    }
  }

  private static let suffixes = ["", "K", "M", "G", "T", "P", "E"]
}
