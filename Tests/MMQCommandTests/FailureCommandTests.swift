// Runs that fail say why, whatever options are given.

import Foundation
import MMQTestSupport
import Testing

@Suite struct FailureCommandTests {
  private let input = ["-i", "Examples/traces/reclaim.dat"]

  /// What ended the run is an error: `-q` and `--no-warnings` hide losses and warnings, not that.
  @Test(arguments: [[], ["-q"], ["--no-warnings"]])
  func anEndlessLoopIsSaid(_ options: [String]) throws {
    let run = try MMQRun(options + ["-e", "begin { print(1 / 0); $i = 0; while (1) { $i++; } }"])
    #expect(run.status == 1)
    #expect(
      run.errors.contains("stdin:1:31: ERROR: this loop ran more than 1000000 times; stopped"),
      "\(run.errors)")
    #expect(run.errors.contains("division by zero") == options.isEmpty, "\(run.errors)")
  }

  @Test(arguments: ["text", "json", "csv"])
  func aFullDiskIsSaid(_ format: String) throws {
    let run = try MMQRun(
      ["-f", format, "-o", "/dev/full", "-e", "tracepoint:*:* { @ = count(); }"] + input)
    #expect(run.status == 1)
    #expect(
      run.errors.contains("mmq: cannot write to /dev/full: No space left on device"),
      "\(run.errors)")
  }

  /// While it is read: the script itself cuts the file. Both kinds of input say that the rest is missing.
  @Test(arguments: [
    ("Examples/traces/reclaim.dat", 1), ("Tests/Fixtures/captures/noirq.txt", 40),
  ])
  func aFileThatShrinksIsSaid(_ path: String, _ times: Int) throws {
    let file = TemporaryPath()
    let whole = try Data(contentsOf: URL(fileURLWithPath: "\(Places.package)/\(path)"))
    let copies = (0..<times).reduce(into: Data()) { all, _ in all += whole }
    try copies.write(to: URL(fileURLWithPath: file.path))
    let run = try MMQRun([
      "--unsafe", "-i", file.path, "-e",
      "begin { system(\": > \(file.path)\"); } tracepoint:*:* { @ = count(); }",
    ])
    #expect(run.status == 1)
    #expect(run.errors.contains("\(file.path): ERROR: "), "\(run.errors)")
    #expect(run.errors.contains("the file has shrunk"), "\(run.errors)")
  }
}
