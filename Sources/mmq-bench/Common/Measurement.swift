// What a run of a process took.

import ArgumentParser
import Foundation

struct Measurement: Equatable {
  /// Seconds from before its start to after its end.
  var wall: Double
  /// Seconds of all CPUs in the program, and in the kernel for it.
  var user: Double
  var system: Double
  /// The most resident memory, in kilobytes.
  var memory: Int
  var exitCode: Int

  /// The line that mmq-measure writes; nil if it is none.
  init?(line: String) {
    let words = line.split(whereSeparator: \.isWhitespace).map { Double($0) }
    guard words.count == 5, !words.contains(nil) else { return nil }
    let numbers = words.compactMap { $0 }
    wall = numbers[0] / 1e9
    user = numbers[1] / 1e6
    system = numbers[2] / 1e6
    memory = Int(numbers[3])
    exitCode = Int(numbers[4])
  }
}

/// Runs whole processes and says what they took.
struct Stopwatch {
  let programs: Programs
  let workplace: Workplace

  /// A command that fails ends the benchmark: what it took would mean nothing.
  func measure(_ command: [String], output: String = "/dev/null") throws -> Measurement {
    let report = workplace.directory + "/measured"
    let errors = workplace.directory + "/errors"
    let process = Process()
    process.executableURL = URL(fileURLWithPath: programs.measure)
    process.arguments = [report] + command
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try Self.file(output)
    process.standardError = try Self.file(errors)
    try process.run()
    process.waitUntilExit()
    guard let measurement = Measurement(line: try String(contentsOfFile: report, encoding: .utf8)),
      measurement.exitCode == 0
    else {
      let reason = (try? String(contentsOfFile: errors, encoding: .utf8)) ?? ""
      throw ValidationError("\(command.joined(separator: " ")) failed: \(reason.suffix(2000))")
    }
    return measurement
  }

  /// What a command prints.
  func result(of command: [String]) throws -> Data {
    let output = workplace.directory + "/result"
    _ = try measure(command, output: output)
    return try Data(contentsOf: URL(fileURLWithPath: output))
  }

  private static func file(_ path: String) throws -> FileHandle {
    let isThere = path == "/dev/null" || FileManager.default.createFile(atPath: path, contents: nil)
    guard isThere, let handle = FileHandle(forWritingAtPath: path) else {
      throw ValidationError("\(path) cannot be written")
    }
    return handle
  }
}
