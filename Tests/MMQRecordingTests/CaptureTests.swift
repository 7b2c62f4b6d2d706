// Real recordings: what mmq reads in them against what other tools count.

import Foundation
import MMQTrace
import MMQTraceWriter
import Testing

/// The parts of a `truth.json` that concern reading.
struct Truth: Decodable {
  struct Lost: Decodable {
    struct Gap: Decodable {
      var cpu: UInt32
      var beforeTime: UInt64
      var missed: UInt64?

      enum CodingKeys: String, CodingKey {
        case cpu, missed
        case beforeTime = "before_ts"
      }
    }
    var gaps: [Gap]
  }
  var totalEvents: Int
  var events: [String: Int]
  var perCPU: [String: Int]
  var perBuffer: [String: Int]?
  var firstTime: UInt64
  var lastTime: UInt64
  var lost: Lost?
  var uname: String
  var version: Int
  var compression: String

  enum CodingKeys: String, CodingKey {
    case events, lost, uname, version, compression
    case totalEvents = "total_events"
    case perCPU = "per_cpu"
    case perBuffer = "per_buffer"
    case firstTime = "first_ts_ns"
    case lastTime = "last_ts_ns"
  }
}

@Suite struct CaptureTests {
  static let names = [
    "clock-tsc", "comms", "compaction", "lost", "oom", "reclaim", "sched", "slab-v6", "stacks",
    "thp", "tools", "two-buffers", "v7-zlib",
  ]

  @Test(
    .enabled(if: Shared.has("reclaim.dat", for: "CaptureTests.truth")),
    arguments: names)
  func truth(_ name: String) throws {
    let truth = try JSONDecoder().decode(
      Truth.self,
      from: Data(contentsOf: Shared.captures.appendingPathComponent("\(name).truth.json")))
    let source = try SourceFormat.open(
      path: Shared.captures.appendingPathComponent("\(name).dat").path)
    let tally = try Tally(source)
    #expect(tally.total == truth.totalEvents)
    #expect(tally.events == truth.events)
    #expect(tally.perCPU == truth.perCPU.filter { $0.value > 0 })
    if let perBuffer = truth.perBuffer { #expect(tally.perBuffer == perBuffer) }
    #expect(tally.first == truth.firstTime && tally.last == truth.lastTime)
    #expect(tally.corruptPages == 0)
    #expect(source.machine.uname == truth.uname)
    #expect(source.damage.errors.isEmpty, "\(source.damage.findings)")
    let gaps = (truth.lost?.gaps ?? []).map {
      Tally.Gap(
        cpu: $0.cpu, time: $0.beforeTime,
        lost: $0.missed.map { .counted($0) } ?? .unknown)
    }
    let byTime = { (a: Tally.Gap, b: Tally.Gap) in (a.time, a.cpu) < (b.time, b.cpu) }
    #expect(tally.gaps.sorted(by: byTime) == gaps.sorted(by: byTime))
    let expected = truth.version == 6 ? "version 6" : "version 7, \(truth.compression)"
    #expect(source.formatDescription == "trace.dat \(expected)")
  }

  @Test(.enabled(if: Shared.has("everything.dat", for: "CaptureTests.everything")))
  func everything() throws {
    let source = try TraceDat(
      path: Shared.captures.appendingPathComponent("everything.dat").path)
    #expect(try Tally(source).total == 163_989)
    #expect(source.damage.findings.isEmpty, "\(source.damage.findings)")
  }

  /// A copy in another version and compression holds the same events.
  @Test(
    .enabled(if: Shared.has("two-buffers.dat", for: "CaptureTests.copies")),
    arguments: ["two-buffers", "clock-tsc", "lost"])
  func copies(_ name: String) throws {
    let source = try TraceDat(path: Shared.captures.appendingPathComponent("\(name).dat").path)
    let tally = try Tally(source, keepsRecords: true)
    for (version, compression) in [
      (6, RecordingCompression.none), (7, .none), (7, .zlib), (7, .zstd),
    ] {
      let file = TemporaryFile()
      var stretch = Stretch()
      stretch.version = version
      stretch.compression = compression
      _ = try stretch.copy(source, to: file.path)
      let copy = try file.traceDat()
      #expect(try Tally(copy, keepsRecords: true) == tally)
      #expect(copy.savedComms.map(\.comm) == source.savedComms.map(\.comm))
      #expect(copy.printkFormats == source.printkFormats)
      #expect(copy.clock.cycles == source.clock.cycles)
    }
  }
}
