// Runs by steps, as sequences of events, and on other threads.

import MMQ
import MMQTestSupport
import Synchronization
import Testing

@Suite struct StepTests {
  private static func session(
    _ text: String, _ source: any TraceSource, _ output: HostRun.Lines
  ) throws -> Session {
    let script = Script(Source(name: "test", text), for: Target(source))
    try #require(!script.hasErrors, "\(script.diagnostics)")
    return try Session(
      script, source, sink: TextRenderer(separator: "") { output.bytes += Array($0) })
  }

  private static let script = """
    begin { printf("begin\\n"); }
    made:tick { printf("tick %d of %s at %d\\n", args.number, comm, nsecs); @[comm] = count(); }
    interval:s:1 { printf("second\\n"); }
    end { printf("end at %d\\n", nsecs); }
    """

  /// Its time at the end is that of the record at which the tick fired.
  private static let exiting =
    script + " interval:ms:1700 { if (++@ticks == 2) { exit(); } } end { clear(@ticks); }"

  /// However large the steps are, the output is that of the whole run.
  @Test(arguments: [1, 2, 3, 100], [script, exiting])
  func stepsAreTheWholeRun(events: Int, text: String) throws {
    let (whole, stepped) = (HostRun.Lines(), HostRun.Lines())
    let wanted = try Self.session(text, try MadeTrace.open(), whole).start()
    let session = try Self.session(text, try MadeTrace.open(), stepped)
    var steps = 0
    while try session.step(events: events) == .paused { steps += 1 }
    let outcome = try session.finish()
    #expect(stepped.lines == whole.lines)
    #expect(outcome.records == wanted.records && outcome.warnings == wanted.warnings)
    #expect(events > 6 || steps >= 6 / events - 1)
  }

  @Test func stepsByTime() throws {
    let output = HostRun.Lines()
    let session = try Self.session(Self.script, try MadeTrace.open(), output)
    #expect(try session.step(until: 3_000_000_000) == .paused)
    #expect(output.lines.filter { $0.hasPrefix("tick") }.count == 2)
    #expect(session.snapshots()[0].rows.count == 2)
    #expect(try session.step(until: 3_000_000_001) == .paused)
    #expect(output.lines.filter { $0.hasPrefix("tick") }.count == 3)
    _ = try session.finish()
    #expect(output.lines.contains("end at 3000000000"))
  }

  @Test func exitEndsSteps() throws {
    let session = try Self.session(
      "made:tick /args.number == 3/ { exit(4); }", try MadeTrace.open(), HostRun.Lines())
    #expect(try session.step() == .ended)
    #expect(try session.step() == .ended)
    #expect(try session.finish().exitCode == 4)
  }

  @Test func theRunningKernelHasItsOwnPace() throws {
    let session = try Self.session("begin { exit(); }", HostClock(), HostRun.Lines())
    #expect(throws: StepError.self) { try session.step() }
  }

  /// A large one has its blocks read ahead; one CPU comes to its end before the other.
  @Test(arguments: [
    ("slab.dat", "kmem:kmalloc { @[comm] = hist(args.bytes_alloc); @last[cpu] = nsecs; }", 1000),
    ("reclaim.dat", "kmem:mm_page_alloc { @n[cpu] = count(); @last[cpu] = nsecs; }", 100_000),
  ])
  func recordingsOfTheWorldByStepsAreTheSame(_ name: String, _ text: String, events: Int) throws {
    let path = try #require(Places.capture(name))
    let (whole, stepped) = (HostRun.Lines(), HostRun.Lines())
    let wanted = try Self.session(text, try SourceFormat.open(path: path), whole).start()
    let session = try Self.session(text, try SourceFormat.open(path: path), stepped)
    while try session.step(events: events) == .paused {}
    let outcome = try session.finish()
    #expect(!whole.lines.isEmpty && stepped.lines == whole.lines)
    #expect(outcome.records == wanted.records)
  }

