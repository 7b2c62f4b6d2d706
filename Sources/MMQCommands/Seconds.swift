// Times of a recording, as commands show them.

extension UInt64 {
  /// Nanoseconds as `5.000001000`.
  var asSeconds: String {
    let rest = String(self % 1_000_000_000)
    return "\(self / 1_000_000_000)." + String(repeating: "0", count: 9 - rest.count) + rest
  }
}
