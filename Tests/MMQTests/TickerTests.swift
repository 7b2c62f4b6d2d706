// interval probes on the time of the events.

@testable import MMQ
import MMQTestSupport
import Testing

@Suite struct TickerTests {
  /// What fires before a record of this time, as `binding@boundary`.
  static func fired(_ ticker: inout Ticker, at time: UInt64, limit: Int = 10_000) -> [String] {
    var all: [String] = []
    while all.count < limit, let due = ticker.due(at: time) {
      all.append("\(due.binding)@\(due.boundary)")
    }
    return all
  }

  @Test func noTimerNeverFires() {
    var ticker = Ticker([], origin: 5)
    #expect(ticker.next == .max)
    #expect(Self.fired(&ticker, at: .max).isEmpty)
  }

  /// Boundaries count from the origin, wherever the run begins.
  @Test func boundariesBeforeTheStartDoNotFire() {
    var ticker = Ticker([(0, 10), (1, 25)], origin: 100, start: 130)
    #expect(ticker.next == 140)
    #expect(Self.fired(&ticker, at: 151) == ["0@140", "0@150", "1@150"])
    #expect(ticker.skipped == 0)
    #expect(Ticker([(0, 10)], origin: 100, start: 129).next == 130)
    #expect(Ticker([(0, 10)], origin: 100, start: .max).next == .max)
  }

  @Test func aTickRunsBeforeTheFirstRecordAtOrAfterItsBoundary() {
    var ticker = Ticker([(7, 10)], origin: 100)
    #expect(ticker.next == 110)
    #expect(Self.fired(&ticker, at: 109).isEmpty)
    #expect(Self.fired(&ticker, at: 110) == ["7@110"])
    #expect(Self.fired(&ticker, at: 110).isEmpty)
    #expect(ticker.next == 120)
    #expect(Self.fired(&ticker, at: 145) == ["7@120", "7@130", "7@140"])
    #expect(Self.fired(&ticker, at: 3).isEmpty)
  }

  @Test func timersFireInOrderOfBoundaryThenOfDeclaration() {
    var ticker = Ticker([(0, 30), (1, 10), (2, 20)], origin: 0)
    #expect(
      Self.fired(&ticker, at: 60) == [
        "1@10", "1@20", "2@20", "0@30", "1@30", "1@40", "2@40", "1@50", "0@60", "1@60", "2@60",
      ])
  }

  /// Up to 1000 empty periods in a row fire, besides the one that ends.
  @Test func thousandPeriodsFire() {
    var ticker = Ticker([(0, 10)], origin: 0)
    let all = Self.fired(&ticker, at: 10_000)
    #expect(all.count == 1000 && all.first == "0@10" && all.last == "0@10000")
    #expect(ticker.gaps == 0 && ticker.skipped == 0)
  }

  @Test func aLongerGapFiresOnceAtItsEnd() {
    var ticker = Ticker([(0, 10)], origin: 0)
    #expect(Self.fired(&ticker, at: 10_010) == ["0@10010"])
    #expect(ticker.gaps == 1 && ticker.skipped == 1000)
    #expect(Self.fired(&ticker, at: 10_020) == ["0@10020"])
    #expect(Self.fired(&ticker, at: 10_029).isEmpty)
  }

  @Test func aGapOfOneTimerIsNoneOfASlowerOne() {
    var ticker = Ticker([(0, 1), (1, 1000)], origin: 0)
    #expect(Self.fired(&ticker, at: 3500) == ["1@1000", "1@2000", "1@3000", "0@3500"])
    #expect(ticker.gaps == 1 && ticker.skipped == 3499)
  }

  @Test func boundariesBeyondTheClockNeverFire() {
    var ticker = Ticker([(0, 100)], origin: .max - 150)
    #expect(Self.fired(&ticker, at: .max - 1) == ["0@\(UInt64.max - 50)"])
    #expect(ticker.next == .max)
    #expect(Self.fired(&ticker, at: .max).isEmpty)
  }

  @Test func aJumpToTheEndOfTimeEnds() {
    var ticker = Ticker([(0, 1_000_000), (1, .max)], origin: 1)
    let fired = Self.fired(&ticker, at: .max)
    #expect(fired.count == 1 && fired[0].hasPrefix("0@"))
    #expect(ticker.gaps == 1)
  }

  @Test func randomTimesAgainstASlowTwin() {
    var generator = SeededRandom(seed: 8)
    for _ in 0..<50 {
      let periods = (0..<3).map { _ in UInt64.random(in: 1...40, using: &generator) }
      let origin = UInt64.random(in: 0...100, using: &generator)
      var ticker = Ticker(periods.enumerated().map { ($0.offset, $0.element) }, origin: origin)
      var time = origin
      for _ in 0..<30 {
        let before = time
        time += UInt64.random(in: 0...100, using: &generator)
        // At one time, in order of declaration: sorting by both is the whole rule.
        var wanted: [(time: UInt64, timer: Int)] = []
        for (timer, period) in periods.enumerated() {
          for n in 1...10_000 where origin + UInt64(n) * period <= time {
            let boundary = origin + UInt64(n) * period
            if boundary > before { wanted.append((boundary, timer)) }
          }
        }
        wanted.sort { $0 < $1 }
        #expect(Self.fired(&ticker, at: time) == wanted.map { "\($0.timer)@\($0.time)" })
      }
    }
  }
}
