// How long a run goes on: from the first record, or the start of a part, to the last one or the part's end.

internal import MMQTrace

/// What a run has gone through of one source's time.
struct TimeSpan: Sendable, Hashable {
  /// The source's place among those of the run: their clocks do not compare.
  var place: Int
  /// Both included.
  var first: UInt64
  var last: UInt64
}

extension [TimeSpan] {
  /// How much time there is in all of them: what lies in several counts once.
  var length: UInt64 {
    var (sum, open) = (UInt64(0), TimeSpan?.none)
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

extension Session {
  /// What this session has gone through of its own source so far.
  var span: TimeSpan { TimeSpan(place: place, first: firstTime, last: lastTime) }

  /// Time begins with the source's first record, or where the part begins that is asked for. Intervals count from
  /// the first record either way.
  func beginTime(at origin: UInt64) {
    run.origin = origin
    firstTime = Swift.max(origin, filter?.first ?? 0)
    lastTime = Swift.max(lastTime, firstTime)
    run.observedFrom = firstTime &- spans.length
    ticker = Ticker(periods(), origin: origin, start: firstTime)
    findTickStamp()
  }

  /// What nobody wants makes time go on, too.
  func passTime(of merge: borrowing Merge) {
    for lane in 0..<merge.laneCount where merge.lanes[lane].cursor.records > 0 {
      passTime(to: merge.lanes[lane].latestStamp)
    }
  }

  /// Up to the end of the part that is asked for.
  func passTime(to stamp: UInt64) {
    lastTime = Swift.max(lastTime, Swift.min(time(stamp), filter?.last ?? .max))
  }

  /// What is asked for lasts as long as the recording, streams that are not asked for included.
  func passTimeLeftOut() {
    guard selection != nil, !run.isExiting else { return }
    if let last = (source as? any DivisibleSource)?.lastStamp { passTime(to: last) }
  }
}
