// Scripts that one does not trust: each ends within its limits, with an error that names its line.

import MMQ
import MMQTestSupport
import Testing

@Suite struct LimitsTests {
  private static func run(
    _ text: String, _ limits: Limits
  ) throws -> (lines: [String], outcome: Outcome) {
    let source = try MadeTrace.open()
    let script = Script(Source(name: "test", text), for: Target(source))
    let problems = script.diagnostics.map { $0.rendered(in: script.text) }.joined()
    try #require(!script.hasErrors, "\(problems)")
    var options = RunOptions()
    options.limits = limits
    let output = HostRun.Lines()
    let sink = TextRenderer(separator: "") { output.bytes += Array($0) }
    let outcome = try Session(script, source, sink: sink, options: options).start()
    return (output.lines, outcome)
  }

  private static let endless = """
    config = { max_loop_iterations = 18446744073709551615 }
    begin { @before = 1; }
    made:value {
      while (1) { $x = 1; }
    }
    end { @after = 1; }
    """

  @Test func endlessLoopsEnd() throws {
    let (lines, outcome) = try Self.run(Self.endless, Limits(instructionsPerBlock: 100_000))
    let error = try #require(outcome.failure)
    #expect(error.kind == .instructionsPerBlock(limit: 100_000) && error.line == 4)
    #expect(
      error.description == "test:4:3: ERROR: this block ran more than 100000 instructions; stopped")
    #expect(outcome.warnings == [error.description] && outcome.exitCode == 1)
    // What was there before is there, and `end` ran.
    #expect(lines == ["@after: 1", "@before: 1"])
  }

  @Test func allBlocksTogetherHaveALimit() throws {
    let (lines, outcome) = try Self.run(Self.endless, Limits(instructions: 5_000_000))
    #expect(outcome.failure?.kind == .instructions(limit: 5_000_000))
    #expect(outcome.failure?.line == 4)
    #expect(lines == ["@before: 1"], "nothing is left for end")
  }

  /// Read side by side or in steps, with ticks or without: the limit is that of what is run.
  @Test(arguments: ["", "interval:ms:100 { for ($i : 0..3) { @n++; } }"])
  func ticksAndEventsShareALimit(ticks: String) throws {
    let source = try MadeTrace.open()
    let text = "made:* { @ = count(); } " + ticks
    let script = Script(Source(name: "test", text), for: Target(source))
    func fails(_ limit: UInt64, bySteps: Bool) throws -> Bool {
      var options = RunOptions()
      options.limits = Limits(instructions: limit)
      options.jobs = 2
      let session = try Session(script, source, sink: TextRenderer { _ in }, options: options)
      if !bySteps { return try session.start().failure != nil }
      while try session.step(events: 1) == .paused {}
      return try session.finish().failure != nil
    }
    var (short, enough) = (1 as UInt64, 100_000 as UInt64)
    while enough - short > 1 {
      let middle = (short + enough) / 2
      if try fails(middle, bySteps: true) { short = middle } else { enough = middle }
    }
    #expect(try fails(short, bySteps: false) && !fails(enough, bySteps: false), "\(enough)")
  }

  /// What loops do not use is given back: many short ones are not charged with slices.
  @Test func loopsAreChargedWithWhatTheyRun() throws {
    let text = "made:* { for ($i : 0..10) { @ = count(); } }"
    let (lines, outcome) = try Self.run(text, Limits(instructions: 10 * 10 * 12))
    #expect(outcome.failure == nil && lines == ["@: 100"])
    let (_, short) = try Self.run(text, Limits(instructions: 10 * 10 * 3))
    #expect(short.failure?.kind == .instructions(limit: 300))
  }

  @Test(arguments: [
    "begin { for ($i : 0..100000000) {\n@[$i] = count(); } }",
    "begin { for ($i : 0..100000000) {\n@[$i] = $i; } }",
    "begin { for ($i : 0..100000000) {\n@[$i]++; } }",
    "begin { for ($i : 0..100000000) {\n@[$i] = sum($i); } }",
    "begin { for ($i : 0..100000000) {\n@[$i] = hist($i); } }",
    "begin { for ($i : 0..100000000) {\n@[$i] = avg($i); } }",
    "begin { for ($i : 0..100000000) {\n@[(string)$i] = count(); } }",
    "begin { for ($i : 0..100000000) {\n@[$i % 1000] = quantile($i, 50); } }",
    "begin { for ($i : 0..100000000) {\n@[$i] = quantile($i, 50); } }",
  ])
  func mapsThatGrowForEverEnd(_ text: String) throws {
    let config = "config = { max_loop_iterations = 1000000000 }\n"
    let (lines, outcome) = try Self.run(config + text, Limits(memory: 2 << 20))
    let error = try #require(outcome.failure)
    if case .memory(let limit) = error.kind {
      #expect(limit == 2 << 20)
    } else {
      Issue.record("\(error)")
    }
    #expect((2...3).contains(error.line), "\(error)")
    #expect(outcome.warnings == [error.description])
    #expect(!lines.isEmpty, "what was there is printed")
  }

  @Test func stringsThatGrowForEverEnd() throws {
    let (_, outcome) = try Self.run(
      "begin { $s = \"twice\"; while (1) {\n$s = str_concat($s, $s); } }", Limits(memory: 1 << 20))
    #expect(outcome.failure?.kind == .strings && outcome.failure?.line == 2)
  }

  @Test(arguments: [
    "printf(\"a line of twenty b\\n\");", "print($i);", "print((\"ab\", $i));", "print(@map);",
    "errorf(\"an error\");", "time(\"%H:%M\\n\");", "join((\"a\", \"b\"));",
  ])
  func outputThatNeverEndsEnds(_ statement: String) throws {
    let (lines, outcome) = try Self.run(
      """
      config = { max_loop_iterations = 1000000000 }
      begin { @map[1] = 1; for ($i : 0..100000000) {
        \(statement)
      } }
      """, Limits(output: 10_000))
    #expect(outcome.failure?.kind == .output(limit: 10_000))
    #expect(outcome.failure?.line == 3, "\(String(describing: outcome.failure))")
    #expect(lines.count > 50)
    #expect(lines.reduce(0) { $0 + $1.utf8.count } < 60_000)
    #expect(lines.last == "@map[1]: 1", "maps at the end are printed")
  }

  @Test func eventsCountAsOutput() throws {
    let (lines, outcome) = try Self.run("made:* {\nprint(args); }", Limits(output: 600))
    #expect(outcome.failure?.kind == .output(limit: 600) && outcome.failure?.line == 2)
    #expect(lines.count == 4)
  }

  /// Work that is one instruction, but goes over a whole map.
  @Test(arguments: ["for ($kv : @m) { break; }", "zero(@m);"])
  func walksOverMapsCount(_ statement: String) throws {
    let (_, outcome) = try Self.run(
      """
      config = { max_loop_iterations = 1000000000; print_maps_on_exit = false }
      begin {
        for ($i : 0..10000) { @m[$i] = $i; }
        for ($j : 0..100000000) {
          \(statement)
        }
      }
      """, Limits(instructionsPerBlock: 2_000_000))
    #expect(outcome.failure?.kind == .instructionsPerBlock(limit: 2_000_000))
    #expect((4...5).contains(outcome.failure?.line ?? 0))
  }

  @Test func theDefaultsAreSafe() throws {
    #expect(RunOptions().limits == .safe)
    let source = try MadeTrace.open()
    for text in [
      "begin { cat(\"/etc/passwd\"); }", "begin { system(\"id\"); }",
      "begin { print(cgroup_path(1)); }",
    ] {
      let script = Script(Source(name: "test", text), for: Target(source))
      #expect(["reads-files", "unsafe"].contains(script.diagnostics.first?.id), "\(text)")
    }
  }

  /// Threads that read parts share the limits.
  @Test func limitsHoldForParts() throws {
    let path = try #require(Places.capture("slab.dat"))
    func run(_ limits: Limits, jobs: Int) throws -> (Outcome, [MapSnapshot]) {
      let source = try SourceFormat.open(path: path)
      let script = Script(
        Source(
          name: "test",
          "kmem:* { @[probe] = count(); @by[nsecs] = count(); }"),
        for: Target(source))
      try #require(!script.hasErrors, "\(script.diagnostics)")
      var options = RunOptions()
      (options.limits, options.jobs, options.partSize) = (limits, jobs, 20_000)
      let session = try Session(script, source, sink: TextRenderer { _ in }, options: options)
      return (try session.start(), session.snapshots())
    }
    let (whole, maps) = try run(.none, jobs: 1)
    #expect(whole.failure == nil)
    for jobs in [1, 3] {
      let (safe, same) = try run(.safe, jobs: jobs)
      #expect(safe.failure == nil && same == maps && safe.records == whole.records)
      let few = try run(Limits(instructions: 1000), jobs: jobs).0
      #expect(few.failure?.kind == .instructions(limit: 1000) && few.exitCode == 1)
      let little = try run(Limits(memory: 200_000), jobs: jobs).0
      #expect(little.failure?.kind == .memory(limit: 200_000) && little.exitCode == 1)
      #expect(little.failure?.line == 1, "\(whole.records) \(maps.map(\.rows.count))")
    }
  }

  /// A share of the memory may be too small where the whole is not: that shows nowhere.
  @Test(arguments: ["", " interval:ms:200 { @ticks = count(); }"])
  func theNumberOfThreadsDoesNotDecide(_ ticks: String) throws {
    let path = try #require(Places.capture("slab.dat"))
    // Each thread soon has most of the keys.
    let text = "kmem:* { @[probe] = count(); @by[nsecs / 10 % 4000] = count(); }" + ticks
    var kinds: Set<Bool> = []
    for memory in [50_000, 100_000, 150_000, 200_000, 300_000, 400_000, 600_000] {
      let runs = try [1, 2, 4].map { jobs in
        let source = try SourceFormat.open(path: path)
        let script = Script(Source(name: "test", text), for: Target(source))
        var options = RunOptions()
        options.limits = Limits(instructions: 100_000_000, memory: memory)
        (options.jobs, options.partSize, options.tickPartSize) = (jobs, 20_000, 20_000)
        let session = try Session(script, source, sink: TextRenderer { _ in }, options: options)
        return (try session.start(), session.snapshots())
      }
      let (alone, maps) = runs[0]
      kinds.insert(alone.failure == nil)
      for (outcome, same) in runs.dropFirst() {
        #expect(outcome.failure == alone.failure, "\(memory) bytes")
        // Where a run breaks off, each way has come as far as it has.
        if alone.failure == nil { #expect(same == maps, "\(memory) bytes") }
      }
    }
    #expect(kinds == [true, false])
  }
}
