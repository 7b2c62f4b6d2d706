// Time series of one map brought to one span of time.

/// What tseries() shows: all keys up to the latest interval of any of them, each from its first
/// interval that is not too old.
struct TimeSeries {
  private let interval: UInt64
  private let count: UInt64
  private let clock: RunClock

  init(_ parameters: AggregationParameters, _ clock: RunClock) {
    let series = TimeSeriesParameters(parameters)
    (interval, count) = (series.interval, series.count)
    self.clock = clock
  }

  func aligned(_ values: [Value]) -> [Value] {
    let all = values.map { value -> [Value.Point] in
      if case .timeSeries(let points, _) = value { points } else { [] }
    }
    guard let last = all.compactMap({ $0.last?.start }).max() else { return values }
    let span = (count - 1).multipliedReportingOverflow(by: interval)
    let first = span.overflow || span.partialValue > last ? 0 : last - span.partialValue
    return all.map {
      .timeSeries(filled($0.filter { $0.start >= first }, last), interval: interval)
    }
  }

  /// The points with those between them, and after them, that have no value.
  private func filled(_ points: [Value.Point], _ last: UInt64) -> [Value.Point] {
    guard let first = points.first?.start else { return [] }
    let known = Dictionary(uniqueKeysWithValues: points.map { ($0.start, $0.value) })
    return (0...(last - first) / interval).map { index in
      let start = first + index * interval
      return Value.Point(
        start: start, time: clock.text(of: start, fractionOf: interval),
        date: start &+ (clock.dateOffset ?? 0), value: known[start] ?? nil)
    }
  }
}

/// How fine the times of intervals are written.
enum TimeUnit: Int {
  case seconds = 0
  case milliseconds = 3
  case microseconds = 6
  case nanoseconds = 9

  /// The coarsest unit that shows multiples of an interval.
  init(of interval: UInt64) {
    if interval % 1_000_000_000 == 0 {
      self = .seconds
    } else if interval % 1_000_000 == 0 {
      self = .milliseconds
    } else {
      self = interval % 1000 == 0 ? .microseconds : .nanoseconds
    }
  }

  var digits: Int { rawValue }

  /// As it stands in the head of a plot.
  var suffix: String {
    switch self {
    case .seconds: ""
    case .milliseconds: ".ms"
    case .microseconds: ".μs"
    case .nanoseconds: ".ns"
    }
  }

  /// Nanoseconds within a second, by this unit: `.700`.
  func fraction(of time: UInt64) -> String {
    if self == .seconds { return "" }
    let digits = String(time % 1_000_000_000 + 1_000_000_000).dropFirst()
    return "." + digits.prefix(self.digits)
  }
}

extension RunClock {
  fileprivate func text(of time: UInt64, fractionOf interval: UInt64) -> String {
    String(decoding: text(of: time, Array("%H:%M:%S".utf8)), as: UTF8.self)
      + TimeUnit(of: interval).fraction(of: time)
  }
}

extension Value.Point {
  /// The start as a date in UTC, with nanoseconds: `1970-01-01 00:00:00.500000000`.
  var utc: String {
    let text = RunClock.dateless.text(of: date, Array("%Y-%m-%d %H:%M:%S".utf8))
    return String(decoding: text, as: UTF8.self) + TimeUnit.nanoseconds.fraction(of: date)
  }
}
