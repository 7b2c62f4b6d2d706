// A guard that noise cannot trip: instructions for each event, compared with figures in the repository.

import ArgumentParser
import Foundation

struct InstructionsBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "instructions",
    abstract: "Instructions for each event of Q1 to Q6, against figures in the repository.",
    discussion: """
      Needs valgrind and strip. Ends with 1 if a query takes more than 10 % more than its figure.
      """)

  @Flag(help: "Write what is measured to the file of figures.")
  var update = false

  @Flag(help: "Build nothing; the programs beside this one are taken as they are.")
  var noBuild = false

  @Option(help: "The mmq to measure, instead of building it.")
  var mmq: String?

  @Option(help: "The file of figures (\(InstructionFigures.place) in the package).")
  var figures: String?

  /// What a query needs before and behind its events is the same for both, and cancels out. The
  /// recording has 16 thousand events: all keys are in the first repetition.
  private static let events: (few: UInt64, many: UInt64) = (60_000, 180_000)

  func run() throws {
    let workplace = try Workplace()
    let programs = try Programs(workplace, mmq: mmq, builds: !noBuild)
    let path = figures ?? "\(workplace.package)/\(InstructionFigures.place)"
    let measured = try measure(workplace, programs)
    if update {
      try measured.write(to: path)
      print(measured.text(beside: nil))
      return
    }
    let figures = try InstructionFigures(path: path)
    print(measured.text(beside: figures))
    let failures = measured.failures(against: figures)
    failures.forEach { print($0) }
    if !failures.isEmpty { throw ExitCode(1) }
  }

  private func measure(_ workplace: Workplace, _ programs: Programs) throws -> InstructionFigures {
    let inputs = BenchInputs(workplace: workplace)
    let source = workplace.package + "/Tests/Fixtures/benchmark/slab.dat"
    let few = try inputs.make(source, .version6, events: Self.events.few)
    let many = try inputs.make(source, .version6, events: Self.events.many)
    var result = InstructionFigures(compiler: try Self.compiler())
    // valgrind 3.19 gives up on the debug information of Swift 6.
    let program = try programs.stripped(workplace)
    for query in BenchQuery.all {
      Workplace.say("\(query.name) under cachegrind")
      let counts = try [few, many].map { try Cachegrind.count(program, query, $0.path) }
      let difference = Double(counts[1]) - Double(counts[0])
      result.perEvent[query.name] = difference / Double(many.events - few.events)
    }
    result.start = try Cachegrind.count([program, "-e", "begin { exit() }"])
    return result
  }

  /// Figures are those of a compiler.
  private static func compiler() throws -> String {
    let text = try Programs.output(["swift", "--version"]).text
    return text.split(separator: "\n").first { $0.contains("Swift version") }.map(String.init)
      ?? "unknown"
  }
}
