// Which clock a recording's time stamps come from.

extension TraceDatLoader {
  /// The clock in brackets of the `trace_clock` option, else the one that buffers name. Both may be
  /// wrong for instances, so that a contradiction is said; a conversion of cycles is certain.
  func clock() -> TraceClock {
    let named = options.clocks + options.buffers.compactMap(\.clock).filter { !$0.isEmpty }
    if let first = named.first, let other = named.first(where: { $0 != first }) {
      damage.note(
        "clock name", "the recording names its clock '\(first)' and '\(other)'; '\(first)' is taken"
      )
    }
    return TraceClock(
      name: named.first, cycles: options.cycles, offset: (options.date ?? 0) &+ options.offset,
      isWallClock: options.date != nil)
  }
}
