// Programs that only add up read a recording in parts, on several threads, in one go or tick by tick;
// others have blocks read ahead. Whatever the parts, the result is that of one thread in order of time.

import Foundation
import MMQ
import MMQLanguage
import MMQRecipes
import MMQTestSupport
import MMQTrace
import MMQTraceWriter
import Testing

/// A recording that cannot be read in parts: the slow twin.
private final class WholeRecording: TraceSource {
  private let source: any TraceSource

  init(_ source: any TraceSource) { self.source = source }

  var name: String { source.name }
  var formatDescription: String { source.formatDescription }
  var machine: TracedMachine { source.machine }
  var schemas: [EventSchema] { source.schemas }
  var clock: TraceClock { source.clock }
  var savedComms: [(tid: Int32, comm: String)] { source.savedComms }
  var damage: DamageLog { source.damage }
  func kernelSymbols() -> KernelSymbols { source.kernelSymbols() }
  func openStreams() throws -> [any PageStream] { try source.openStreams() }
}

@Suite struct PartsTests {
  /// What a run prints and says, as JSON, where each loss has its line.
  private static func result(
    _ text: String, _ source: any TraceSource, _ options: RunOptions, _ parameters: ScriptParameters
  ) throws -> String {
    let script = Script(
      Source(name: "parts", text), for: Target(source), parameters: parameters)
    let problems = script.diagnostics.map { $0.rendered(in: script.text) }.joined()
    try #require(!script.hasErrors, "\(problems)")
    var bytes: [UInt8] = []
    let session = try Session(
      script, source, sink: JSONRenderer { bytes += Array($0) }, options: options)
    let outcome = try session.start()
    let losses = outcome.losses.map { "\($0.buffer) \($0.cpu) \($0.losses)\n" }.joined()
    let damage = source.damage.findings.map { "\($0.first) \($0.count)\n" }.joined()
    return String(decoding: bytes, as: UTF8.self) + losses + damage
      + outcome.warnings.joined(separator: "\n") + "\n\(outcome.records)"
  }

  private static func expectEqual(
    _ text: String, _ path: String, _ selection: Selection? = nil,
    _ parameters: ScriptParameters = ScriptParameters()
  ) throws {
    var options = RunOptions()
    options.selection = selection
    let wanted = try result(text, WholeRecording(try TraceDat(path: path)), options, parameters)
    let one = try result(text, try TraceDat(path: path), options, parameters)
    expectSame(sorted(one), sorted(wanted), text)
    for (jobs, partSize) in [(1, 4096), (3, 20_000)] {
      options.jobs = jobs
      options.partSize = partSize
      options.tickPartSize = partSize
      let found = try result(text, try TraceDat(path: path), options, parameters)
      expectSame(lines(found), lines(one), "\(text)\njobs \(jobs), parts of \(partSize)")
    }
  }

  /// The time of a CPU steps back over several sub-buffers: a record comes before the ticks that it came
  /// before in its CPU, whoever reads it.
  @Test func timesThatStepBack() throws {
    let file = TemporaryPath()
    try SteppingBack.write(to: file.path)
    let text =
      "t:made:tick { @of[cpu] = count(); @ = sum(args.number); } "
      + "interval:us:700 { print(@); print(@of); clear(@); clear(@of); }"
    for _ in 0..<5 { try Self.expectEqual(text, file.path) }
    // The last record is not the latest one.
    let last = "t:made:tick { @ = count(); } end { print(nsecs); }"
    try Self.expectEqual(last, file.path)
    try Self.expectEqual(last + " t:made:tick { @last = nsecs; }", file.path)
    let found = try Self.result(
      last, try TraceDat(path: file.path), RunOptions(), ScriptParameters())
    #expect(found.contains("\"data\": \(SteppingBack.latestTime)}"), "\(found)")
  }

  private static func lines(_ text: String) -> [Substring] { text.split(separator: "\n") }

