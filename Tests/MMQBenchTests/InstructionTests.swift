// The guard: what cachegrind says, and when it fails.

import MMQTestSupport
import Testing

@testable import mmq_bench

@Suite struct InstructionTests {
  @Test func countsOfCachegrind() {
    let text = "==12== Cachegrind, a cache\n==12== \n==12== I   refs:      1,234,567\n"
    #expect(Cachegrind.instructions(in: text) == 1_234_567)
    #expect(Cachegrind.instructions(in: "==12== I refs:        89\n") == 89)
    #expect(Cachegrind.instructions(in: "==12== Cachegrind\n") == nil)
  }

  private static func figures(_ perEvent: [String: Double]) -> InstructionFigures {
    var figures = InstructionFigures(compiler: "Swift")
    figures.perEvent = perEvent
    return figures
  }

  @Test func tenPercentMoreIsAllowed() {
    let figures = Self.figures(["Q1": 100])
    #expect(Self.figures(["Q1": 109.9]).failures(against: figures).isEmpty)
    #expect(Self.figures(["Q1": 50]).failures(against: figures).isEmpty)
    #expect(
      Self.figures(["Q1": 111]).failures(against: figures) == [
        "Q1: 111.0 instructions an event, 11 % more than 100.0"
      ])
  }

  @Test func nothingIsComparedInSilence() {
    let one = Self.figures(["Q1": 1, "Q2": 1])
    #expect(one.failures(against: Self.figures(["Q1": 1])).count == 1)
    #expect(Self.figures(["Q1": 1]).failures(against: one).count == 1)
  }

  @Test func figuresAreWrittenAndRead() throws {
    let file = TemporaryPath()
    try Self.figures(["Q1": 12.345]).write(to: file.path)
    #expect(try InstructionFigures(path: file.path) == Self.figures(["Q1": 12.3]))
  }

  @Test func allQueriesHaveFigures() throws {
    let figures = try InstructionFigures(path: "\(Places.package)/\(InstructionFigures.place)")
    #expect(figures.perEvent.keys.sorted() == BenchQuery.all.map(\.name))
  }
}
