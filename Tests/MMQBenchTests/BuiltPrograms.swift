// Programs that the build put beside the tests, and what they print.

import Foundation
import MMQTestSupport

@testable import mmq_bench

enum BuiltPrograms {
  static let floors = path("mmq-floors")
  static let measure = path("mmq-measure")

  private static func path(_ name: String) -> String {
    let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let own = URL(fileURLWithPath: link ?? "/").deletingLastPathComponent().path
    // swift test may run the tests from a tool of the toolchain.
    let places = ["\(own)/\(name)", "\(Places.package)/.build/debug/\(name)"]
    return places.first { FileManager.default.isExecutableFile(atPath: $0) } ?? name
  }

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
