// Merging of states: by name, in any order, and only what belongs together.

import MMQ
import MMQLanguage
import MMQRecipes
import MMQTestSupport
import MMQTrace
import Testing

@Suite struct StateMergeTests {
  /// Recordings of different machines, as far as a state can tell.
  private static let captures = ["slab.dat", "sched.dat", "comms.dat", "two-buffers.dat"]

  /// Every kind of key, value and aggregation.
  static let programs = [
    "*:* { @c[comm] = count(); @s[probe, cpu] = sum(tid); @m[cpu] = min(tid); @x = max(tid); }",
    "*:* { @a[comm] = avg(tid); @st[cpu] = stats(tid); @f[cpu] = max(tid / 2.5); }",
    "*:* { @h[comm] = hist(tid); @k[cpu] = hist(tid, 3); @l[cpu] = lhist(tid, 0, 5000, 50); }",
    "*:* { @q[comm] = quantile(tid, 50, 99.9); @t[cpu] = tseries(tid, 1ms, 20, \"max\"); }",
    "*:* { @t[comm] = tseries(tid, 10ms, 5); @u = tseries(tid, 1ms, 9, \"avg\"); }",
    "*:* { @n++; @by[comm] += tid; @down[cpu] -= 1; }",
    "*:* { @text[tid] = comm; @pair[cpu] = (tid, comm); @r[cpu] = (a = tid, b = comm); }",
    "*:* { @b[buf(comm, 3)] = count(); @is[tid > 100] = count(); }",
    "*:* { @deep[(cpu, (comm, tid)), probe] = count(); @ = count(); }",
    "begin { @since = nsecs; } *:* { @ = count(); } end { print(@since > 0); clear(@since); }",
    "kmem:kmalloc? { @last[cpu] = args.ptr; } *:* { @e = count(); }",
  ]

  @Test(arguments: programs) func whatIsSavedIsPrinted(_ program: String) throws {
    for capture in Self.captures {
      let run = try StateRun(program, try StateRun.open(capture))
      let loaded = try SavedState(run.state.bytes)
      #expect(loaded.bytes == run.state.bytes)
      #expect(try loaded.text().hasPrefix(run.output), "\(program)\n\(run.output)")
      #expect(try loaded.json() == (try run.state.json()))
    }
  }

  /// What `end` prints is made of the state alone.
  @Test(arguments: RecipeRunTests.rows) func recipesAreShown(_ row: RecipeRunTests.Row) throws {
    let recipe = try RecipeLibraryTests.recipe(row.recipe)
    let run = try StateRun(
      String(decoding: recipe.text, as: UTF8.self), try StateRun.open(row.capture + ".dat"),
      name: recipe.fileName, row.options.parameters)
    var bytes: [UInt8] = []
    _ = try SavedState(run.state.bytes).report(
      to: TextRenderer(separator: "") { bytes += Array($0) })
    let shown = String(decoding: bytes, as: UTF8.self)
    #expect(!shown.isEmpty && run.output.hasSuffix(shown), "\(run.output)\n\(shown)")
  }

