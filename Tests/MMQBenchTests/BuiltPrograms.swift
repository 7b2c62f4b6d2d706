// Programs that the build put beside the tests, and what they print.

import Foundation
import MMQTestSupport

@testable import mmq_bench

enum BuiltPrograms {
  static let floors = BuiltProgram.path("mmq-floors")
  static let measure = BuiltProgram.path("mmq-measure")

  /// Standard output alone, and the exit code.
  static func run(_ words: [String]) throws -> (output: String, code: Int32) {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (String(decoding: bytes, as: UTF8.self), process.terminationStatus)
  }
}
