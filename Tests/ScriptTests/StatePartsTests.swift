// States of the parts of a recording: of programs that only add up, they make that of the whole.

import MMQ
import MMQLanguage
import MMQRecipes
import MMQTestSupport
import MMQTrace
import Testing

@Suite struct StatePartsTests {
  /// The recipes whose events commute. Without a tick their parts add up.
  static let rows = RecipeRunTests.rows.filter { row in
    guard let recipe = RecipeLibrary.shipped.first(where: { $0.name == row.recipe }),
      let source = try? StateRun.open(row.capture + ".dat")
    else { return false }
    let script = Script(Source(name: recipe.fileName, text: recipe.text), for: Target(source))
    return script.plan().probes.allSatisfy { $0.period != nil || $0.orderReasons.isEmpty }
  }

  private static let splits = 1000

  private static func parameters(_ row: RecipeRunTests.Row) -> ScriptParameters {
    var parameters = row.options.parameters
    parameters.options["seconds"] = .some("1000000")
    return parameters
  }

  @Test func manyRecipesAreHere() { #expect(Self.rows.count >= 15) }

  /// A recording is cut at random times, and one piece by CPU; 1 000 random splits in all are groups of
  /// the pieces.
  @Test(arguments: rows) func splitsOfACaptureAddUp(_ row: RecipeRunTests.Row) throws {
    let recipe = try RecipeLibraryTests.recipe(row.recipe)
    let text = String(decoding: recipe.text, as: UTF8.self)
    let path = row.capture + ".dat"
    var random = SeededRandom(seed: UInt64(row.recipe.utf8.reduce(0) { $0 + Int($1) }))
    let run = { (change: (inout Selection) -> Void) in
      try StateRun(
        text, try StateRun.open(path), name: recipe.fileName, Self.parameters(row), change: change)
    }
    let whole = try run { _ in }
    let wanted = (try whole.state.text(), try whole.state.json())
    #expect(whole.output.hasSuffix(try whole.state.text()))
    let pieces = try Self.pieces(of: path, &random).map { piece in try run(piece).state }
    for _ in 0...Self.splits / Self.rows.count {
      let merged = try SavedState.merged(pieces, &random)
      let found = (try merged.text(), try merged.json())
      #expect(found == wanted)
      #expect(merged.doubts == whole.state.doubts)
      guard found == wanted else { return }
    }
  }

  private static func pieces(
    of path: String, _ random: inout SeededRandom
  ) throws -> [(inout Selection) -> Void] {
    let source = try StateRun.open(path)
    let survey = try Survey(source)
    let (first, last) = (try #require(survey.first), try #require(survey.last))
    let cuts = (0..<4).map { _ in UInt64.random(in: first..<last, using: &random) }.sorted()
    var pieces: [(inout Selection) -> Void] = []
    var from: UInt64 = 0
    for cut in cuts where cut > from {
      let start = from
      pieces.append { ($0.from, $0.to) = (.clock(start), .clock(cut)) }
      from = cut + 1
    }
    let start = from
    for cpu in Set(survey.streams.map(\.cpu)) {
      pieces.append { ($0.from, $0.cpus) = (.clock(start), [cpu]) }
    }
    return pieces
  }

  /// Losses at the edge of two parts are told by both, and counted once.
  @Test func lossesAreCountedOnce() throws {
    let program = "*:* { @[probe, cpu] = count(); @m = max(nsecs); @h[cpu] = hist(tid); }"
    for capture in ["lost.dat", "two-buffers.dat"] {
      var random = SeededRandom(seed: 3)
      let whole = try StateRun.state(program, capture)
      for _ in 0..<5 {
        let pieces = try Self.pieces(of: capture, &random).map {
          try StateRun.state(program, capture, $0)
        }
        let merged = try SavedState.merged(pieces, &random)
        #expect(try merged.text() == (try whole.text()))
        #expect(merged.doubts == whole.doubts)
      }
      if capture == "lost.dat" { #expect(!whole.doubts.isEmpty) }
    }
  }

  /// A gap behind which time steps back has its end before its start: it belongs to all parts between them.
  @Test func lossesBehindWhichTimeStepsBack() throws {
    let file = TemporaryPath()
    try SteppingBack.write(to: file.path)
    func state(_ change: (inout Selection) -> Void = { _ in }) throws -> SavedState {
      let source = try SourceFormat.open(path: file.path)
      return try StateRun("t:made:tick { @ = count(); }", source, change: change).state
    }
    let whole = try state()
    #expect(whole.recordings[0].lost.map(\.losses.unknownGaps) == [1, 1])
    #expect(whole.recordings[0].lost.map(\.losses.countedGaps) == [1, 1])
    for cut in stride(from: 105_000_000, to: 120_000_000, by: 500_000) as StrideTo<UInt64> {
      let merged = try SavedState.merged(
        try state { $0.to = .clock(cut) }, try state { $0.from = .clock(cut + 1) })
      #expect(merged.doubts == whole.doubts, "\(cut)")
      #expect(try merged.text() == (try whole.text()))
    }
  }

  @Test func countsOfWhatWentWrongAreAdded() throws {
    let program = "kmem:*alloc { @ = sum(tid / (tid & 1)); }"
    let whole = try StateRun.state(program, "slab.dat")
    let first = try StateRun.state(program, "slab.dat") { $0.cpus = [0] }
    let second = try StateRun.state(program, "slab.dat") { $0.cpus = [1] }
    let merged = try SavedState.merged(first, second)
    #expect(whole.doubts.contains { $0.contains("division by zero gave 1, ") })
    #expect(merged.doubts == whole.doubts)
  }

  /// Read on several threads or on one, the state is the same.
  @Test func threadsChangeNothing() throws {
    let program = "*:* { @[comm, probe] = count(); @q[cpu] = hist(tid, 2); }"
    let one = try StateRun(program, try StateRun.open("sched.dat"), jobs: 1)
    let many = try StateRun(program, try StateRun.open("sched.dat"), jobs: 3)
    #expect(try one.state.text() == (try many.state.text()))
  }

  // MARK: What does not add up

  private static func refusal(
    _ program: String, _ change: (inout Selection) -> Void, _ other: (inout Selection) -> Void
  ) throws -> String? {
    let first = try StateRun.state(program, "slab.dat", change)
    let second = try StateRun.state(program, "slab.dat", other)
    do throws(StateError) {
      _ = try SavedState.merged([first, second])
      return nil
    } catch {
      return error.message
    }
  }

  private static let count = "*:* { @ = count(); }"

  @Test func noEventCountsTwice() throws {
    let early: (inout Selection) -> Void = { $0.to = .afterStart(1_000_000) }
    let late: (inout Selection) -> Void = { $0.from = .afterStart(1_000_001) }
    #expect(try Self.refusal(Self.count, early, late) == nil)
    for (a, b) in [
      (early, early), (early, { _ in }),
      (early, { $0.from = .afterStart(1_000_000) }), (early, { $0.cpus = [1] }),
      ({ $0.cpus = [0, 1] }, { $0.cpus = [1] }), ({ $0.buffer = "" }, { $0.cpus = [1] }),
    ] as [((inout Selection) -> Void, (inout Selection) -> Void)] {
      let message = try #require(try Self.refusal(Self.count, a, b))
      #expect(message.hasSuffix("some of its events would count twice: two states have them"))
      #expect(try Self.refusal(Self.count, b, a) == message)
    }
  }

  /// However a recording is read, and whatever its format is: it is the same one.
  @Test(arguments: ["slab.dat", "kmem-zstd.perf.data", "pipe.perf.data", "group.perf.data"])
  func aRecordingIsKnownAgain(_ capture: String) throws {
    let whole = try StateRun.state(Self.count, capture)
    #expect(whole.recordings.count == 1)
    for part in [
      try StateRun.state(Self.count, capture) { $0.cpus = [0] },
      try StateRun.state(Self.count, capture) { $0.from = .afterStart(1000) },
      try StateRun.state(Self.count, capture) { $0.process = 1 },
    ] {
      #expect(throws: StateError.self) { try SavedState.merged(whole, part) }
    }
    let first = try StateRun.state(Self.count, capture) { $0.to = .afterStart(5000) }
    let second = try StateRun.state(Self.count, capture) { $0.from = .afterStart(5001) }
    let merged = try SavedState.merged(first, second)
    #expect(merged.recordings.count == 1)
    #expect(try merged.text() == (try whole.text()))
  }

  @Test func programsWhoseOrderMattersAreRefused() throws {
    let early: (inout Selection) -> Void = { $0.to = .afterStart(1_000_000) }
    let late: (inout Selection) -> Void = { $0.from = .afterStart(1_000_001) }
    for (program, reason) in [
      (
        "kmem:*alloc { @d = hist(nsecs - @last[cpu]); @last[cpu] = nsecs; }",
        "the order of all events matters (state:1:33: it reads @last)"
      ),
      (
        "kmem:*alloc { @[@n++] = count(); }",
        "the order of all events matters (state:1:17: it changes @n)"
      ),
      ("begin { @n = 5; } kmem:*alloc { @n++; }", "@n is added to, but assigned, too"),
      ("begin { @n++; } kmem:*alloc { @n += 2; }", "'begin' counts in @n, once"),
      ("kmem:*alloc { @ = sum(1.5); }", "sums of floats depend on their order)"),
      ("begin { @ = count(); } kmem:*alloc { @ = count(); }", "'begin' counts in @, once"),
      (
        "kmem:*alloc { @ = count(); } interval:us:1 { clear(@); }",
        "'interval' has run in one of them"
      ),
    ] {
      let message = try #require(try Self.refusal(program, early, late), "\(program)")
      #expect(message.contains(reason), "\(message)")
      #expect(message.contains("its parts do not add up to it: "))
    }
    // What 'begin' takes away again, or assigns, is the same in all parts.
    for program in [
      "begin { @ = count(); clear(@); } kmem:*alloc { @ = count(); }",
      "begin { @since = nsecs; } kmem:*alloc { @ = count(); } end { print(nsecs - @since); }",
    ] {
      #expect(try Self.refusal(program, early, late) == nil)
    }
  }
}
