// What `observed` adds up: the times that runs have gone through.

/// What a run has gone through of one source's time.
struct ObservedSpan: Sendable, Hashable {
  /// The source's place among those of the run: their clocks do not compare.
  var place: Int
  /// Both included.
  var first: UInt64
  var last: UInt64
}

extension [ObservedSpan] {
  /// How much time there is in all of them: what lies in several counts once.
  var length: UInt64 {
    var (sum, open) = (UInt64(0), ObservedSpan?.none)
    for span in sorted(by: { ($0.place, $0.first) < ($1.place, $1.first) }) {
      let isNext = span.first == 0 || span.first - 1 <= open?.last ?? 0
      if let known = open, known.place == span.place, isNext {
        open?.last = Swift.max(known.last, span.last)
      } else {
        sum &+= open.map { $0.last - $0.first } ?? 0
        open = span
      }
    }
    return sum &+ (open.map { $0.last - $0.first } ?? 0)
  }
}
