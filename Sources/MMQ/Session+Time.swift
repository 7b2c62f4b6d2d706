// How time goes on in a run: from the first record, or the start of a part, to the last one or the part's end.

internal import MMQTrace

extension Session {
  /// What this session has gone through of its own source so far.
  var span: ObservedSpan { ObservedSpan(place: place, first: firstTime, last: lastTime) }

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
