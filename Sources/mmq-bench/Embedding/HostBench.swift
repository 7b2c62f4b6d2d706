// How many events of its own a host program can push through a script, on one core.

import ArgumentParser
import Foundation
import MMQ

struct HostBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "host",
    abstract: "Events a second that a host program pushes through a count by field, on one core.",
    discussion: "With the limits that hold by themselves, and without limits.")

  @Option(help: "Millions of events in each round.")
  var events = 20

  @Option(help: "Rounds; the median counts.")
  var rounds = 5

  @Option(
    help: "Ends with 1 where the median with limits is below so many million events a second.")
  var atLeast: Double?

  private static let script = "app:request { @[args.route] = count(); }"
  /// Events between two steps: about one sub-buffer, which the core's own cache then still holds.
  private static let batch = 2000

  func run() throws {
    var median = 0.0
    for (name, limits) in [("with limits", Limits.safe), ("without limits", .none)] {
      let rates = try (0..<rounds).map { _ in try rate(limits) }.sorted()
      let middle = rates[rates.count / 2]
      if limits == .safe { median = middle }
      print(
        name.padding(toLength: 16, withPad: " ", startingAt: 0)
          + String(format: "%6.1f million events/s (%.1f to %.1f)", middle, rates[0], rates.last!))
    }
    if let atLeast, median < atLeast { throw ExitCode(1) }
  }

  /// Millions of events a second, with their making, pushing and counting.
  private func rate(_ limits: Limits) throws -> Double {
    let source = HostSource()
    let request = try source.define(
      "app:request",
      [HostField("route", .uint32), HostField("bytes", .uint32), HostField("ns", .uint64)])
    let script = Script(Source(name: "bench", Self.script), for: Target(source))
    var options = RunOptions()
    options.limits = limits
    let session = try Session(script, source, sink: TextRenderer { _ in }, options: options)
    let count = events * 1_000_000
    let start = ContinuousClock.now
    try push(count, request, source, session)
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let sum = session.snapshots()[0].rows.reduce(0) { $0 + ($1.value.integer ?? 0) }
    guard sum == Int64(count) else { throw ValidationError("\(sum) of \(count) were counted") }
    return Double(count) / seconds / 1e6
  }

  private func push(
    _ count: Int, _ request: HostSource.Event, _ source: HostSource, _ session: Session
  ) throws {
    var random: UInt32 = 1
    for first in stride(from: 0, to: count, by: Self.batch) {
      for number in first..<min(first + Self.batch, count) {
        random = random &* 1_664_525 &+ 1_013_904_223
        let record = (random >> 22, UInt32(truncatingIfNeeded: number), UInt64(number))
        withUnsafeBytes(of: record) {
          _ = source.push(request, $0, at: UInt64(number) &* 50, thread: 7)
        }
      }
      try session.step()
    }
  }
}
