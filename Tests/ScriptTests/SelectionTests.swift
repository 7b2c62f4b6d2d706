// Runs over a part of a recording.

import Foundation
import MMQ
import MMQLanguage
import MMQRecipes
import MMQTestSupport
import MMQTrace
import Testing

@Suite struct SelectionTests {
  /// What a script prints over a part of a source, and how it ended.
  static func run(
    _ text: String, _ source: any TraceSource, _ change: (inout Selection) -> Void
  ) throws -> (lines: [String], outcome: Outcome) {
    var options = RunOptions()
    var selection = Selection()
    change(&selection)
    options.selection = selection
    var bytes: [UInt8] = []
    let sink = TextRenderer { bytes += Array($0) }
    let script = Script(Source(name: "selection", text), for: Target(source))
    #expect(!script.hasErrors, "\(script.diagnostics.map(\.message))")
    let outcome = try Session(script, source, sink: sink, options: options).start()
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    return (lines, outcome)
  }

  static func made(_ text: String, _ change: (inout Selection) -> Void) throws -> [String] {
    try run(text, try MadeTrace.open(), change).lines
  }

  static let times = "made:* { printf(\"%d\\n\", nsecs / 1ms); }"

  @Test func times() throws {
    let all = ["1000", "1500", "2000", "2500", "3000", "3500", "4000", "4500", "5000", "5200"]
    #expect(try Self.made(Self.times) { _ in } == all)
    #expect(try Self.made(Self.times) { $0.from = .clock(4_500_000_000) } == Array(all[7...]))
    #expect(try Self.made(Self.times) { $0.to = .afterStart(500_000_000) } == Array(all[...1]))
    #expect(
      try Self.made(Self.times) {
        $0.from = .afterStart(1_000_000_001)
        $0.to = .clock(3_499_999_999)
      } == ["2500", "3000"])
    #expect(try Self.made(Self.times) { $0.from = .afterStart(.max) }.isEmpty)
  }

  /// Whoever wants them, however they are read.
  @Test(arguments: [
    "made:* { @ = count(); }", "made:value /cpu > 1000/ { @ = count(); }",
    "made:* { printf(\"%d\", nsecs); }", "interval:s:1 { @ = count(); } made:* { @n = count(); }",
  ]) func takenRecordsAreCounted(_ text: String) throws {
    func taken(_ change: (inout Selection) -> Void) throws -> UInt64? {
      try Self.run(text, try MadeTrace.open(), change).outcome.selected
    }
    let all = try #require(try taken { _ in })
    #expect(all > 5)
    #expect(try taken { $0.from = .afterStart(1 << 40) } == 0)
    #expect(try taken { $0.to = .clock(1) } == 0)
    #expect(try taken { $0.process = 4_000_000 } == 0)
    let first = try #require(try taken { $0.to = .clock(3_000_000_000) })
    let second = try #require(try taken { $0.from = .clock(3_000_000_001) })
    #expect(first > 0 && second > 0 && first + second == all)
  }

  @Test func nothingIsSelectedWhereNobodyAsks() throws {
    #expect(
      try Self.run("begin { exit(); } made:* { }", try MadeTrace.open()) { _ in }
        .outcome.selected == nil)
    #expect(try Self.run("begin { }", try MadeTrace.open()) { _ in }.outcome.selected == nil)
  }

  @Test func placesAndThreads() throws {
    #expect(
      try Self.made(Self.times) { $0.cpus = [1] } == ["1500", "2500", "3500", "4500", "5200"])
    #expect(try Self.made(Self.times) { $0.process = 0 } == ["5200"])
    #expect(
      try Self.made(Self.times) {
        $0.cpus = [1, 5]
        $0.process = 11
        $0.to = .clock(3_000_000_000)
      } == ["1500", "2500"])
    #expect(try Self.made(Self.times) { $0.buffer = "" }.count == 10)
    #expect(try Self.made(Self.times) { $0.buffer = "other" }.isEmpty)
  }

  /// Time begins and ends with the part. Boundaries, and `elapsed`, count from the start of the whole recording.
  @Test func ticksKeepTheirOrigin() throws {
    let text = """
      begin { printf("begin %d\\n", nsecs / 1ms); }
      made:tick { @n = args.number; }
      interval:s:1 { printf("%d: %d, %d\\n", nsecs / 1ms, @n, elapsed / 1ms); }
      end { printf("end %d\\n", nsecs / 1ms); clear(@n); }
      """
    let lines = try Self.made(text) {
      $0.from = .clock(2_500_000_000)
      $0.to = .clock(4_200_000_000)
    }
    #expect(lines == ["begin 2500", "3000: 2, 2000", "4000: 4, 3000", "end 4200"])
  }

  private static let span =
    "end { printf(\"%d %d %d\\n\", nsecs / 1ms, observed / 1ms, elapsed / 1ms); }"

  /// A part lasts from its start to its end, as far as there is a recording, whatever happens on the CPU or in
  /// the process that is asked for; however it is read.
  @Test(arguments: [
    "made:* { }", "made:* { @[comm] = 1; @n = pid; clear(@); clear(@n); }",
    "interval:s:9 { } made:* { }",
    "made:tick { $a = observed; if $a > elapsed { printf(\"wrong\"); } }",
  ]) func aPartLastsAsLongAsTheRecordingDoes(_ blocks: String) throws {
    func span(_ change: (inout Selection) -> Void) throws -> [String] {
      try Self.made(blocks + Self.span, change)
    }
    #expect(try span { _ in } == ["5200 4200 4200"])
    #expect(try span { $0.cpus = [0] } == ["5200 4200 4200"])
    #expect(try span { $0.process = 11 } == ["5200 4200 4200"])
    #expect(try span { $0.from = .clock(4_100_000_000) } == ["5200 1100 4200"])
    #expect(try span { $0.to = .afterStart(1_200_000_000) } == ["2200 1200 1200"])
    #expect(try span { ($0.to, $0.cpus) = (.clock(5_100_000_000), [1]) } == ["5100 4100 4100"])
    #expect(try span { ($0.from, $0.to) = (.clock(5), .clock(1 << 40)) } == ["5200 4200 4200"])
  }

  /// So it is with every kind of recording, whether it has streams of CPUs or not.
  @Test(arguments: [
    "group.perf.data", "pipe.perf.data", "kmem-zstd.perf.data", "two-buffers.dat", "slab.dat",
    "noirq.txt",
  ]) func whatACPUHasLastsAsLongAsAll(_ capture: String) throws {
    let source = try SourceFormat.open(path: try #require(Places.capture(capture)))
    func span(_ cpus: [Int]?) throws -> [String] {
      try Self.run("*:* { @ = count(); } end { print(observed); clear(@); }", source) {
        $0.cpus = cpus.map { Set($0.map { UInt32($0) }) }
      }.lines
    }
    let whole = try span(nil)
    #expect(whole != ["0"])
    #expect(try span([0]) == whole)
    #expect(try span([1]) == whole)
  }

  /// Rates of a part are those of a recording that was made then.
  @Test func recipesDivideByTheTimeOfThePart() throws {
    let source = try SourceFormat.open(path: try #require(Places.capture("reclaim.dat")))
    let predicate = "/elapsed >= 7s && elapsed <= 8500ms && args.pfn != -1/"
    let counted = try Self.run(
      "kmem:mm_page_alloc \(predicate) { @ = sum(1 << args.order); }", source
    ) { _ in }
    let pages = try #require(counted.lines.first?.split(separator: " ").last.flatMap { Double($0) })
    let rate = String(format: "    1.500 s: %.0f pages, %.0f a second", pages, pages / 1.5)
    for seconds in ["10", "1"] {
      let recipe = try RecipeLibraryTests.recipe("page-alloc-comm")
      let text = String(decoding: recipe.text, as: UTF8.self)
        .replacing("getopt(\"seconds\", 10)", with: seconds)
      let part = try Self.run(text, source) {
        ($0.from, $0.to) = (.afterStart(7_000_000_000), .afterStart(8_500_000_000))
      }
      let totals = part.lines.filter { $0.contains(" s: ") }
      #expect(seconds == "1" || totals == [rate])
      if seconds == "1" {
        #expect(totals.map { String($0.prefix(12)) } == ["    1.000 s:", "    1.500 s:"])
      }
    }
  }

  /// The part of a real recording is what a predicate picks from all of it, names included.
  @Test(arguments: ["comms.dat", "sched.dat", "tools.dat"])
  func asAPredicatePicks(_ capture: String) throws {
    let source = try SourceFormat.open(path: try #require(Places.capture(capture)))
    func expectSame(_ predicate: String, _ change: (inout Selection) -> Void) throws {
      let body = "{ @[comm, tid, probe] = count(); @last[cpu] = max(nsecs); }"
      let picked = try Self.run("t:*:* /\(predicate)/ \(body)", source) { _ in }
      let selected = try Self.run("t:*:* \(body)", source, change)
      #expect(selected.lines == picked.lines && !picked.lines.isEmpty)
    }
    let start = try #require(try Survey(source).first)
    try expectSame("cpu == 1") { $0.cpus = [1] }
    try expectSame("elapsed >= 20ms && nsecs <= \(start + 60_000_000)") {
      $0.from = .afterStart(20_000_000)
      $0.to = .clock(start + 60_000_000)
    }
  }

  @Test func whatIsLeftOutIsNotLost() throws {
    let source = try SourceFormat.open(path: try #require(Places.capture("lost.dat")))
    let whole = try Self.run("t:*:* { @ = count(); }", source) { _ in }.outcome.losses
    let one = try Self.run("t:*:* { @ = count(); }", source) { $0.cpus = [1] }.outcome.losses
    #expect(one.map(\.cpu) == [1] && one[0].losses == whole.first { $0.cpu == 1 }?.losses)
    let none = try Self.run("t:*:* { @ = count(); }", source) { $0.from = .afterStart(1 << 40) }
    #expect(none.outcome.losses.isEmpty && none.lines.isEmpty)
    let early = try Self.run("t:*:* { @ = count(); }", source) { $0.to = .afterStart(100_000_000) }
    let count = early.outcome.losses.reduce(0) { $0 + $1.losses.counted }
    #expect(count > 0 && count < whole.reduce(0) { $0 + $1.losses.counted })
  }

  /// A gap between two parts of a recording is as long as it is, whoever reads them.
  @Test(arguments: [0, 20, 50, 100] as [UInt64])
  func lossesBetweenParts(_ start: UInt64) throws {
    let source = try SourceFormat.open(path: try #require(Places.capture("lost.dat")))
    let script = Script(Source(name: "selection", "t:*:* { @ = count(); }"), for: Target(source))
    let losses = try [1, 2].map { jobs in
      var options = RunOptions()
      (options.jobs, options.partSize) = (jobs, 4096)
      var selection = Selection()
      selection.from = .afterStart(start * 1_000_000)
      selection.to = .afterStart((start + 10) * 1_000_000)
      options.selection = selection
      let outcome = try Session(script, source, sink: TextRenderer { _ in }, options: options)
        .start()
      return outcome.losses.sorted { $0.cpu < $1.cpu }.map { "\($0)" }
    }
    #expect(losses[0] == losses[1])
  }

  @Test func slipsAreSaid() throws {
    var selection = Selection()
    let source = try MadeTrace.open()
    #expect(try selection.problem(in: source) == nil)
    selection.cpus = [0, 7]
    #expect(try selection.problem(in: source) == "there is no CPU 7; there are 0, 1")
    selection.cpus = nil
    selection.buffer = "x"
    #expect(try selection.problem(in: source) == "there is no buffer 'x'; there is ''")
    selection.buffer = nil
    (selection.from, selection.to) = (.clock(5), .clock(5))
    #expect(try selection.problem(in: source) == nil)
    (selection.from, selection.to) = (.afterStart(5), .afterStart(4))
    #expect(try selection.problem(in: source) == "the end of the part is before its start")
  }

  @Test func symbolsOfAnotherFile() throws {
    let text = Array("10 T answer\n20 T other\n".utf8)
    var options = RunOptions()
    options.kernelSymbols = KernelSymbols(kallsyms: text)
    var bytes: [UInt8] = []
    let source = try MadeTrace.open()
    let script = Script(
      Source(name: "symbols", "made:value /cpu == 1/ { print(ksym(args.address)); }"),
      for: Target(source))
    let sink = TextRenderer(separator: "") { bytes += Array($0) }
    _ = try Session(script, source, sink: sink, options: options).start()
    #expect(String(decoding: bytes, as: UTF8.self) == "answer\n")
  }
}
