// Lost events in words.

internal import MMQ

enum LossText {
  /// `Lost 42 events on CPU 0 (3 gaps, and 1 gap of unknown size)`
  static func line(_ loss: StreamLosses) -> String {
    let losses = loss.losses
    let cpu = loss.cpu == .max ? "on all CPUs" : "on CPU \(loss.cpu)"
    let place =
      cpu + (loss.buffer.isEmpty ? "" : " of buffer \(loss.buffer)")
      + (loss.input.isEmpty ? "" : " in \(loss.input)")
    if losses.countedGaps == 0 {
      return "Lost events \(place): \(gaps(losses.unknownGaps)) of unknown size"
    }
    let unknown = losses.unknownGaps == 0 ? "" : ", and \(gaps(losses.unknownGaps)) of unknown size"
    return "Lost \(losses.counted) events \(place) (\(gaps(losses.countedGaps))\(unknown))"
  }

  private static func gaps(_ count: UInt64) -> String { "\(count) gap\(count == 1 ? "" : "s")" }
}
