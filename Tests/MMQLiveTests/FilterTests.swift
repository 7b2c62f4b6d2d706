// That the kernel decides filters as mmq decides predicates: the same program over the same events, with
// filters and without.

import Foundation
import MMQ
import MMQLanguage
import MMQTestSupport
import MMQTrace
import Testing

@Suite(.needsTracefs, .serialized) struct FilterTests {
  /// What a run over the workload came to.
  private struct Result {
    var maps: [String] = []
    var filters = 0
    var refused: [String] = []
    var records: UInt64 = 0
  }

  private static func program(_ blocks: [(event: String, predicate: String)]) -> String {
    blocks.enumerated().map { index, block in
      "\(block.event) / \(block.predicate) / { @m\(index)[tid] = count(); }"
    }.joined(separator: "\n")
  }

  private func session(
    _ program: String, of process: Int32, filters: Bool, _ result: @escaping (String) -> Void,
    steps: @escaping (String) -> Void, isDone: @escaping () -> Bool
  ) throws -> Session {
    var options = LiveOptions(ringKilobytes: 16384, writer: TracefsWriter(record: steps))
    options.filters = filters
    // Other programs are nobody's business here, and would fill the rings.
    options.process = process
    let draft = Script(Source(name: "test", program), for: Target(schemas: [], machine: .host))
    let source = LiveSource(try Tracefs(), options: options, wants: draft.mayWant)
    let script = Script(Source(name: "test", program), for: Target(source))
    let errors = script.diagnostics.filter { $0.severity == .error }.map(\.message)
    try #require(errors == [], "\(program)")
    return try Session(
      script, source, sink: TextRenderer { result(String(decoding: $0, as: UTF8.self)) },
      isCancelled: isDone)
  }

  /// One run with filters and one without, both attached before the workload begins and stopped after
  /// it has ended.
  private func both(_ program: String, rounds: Int = 160) throws -> (Result, Result) {
    let worker = try WaitingWorkload(["various", "\(rounds)"])
    var (with, without) = (Result(), Result())
    var (textWith, textWithout) = ("", "")
    var isDone = false
    func note(_ step: String, in result: inout Result) {
      if step.contains("/filter") && step.hasPrefix("echo") { result.filters += 1 }
      if step.hasPrefix("# refused") { result.refused.append(step) }
    }
    let outer = try session(
      program, of: worker.pid, filters: false, { textWithout += $0 },
      steps: { note($0, in: &without) }, isDone: { isDone })
    let inner = try session(
      program, of: worker.pid, filters: true, { textWith += $0 },
      steps: { note($0, in: &with) }, isDone: { isDone })
    var outcomes: [Outcome] = []
    let first = try outer.start {
      if let outcome = try? inner.start(whenAttached: {
        worker.finish()
        isDone = true
      }) {
        outcomes.append(outcome)
      }
    }
    outcomes.append(first)
    try #require(outcomes.count == 2)
    for outcome in outcomes {
      #expect(outcome.losses.isEmpty && outcome.warnings == [])
      for ring in outcome.rings { #expect(ring.decoded == ring.statistics.read) }
    }
    (with.records, without.records) = (outcomes[0].records, outcomes[1].records)
    with.maps = Self.lines(textWith)
    without.maps = Self.lines(textWithout)
    return (with, without)
  }

  private static func lines(_ text: String) -> [String] {
    text.split(separator: "\n").map(String.init).sorted()
  }

  /// Of each kind one that holds now and then; of each event one at a time, since the filters of several
  /// blocks are or-ed.
  @Test(arguments: [
    [
      "raw_syscalls:sys_enter / args.id == 0 || args.id == 1 /",
      "syscalls:sys_enter_close / args.fd == 3 /",
      "syscalls:sys_enter_write / args.fd < 0x80000000 && args.count > 3 /",
      "syscalls:sys_exit_read / args.ret < 0 /", "kmem:kmem_cache_alloc / args.accounted /",
      "sched:sched_process_exec / args.filename == \"/bin/true\" /",
    ],
    [
      "raw_syscalls:sys_enter / comm == \"x*y\" /", "syscalls:sys_enter_close / args.fd != 3 /",
      "syscalls:sys_exit_read / args.ret == -9 /",
      "syscalls:sys_enter_openat / args.flags & 0x80000 /",
      "kmem:kmem_cache_alloc / args.name != \"filp\" && args.bytes_req > 100 /",
    ],
    [
      "raw_syscalls:sys_enter / comm =~ \"o*\" /",
      "syscalls:sys_enter_openat / (args.flags & 0x80003) == 2 /",
      "kmem:mm_page_alloc / args.order == 0 && (cpu == 0 || cpu != 0) /",
      "signal:signal_generate / args.sig == 10 && args.comm != \"odd\" /",
    ],
    [
      "raw_syscalls:sys_enter / strcontains(comm, \"e\") && !(comm =~ \"ev*\") /",
      "syscalls:sys_enter_openat / args.dfd == -100 /",
      "sched:sched_switch / strncmp(args.prev_comm, \"swapper\", 7) && args.prev_state & 1 /",
    ],
    ["raw_syscalls:sys_enter / comm == \"ninety-nine-lon\" || comm == \"'\" /"],
    ["raw_syscalls:sys_enter / cpu < 4096 && comm == \"it's\" /"],
    ["raw_syscalls:sys_enter / args.id == 3 && @n++ < 50 && args.args[0] == 3 /"],
  ]) func theKernelDecidesAsMmqDoes(probes: [String]) throws {
    let program = probes.enumerated().map { "\($1) { @m\($0)[tid] = count(); }" }
    let (with, without) = try both(program.joined(separator: "\n"))
    #expect(with.maps == without.maps)
    #expect(with.refused == [])
    #expect(with.filters == probes.count && without.filters == 0)
    #expect(with.records < without.records)
    for index in probes.indices {
      #expect(
        with.maps.contains { $0.hasPrefix("@m\(index)[") }, "\(probes[index]): it never holds")
    }
  }