  /// Shows the first line that differs.
  private static func expectSame(_ a: [Substring], _ b: [Substring], _ text: String) {
    let place = zip(a, b).enumerated().first { $1.0 != $1.1 }.map(\.offset)
    let difference = place.map { "line \($0):\n\(a[$0])\n\(b[$0])" }
    #expect(difference == nil && a.count == b.count, "\(text)\n\(difference ?? "")")
  }

  /// In order of time losses of one CPU come between those of another.
  private static func sorted(_ result: String) -> [Substring] {
    // How many records of CPUs that nobody asked for are seen says nothing.
    let lines = lines(result).dropLast()
    let isLoss = { (line: Substring) in line.contains("lost_events") || line.contains("Losses(") }
    return lines.filter { !isLoss($0) } + lines.filter(isLoss).sorted()
  }

  static let captures = [
    "comms.dat", "lost.dat", "sched.dat", "slab.dat", "stacks.dat", "tools.dat", "two-buffers.dat",
  ]

  /// Each kind of key, of aggregation and of fault, and names that change.
  static let programs = [
    "*:* { @[probe] = count(); @t = max(nsecs); @first = min(nsecs); @c[comm, tid] = sum(cpu); }",
    "*:* / comm == \"worker\" / { @ = count(); } *:* { @s[comm] = stats(tid); @a[cpu] = avg(tid); }",
    "*:* { @h[cpu] = hist(tid); @l = lhist(tid, 0, 5000, 100); @z[tid / (tid & 1)] = count(); }",
    "*:*[a-m] { @[comm, probe] = count(); } end { printf(\"%d\\n\", nsecs); }",
    "begin { @[1] = count(); @x = 7; } *:* { @[cpu] = count(); } end { print(@x); }",
    "*:* { @[(tid, (comm, \"x\"))] = count(); @k[ksym(nsecs)] = count(); }",
    "*:* { @[comm, kstack] = count(); @d[len(kstack)] = sum(tid); @s[kstack(3)] = stats(cpu); }",
    // Tick by tick.
    "*:* { @[kstack(perf)] = count(); } interval:ms:8 { print(@); clear(@); }",
    "*:* { @[probe] = count(); @s[cpu] = stats(tid); } interval:ms:10 { print(@); clear(@); }",
    "*:* { @[comm, tid] = count(); } interval:us:700 { print((nsecs, len(@))); zero(@); }",
    "*:* { @ = count(); } interval:ms:5 { @n++; if (@n == 4) { print(@); exit(); } } "
      + "end { printf(\"%d\\n\", nsecs); }",
    "*:*[a-m] { @ = hist(tid); } interval:ms:9 { print(@, 3); } interval:ms:4 { clear(@); }",
    // In order of time, with blocks read ahead.
    "*:* { @d = hist(nsecs - @last[cpu]); @last[cpu] = nsecs; @p[tid] = probe; }",
    "*:* { printf(\"%d %s %s\\n\", nsecs, comm, probe); if (++@n == 300) { exit(); } }",
    "*:* { @n++; @t[@n % 10] = tid; } interval:ms:3 { print(@n); }",
    "*:* { @k[tid] = kstack; if (@k[tid] != @l[tid]) { @n++; } @l[tid] = kstack; }",
  ]