  // MARK: Sequences

  @Test func aRunIsASequence() async throws {
    var texts: [String] = []
    var maps: [MapSnapshot] = []
    var outcome: Outcome?
    let events = Session.events { sink in
      let source = try MadeTrace.open()
      return try Session(
        Script(Source(name: "test", Self.script), for: Target(source)), source, sink: sink)
    }
    for try await event in events {
      switch event {
      case .text(_, let bytes): texts.append(String(decoding: bytes, as: UTF8.self))
      case .map(let map): maps.append(map)
      case .ended(let end): outcome = end
      default: break
      }
    }
    #expect(texts.filter { $0.hasPrefix("tick") }.count == 6)
    #expect(maps.map(\.name) == [""] && maps[0]["worker a"]?.integer == 3)
    #expect(outcome?.records == 10)
  }

  @Test func failuresEndTheSequence() async {
    await #expect(throws: TraceError.self) {
      let events = Session.events { sink in
        let source = try SourceFormat.open(path: "/nonexistent")
        return try Session(
          Script(Source(name: "test", "begin {}"), for: Target(source)), source, sink: sink)
      }
      for try await _ in events {}
    }
  }

  /// The run goes on for ever; nobody listens any more.
  @Test func whoStopsListeningEndsTheRun() async throws {
    let token = Flag()
    do {
      let events = Session.events { [token] sink in
        let guarded = Guarded(token)
        let source = HostClock()
        var target = Target(source)
        target.host.input = .none
        let script = Script(
          Source(name: "test", "interval:ms:1 { printf(\"tick\\n\"); }"), for: target)
        return try Session(script, source, sink: sink, isCancelled: { guarded.isCancelled })
      }
      var count = 0
      for try await event in events {
        if case .text = event { count += 1 }
        if count == 3 { break }
      }
      #expect(count == 3)
    }
    for _ in 0..<3000 where !token.isSet.load(ordering: .relaxed) {
      try await Task.sleep(for: .milliseconds(10))
    }
    let isGone = token.isSet.load(ordering: .relaxed)
    #expect(isGone, "the session is still there")
  }

  private final class Flag: Sendable {
    let isSet = Atomic(false)
  }

  /// Says when it goes: its session went before.
  private final class Guarded {
    private let flag: Flag
    let isCancelled = false

    init(_ flag: Flag) { self.flag = flag }
    deinit { flag.isSet.store(true, ordering: .relaxed) }
  }

  // MARK: Many sessions

  @Test func aThousandSessionsLiveInOneProcess() throws {
    var sessions: [HostRun] = []
    for number in 0..<1000 as Range<UInt32> {
      let run = try HostRun("app:request { @[args.route] = sum(args.bytes + \(number)); }")
      sessions.append(run)
      run.push(1, route: "r", at: 1)
    }
    for run in sessions { _ = try run.session.step() }
    for (number, run) in sessions.enumerated() {
      run.push(1, route: "r", at: 2)
      _ = try run.session.step()
      #expect(run.session.snapshots()[0]["r"]?.integer == Int64(2 * (number + 1)))
    }
  }

  /// For the thread sanitizer, too: nothing is shared between sessions.
  @Test func eightSessionsOnEightThreads() async throws {
    let path = try #require(Places.capture("reclaim.dat"))
    let results = try await withThrowingTaskGroup(of: [MapSnapshot].self) { group in
      for _ in 0..<8 {
        group.addTask {
          let source = try SourceFormat.open(path: path)
          let script = Script(
            Source(name: "test", "vmscan:* { @[probe, comm] = count(); @h = hist(nsecs); }"),
            for: Target(source))
          let session = try Session(script, source, sink: TextRenderer { _ in })
          _ = try session.start()
          return session.snapshots()
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(results.count == 8 && results.allSatisfy { $0 == results[0] })
    #expect(results[0].contains { !$0.rows.isEmpty })
  }
}
