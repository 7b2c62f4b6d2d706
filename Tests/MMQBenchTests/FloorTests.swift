// The package's own floors: their results are those of `floors.c`, and agree with each other.

import Foundation
import MMQTestSupport
import MMQTrace
import MMQTraceWriter
import Testing

@testable import mmq_bench

@Suite struct FloorTests {
  /// Three times the pages of a fixture, so that times go on across them.
  private static func recording(
    _ version: Int, _ compression: RecordingCompression
  ) throws -> (file: TemporaryPath, made: Stretch.Result) {
    let file = TemporaryPath()
    var stretch = Stretch(.times(3))
    (stretch.version, stretch.compression) = (version, compression)
    let source = try TraceDat(path: "\(Places.fixtures)/benchmark/slab.dat")
    return (file, try stretch.copy(source, to: file.path))
  }

  private static func lines(_ program: String, _ query: String, _ path: String) throws -> [String] {
    let result = try BuiltPrograms.run([program, query, path])
    #expect(result.code == 0)
    return OutputForm.lines(ofFloor: result.output)
  }

  @Test func sameResultsAsTheSharedOnes() throws {
    let shared = "\(Places.package)/../shared/bench/floors.c"
    let root = ProcessInfo.processInfo.environment["MMQ_SHARED"]
    let source = root.map { "\($0)/bench/floors.c" } ?? shared
    guard FileManager.default.fileExists(atPath: source), Workplace.find("cc") != nil else {
      print(
        "SKIP sameResultsAsTheSharedOnes: no bench/floors.c in MMQ_SHARED or ../shared, or no cc")
      return
    }
    let program = TemporaryPath()
    #expect(try BuiltPrograms.run(["cc", "-O1", "-w", "-o", program.path, source]).code == 0)
    let (file, _) = try Self.recording(6, .none)
    for query in BenchQuery.all {
      let wanted = try Self.lines(program.path, query.name, file.path)
      #expect(!wanted.isEmpty)
      #expect(
        try Self.lines(BuiltPrograms.floors, query.name, file.path) == wanted, "\(query.name)")
    }
  }

  @Test func queriesAgreeOnWhatTheyCount() throws {
    let (file, _) = try Self.recording(6, .none)
    let totals = try BenchQuery.all.map {
      OutputForm.total(try Self.lines(BuiltPrograms.floors, $0.name, file.path), $0.number)
    }
    #expect(totals[0] > 0)
    #expect(totals[0] == totals[5])
    #expect(totals[1] == totals[4])
  }

  @Test func wholePagesComeOutOfChunks() throws {
    let (file, made) = try Self.recording(7, .zstd)
    let text = try Programs.output([BuiltPrograms.floors, "zstd", file.path])
    #expect(text.text.hasPrefix("zstd: \(made.pages * 4096) bytes"), "\(text.text)")
  }

  @Test func whatIsNoRecordingIsRefused() throws {
    let path = "\(Places.package)/Package.swift"
    #expect(try BuiltPrograms.run([BuiltPrograms.floors, "Q1", path]).code == 1)
    #expect(try BuiltPrograms.run([BuiltPrograms.floors, "zstd", path]).code == 1)
    #expect(try BuiltPrograms.run([BuiltPrograms.floors, "Q7", path]).code == 2)
  }

  @Test func measureSaysTheExitCode() throws {
    let report = TemporaryPath()
    let result = try BuiltPrograms.run([
      BuiltPrograms.measure, report.path, "sh", "-c", "echo shown; sleep 0.05; exit 3",
    ])
    #expect(result.output == "shown\n")
    let line = try String(contentsOfFile: report.path, encoding: .utf8)
    let run = try #require(Measurement(line: line))
    #expect(run.exitCode == 3)
    #expect(run.wall >= 0.05)
    #expect(run.memory > 0)
  }
}