  /// Whoever asks meanwhile sees what was counted so far, with what `begin` left there, and the end is the same. As
  /// long as names are only guessed not to change nothing is shown.
  @Test(arguments: [
    ("lost.dat", "", true), ("comms.dat", ", comm", true), ("slab.dat", ", comm", false),
  ])
  func mapsAreShownBetweenParts(capture: String, key: String, isKnown: Bool) throws {
    let source = try TraceDat(path: try #require(Places.capture(capture)))
    let text = "begin { @x = 7; } *:* { @[probe\(key)] = count(); @all = count(); }"
    let script = Script(Source(name: "parts", text), for: Target(source))
    var options = RunOptions()
    (options.jobs, options.partSize) = (3, 4096)
    var (output, isAsked) = ("", false)
    let session = try Session(
      script, source, sink: TextRenderer { output += String(decoding: $0, as: UTF8.self) },
      options: options,
      wantsMaps: {
        defer { isAsked = true }
        return !isAsked
      })
    let outcome = try session.start()
    let shown = output.matches(of: /@all: ([0-9]+)\n/).compactMap { UInt64($0.1) }
    // The other threads may have had all parts before the one that asks has its first.
    #expect(shown.count == (isAsked ? 2 : 1) && (isKnown || !isAsked), "\(shown)")
    #expect(shown.last == outcome.records)
    #expect(shown.allSatisfy { $0 > 0 && $0 <= outcome.records })
    #expect(output.matches(of: /@x: 7\n/).count == shown.count)
  }

  @Test(arguments: captures, programs) func partsAddUp(capture: String, program: String) throws {
    try Self.expectEqual(program, try #require(Places.capture(capture)))
  }

  @Test(arguments: ["comms.dat", "lost.dat", "two-buffers.dat"]) func partsOfASelectionAddUp(
    capture: String
  ) throws {
    var selection = Selection()
    selection.cpus = [0]
    try Self.expectEqual(Self.programs[0], try #require(Places.capture(capture)), selection)
    selection = Selection()
    selection.from = .afterStart(1_000_000)
    selection.to = .afterStart(90_000_000)
    try Self.expectEqual(Self.programs[0], try #require(Places.capture(capture)), selection)
  }

  @Test func scriptsOfTheReferenceAddUp() throws {
    let row = ReferenceScriptTests.rows
    for row in row {
      let path = "\(Places.fixtures)/reference/\(row.script).mmq"
      let text = try String(contentsOfFile: path, encoding: .utf8)
      try Self.expectEqual(text, try #require(Places.capture(row.capture)))
    }
  }

  @Test(arguments: RecipeRunTests.rows) func recipesAddUp(_ row: RecipeRunTests.Row) throws {
    let recipe = try RecipeLibraryTests.recipe(row.recipe)
    try Self.expectEqual(
      String(decoding: recipe.text, as: UTF8.self),
      try #require(Places.capture(row.capture + ".dat")), nil, row.options.parameters)
  }

  // MARK: Random programs

  /// Blocks that add up numbers of the event and of its task.
  private static func program(_ random: inout SeededRandom) -> String {
    let numbers = [
      "tid", "cpu", "args.pfn", "args.order", "nsecs", "1 << args.order", "args.pfn % 7",
    ]
    let keys = numbers + ["comm", "args.gfp_flags", "probe", "(cpu, comm)", "kstack(5)"]
    let updates = [
      "= count()", "= sum(N)", "= min(N)", "= max(N)", "= avg(N)", "= stats(N)", "= hist(N)", "++",
      "--", "+= N", "-= N",
    ]
    var text = ""
    for block in 0..<Int.random(in: 1...3, using: &random) {
      text += "kmem:mm_page_alloc "
      if Bool.random(using: &random) {
        text += "/ \(numbers.randomElement(using: &random)!) % 3 == 1 / "
      }
      let update = updates.randomElement(using: &random)!.replacingOccurrences(
        of: "N", with: numbers.randomElement(using: &random)!)
      let count = Int.random(in: 1...3, using: &random)
      let key = (0..<count).map { _ in keys.randomElement(using: &random)! }
      text += "{ @m\(block)[\(key.joined(separator: ", "))] \(update); } "
    }
    return text
  }

  @Test func randomProgramsAddUp() throws {
    var random = SeededRandom(seed: 4)
    let path = try #require(Places.capture("slab.dat"))
    let stacks = try #require(Places.capture("stacks.dat"))
    for _ in 0..<10 {
      let program = Self.program(&random)
      try Self.expectEqual(program, path)
      try Self.expectEqual(program, stacks)
      let period = Int.random(in: 1...40, using: &random)
      try Self.expectEqual(program + "interval:ms:\(period) { print(@m0); clear(@m0); }", path)
    }
  }

  @Test func randomProgramsInOrderAreTheSameAhead() throws {
    var maker = ProgramMaker(random: SeededRandom(seed: 5))
    let path = try #require(Places.capture("slab.dat"))
    for _ in 0..<10 { try Self.expectEqual(maker.program(), path) }
  }
}