  /// What was observed adds up, and so rates are right: 664 waits in 10.959 s and 0.838 s.
  @Test func timesOfSeveralRecordingsAddUp() throws {
    let program = "*:* { @ = count(); } end { print(observed); clear(@); }"
    let spans = try Self.captures.map { capture in
      let survey = try Survey(try StateRun.open(capture))
      return try #require(survey.last) - (try #require(survey.first))
    }
    let states = try Self.captures.map { try StateRun.state(program, $0) }
    let merged = try #require(try SavedState.merged(states))
    #expect(try merged.text() == "\(spans.reduce(0, +))\n")
    let recipe = try RecipeLibraryTests.recipe("direct-reclaim")
    let both = try SavedState.merged(
      ["reclaim.dat", "oom.dat"].map {
        try StateRun.state(String(decoding: recipe.text, as: UTF8.self), $0)
      })
    let lines = try #require(try both?.text()).split(separator: "\n")
    #expect(
      lines.contains(
        "    56.3      664   1077.114      30.986   9.13%         34.3      16.6%  load"))
    #expect(!lines.contains { $0.contains("NOTE") })
  }

  /// Of recordings that have not the same events, as well.
  @Test func overviewsAreMerged() throws {
    let recipe = try RecipeLibraryTests.recipe("mm-health")
    let both = try SavedState.merged(
      ["slab.dat", "sched.dat", "thp.dat"].map {
        try StateRun.state(String(decoding: recipe.text, as: UTF8.self), $0)
      })
    let text = try #require(try both?.text())
    #expect(text.contains("90 of 90 collapses succeeded"))
    #expect(text.contains("  fragmentation  not in all recordings"))
  }

  @Test(arguments: programs) func theOrderOfMergingDoesNotMatter(_ program: String) throws {
    let states = try Self.captures.map { try StateRun.state(program, $0) }
    var random = SeededRandom(seed: 8)
    let wanted = try #require(try SavedState.merged(states))
    for _ in 0..<20 {
      let found = try SavedState.merged(states, &random)
      #expect(try found.text() == (try wanted.text()), "\(program)")
      #expect(try found.json() == (try wanted.json()))
      #expect(found.doubts == wanted.doubts)
      #expect(found.recordings.map(\.name) == wanted.recordings.map(\.name))
    }
  }

  @Test func numbersAreAdded() throws {
    let program = "*:* { @[comm] = count(); @s = sum(tid); @n += tid; }"
    let states = try Self.captures.map { try StateRun.state(program, $0) }
    let sum = { (state: SavedState, map: String) in
      try state.text().split(separator: "\n").filter { $0.hasPrefix(map) }
        .compactMap { Int($0.split(separator: " ").last ?? "") }.reduce(0, +)
    }
    let merged = try #require(try SavedState.merged(states))
    for map in ["@[", "@s:", "@n:"] {
      #expect(try sum(merged, map) == (try states.map { try sum($0, map) }.reduce(0, +)))
    }
    #expect(try sum(merged, "@s:") == (try sum(merged, "@n:")))
  }

  // MARK: Different values

  @Test func ofDifferentValuesTheGreatestIsShown() throws {
    let program = "*:* { @[1] = tid; @n[1]++; } end { print(@[1]); }"
    let runs = try Self.captures.map { try StateRun(program, try StateRun.open($0)) }
    let values = runs.compactMap { $0.output.split(separator: "\n").first.flatMap { Int($0) } }
    let merged = try #require(try SavedState.merged(runs.map(\.state)))
    let text = try merged.text()
    #expect(Set(values).count > 1 && text.hasPrefix("\(values.max() ?? 0)\n"), "\(text)")
    #expect(
      text.hasSuffix("NOTE: @: states have different values of one key; the greatest is shown"))
  }

  @Test func timesOfSeveralClocksAreNoted() throws {
    let program = "*:* { @first = min(nsecs); @gap = max(nsecs - @last[cpu]); @last[cpu] = nsecs; }"
    let states = try Self.captures.map { try StateRun.state(program, $0) }
    #expect(!(try states[0].text()).contains("NOTE"))
    let merged = try #require(try SavedState.merged(states))
    #expect(
      try merged.text().hasSuffix(
        "NOTE: the clocks of the recordings do not compare: times of several are mixed in "
          + "@first, @last"))
    let dated = try (1...2).map { day in
      try StateRun("made:tick { @first = min(nsecs); }", try OtherKernel(date: day)).state
    }
    #expect(!(try SavedState.merged(dated[0], dated[1]).text()).contains("NOTE"))
  }

  // MARK: Kernels

  /// The made recording of a kernel that has other numbers for the same names.
  private final class OtherKernel: TraceSource {
    private let source: any TraceSource
    let machine: TracedMachine
    let schemas: [EventSchema]

    init(_ symbols: [String: [(UInt64, String)]] = [:], date: Int? = nil) throws {
      source = try MadeTrace.open(date: date.map { UInt64($0) * 86_400_000_000 })
      var machine = source.machine
      machine.uname = "Linux other \(date ?? symbols.values.joined().count)"
      self.machine = machine
      schemas = source.schemas.map { schema in
        var schema = schema
        for (field, names) in symbols where schema.symbols[field] != nil {
          schema.symbols[field] = SymbolTable(
            kind: .values, entries: names.map { SymbolTable.Entry(value: $0.0, name: $0.1) })
        }
        return schema
      }
    }

    var name: String { source.name }
    var formatDescription: String { source.formatDescription }
    var clock: TraceClock { source.clock }
    var savedComms: [(tid: Int32, comm: String)] { source.savedComms }
    var damage: DamageLog { source.damage }
    func kernelSymbols() -> KernelSymbols { source.kernelSymbols() }
    func openStreams() throws -> [any PageStream] { try source.openStreams() }
  }

  private static let byState =
    "made:tock { @[args.state] = count(); @last = args.state; @p[args.state, comm] = sum(1); }"

  @Test func valuesWithNamesMergeByName() throws {
    let own = try StateRun(Self.byState, try MadeTrace.open())
    let other = try StateRun(
      Self.byState, try OtherKernel(["state": [(0, "on"), (1, "away"), (2, "off")]]))
    let merged = try SavedState.merged(own.state, other.state)
    var counts: [Substring: Int] = [:]
    for line in (own.output + other.output).split(separator: "\n") where line.hasPrefix("@[") {
      let parts = line.split(separator: " ")
      counts[parts[0], default: 0] += try #require(Int(parts[1]))
    }
    let lines = try merged.text().split(separator: "\n").filter { $0.hasPrefix("@[") }
    #expect(Set(lines) == Set(counts.map { "\($0.key) \($0.value)" }))
    #expect(counts["@[on]:"] != nil && counts["@[away]:"] != nil && counts["@[off]:"] != nil)
    #expect(try merged.text() == (try SavedState.merged(other.state, own.state).text()))
    // A third kernel has no names at all.
    let third = try StateRun(Self.byState, try OtherKernel(["state": []]))
    let a = try SavedState.merged(try SavedState.merged(own.state, third.state), other.state)
    let b = try SavedState.merged(own.state, try SavedState.merged(third.state, other.state))
    #expect(try a.text() == (try b.text()))
  }

  @Test func kernelsWithTheSameNamesKeepTheirNumbers() throws {
    let program =
      "made:tock { @[args.state] = count(); } "
      + "end { for ($kv : @) { printf(\"%d %d\\n\", $kv.0, $kv.1); } }"
    let own = try StateRun(program, try MadeTrace.open())
    let names: [(UInt64, String)] = [(0, "off"), (1, "on")]
    let same = try StateRun(program, try OtherKernel(["state": names]))
    #expect(try SavedState.merged(own.state, same.state).text().contains("0 "))
    // Where numbers differ, 'end' gets text, and what does not fit is said.
    let other = try StateRun(program, try OtherKernel(["state": [(1, "off"), (0, "on")]]))
    let merged = try SavedState.merged(own.state, other.state)
    #expect(throws: StateError.self) { try merged.text() }
  }

  // MARK: Scripts

  /// A state has no source that could be asked which events it has.
  @Test func eventsAreAskedForInBegin() throws {
    let head = "begin { @known = max(has_event(\"made:tick\")); } made:tick { @ = count(); } "
    let kept = try StateRun(
      head + "end { if (@known) { printf(\"recorded\\n\"); } }", try MadeTrace.open())
    #expect(kept.output.hasPrefix("recorded\n"))
    #expect(try kept.state.text() == kept.output)
    let asked = try StateRun(
      head + "end { print(has_event(\"made:tick\")); }", try MadeTrace.open())
    #expect(throws: StateError.self) { try asked.state.text() }
  }

  private static func refusal(_ states: SavedState...) -> String? {
    do throws(StateError) {
      _ = try SavedState.merged(states)
      return nil
    } catch {
      return error.message
    }
  }

  @Test func layoutAndCommentsMakeNoOtherScript() throws {
    let first = try StateRun.state("*:* { @[comm] = count(); }", "slab.dat")
    let second = try StateRun.state(
      "// the same\n*:*{@[ comm ]=count() ; }/* end */", "sched.dat")
    #expect(Self.refusal(first, second) == nil)
    let third = try StateRun.state("*:* { @[comm] = sum(1); }", "sched.dat")
    #expect(Self.refusal(first, third) == "the states are of different scripts, state and state")
  }

  @Test func parametersBelongToTheScript() throws {
    let text = "*:* { @[$1] = count(); } end { print(getopt(\"top\", 3)); }"
    let run = { (capture: String, word: String, top: String) in
      let parameters = ScriptParameters(positionals: [word], options: ["top": top])
      return try StateRun(text, try StateRun.open(capture), parameters).state
    }
    let first = try run("slab.dat", "a", "5")
    #expect(Self.refusal(first, try run("sched.dat", "a", "5")) == nil)
    #expect(
      Self.refusal(first, try run("sched.dat", "b", "5"))
        == "the states are of one script with different parameters: 'a --top=5' and 'b --top=5'")
    #expect(Self.refusal(first, try run("sched.dat", "a", "6")) != nil)
    #expect(try SavedState(first.bytes).text().hasPrefix("5\n"))
  }

  private struct Library: ScriptFiles {
    var text: String

    func files(at path: String, from importer: String) -> [ImportedFile] {
      [ImportedFile(name: path, identity: path, text: Array(text.utf8))]
    }

    func identity(of script: String) -> String { script }
  }

  @Test func importsBelongToTheScript() throws {
    let text = "import \"shown.mmq\"; *:* { @ = count(); } end { shown(@); }"
    let run = { (capture: String, library: String) in
      try StateRun(text, try StateRun.open(capture), files: Library(text: library))
    }
    let library = "macro shown(@m) { printf(\"%d events\\n\", @m); }"
    let first = try run("slab.dat", library)
    #expect(try SavedState(first.state.bytes).text().hasPrefix(first.output))
    #expect(first.output.contains(" events\n"))
    let other = try run("sched.dat", library.replacing("events", with: "records"))
    #expect(Self.refusal(first.state, other.state)?.contains("different scripts") == true)
  }

  @Test func aFailedRunLeavesNoState() throws {
    let source = try StateRun.open("sched.dat")
    let text = "config = { max_loop_iterations = 10 } *:* { while (1) { @++; } }"
    let script = Script(Source(name: "loop", text), for: Target(source))
    try #require(!script.hasErrors)
    var options = RunOptions()
    options.keepsState = true
    let session = try Session(script, source, sink: TextRenderer { _ in }, options: options)
    #expect(try session.start().hasFailed)
    #expect(session.state == nil)
  }

  @Test func aStateIsKeptOnlyWhereItIsAskedFor() throws {
    let source = try StateRun.open("sched.dat")
    let script = Script(Source(name: "count", "*:* { @ = count(); }"), for: Target(source))
    let session = try Session(script, source, sink: TextRenderer { _ in })
    _ = try session.start()
    #expect(session.state == nil)
  }
}
