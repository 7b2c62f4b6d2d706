// A session whose lines come from a file.

import Foundation
import MMQTestSupport

struct PipedSession {
  var output: String
  var errors: String
  var status: Int32

  /// Over the example's recording, from its first line to its last.
  static func run(_ input: String, _ arguments: [String] = []) throws -> PipedSession {
    let files = (TemporaryPath(), TemporaryPath())
    try input.write(toFile: files.0.path, atomically: false, encoding: .utf8)
    _ = FileManager.default.createFile(atPath: files.1.path, contents: nil)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Terminal.mmq)
    process.arguments =
      ["repl", "-i", Places.package + "/Examples/traces/reclaim.dat"] + arguments
    process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: files.0.path))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: files.1.path))
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return PipedSession(
      output: String(decoding: output, as: UTF8.self),
      errors: try String(contentsOfFile: files.1.path, encoding: .utf8),
      status: process.terminationStatus)
  }
}