  /// The process is the worker's, so nothing of the rest needs to be decided by mmq.
  @Test func whatTheKernelRejectsNeverReachesTheRing() throws {
    let (with, without) = try both("raw_syscalls:sys_enter / args.id == 999 / { @ = count(); }")
    #expect(with.records == 0)
    #expect(without.records > 500)
  }

  /// Then all records come, and mmq decides.
  @Test func aFilterThatTheKernelRefusesIsNone() throws {
    var events = LiveEvents()
    events.wanted = ["raw_syscalls:sys_enter"]
    events.filters = ["raw_syscalls:sys_enter": "nonsense == 1"]
    var steps: [String] = []
    let live = LiveSource(
      try Tracefs(), options: LiveOptions(writer: TracefsWriter { steps.append($0) })
    ) { system, _ in system == "raw_syscalls" }
    try live.attach(events)
    defer { live.detach() }
    try Workload.run(["syscalls", "1000"])
    live.stop()
    #expect(live.statistics().reduce(0) { $0 + $1.entries } >= 1000)
    #expect(steps.contains { $0.hasPrefix("# refused: ") })
    let path = try Tracefs().path
    let installed = try Tracing.instances(of: getpid()).map {
      Tracing.text("\(path)/instances/\($0)/events/raw_syscalls/sys_enter/filter")
    }
    #expect(installed.contains("none\n"), "\(installed)")
  }

  // MARK: Random predicates

  /// How many programs of eight blocks; `MMQ_LONG=1` takes many more.
  private static var rounds: Int {
    ProcessInfo.processInfo.environment["MMQ_LONG"] == nil ? 5 : 300
  }

  @Test func randomPredicates() throws {
    var random = SeededRandom(seed: UInt64.random(in: 0 ... .max))
    print("FilterTests.randomPredicates: seed \(random.seed)")
    let source = LiveSource(try Tracefs()) { system, name in
      RandomPredicate.events.contains("\(system):\(name)")
    }
    let schemas = source.schemas.filter { RandomPredicate.events.contains($0.fullName) }
    try #require(schemas.count >= 8)
    var (passed, seen, filters) = (UInt64(0), UInt64(0), 0)
    for _ in 0..<Self.rounds {
      let chosen = schemas.shuffled(using: &random).prefix(8)
      let blocks = chosen.map { schema in
        (schema.fullName, RandomPredicate(schema, counter: "@e_\(schema.name)").text(&random))
      }
      let program = Self.program(blocks)
      let (with, without) = try both(program, rounds: 80)
      #expect(with.maps == without.maps, "seed \(random.seed): \(program)")
      #expect(with.refused == [], "seed \(random.seed): \(program)")
      passed += with.records
      seen += without.records
      filters += with.filters
    }
    // That there was something to decide.
    #expect(filters > Self.rounds * 2, "\(filters)")
    #expect(passed < seen, "\(passed) of \(seen)")
  }
}
