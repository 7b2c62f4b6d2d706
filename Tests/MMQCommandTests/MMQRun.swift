// A run of the command mmq, from its start to its end.

import Foundation
import MMQTestSupport

struct MMQRun {
  var output: String
  var errors: String
  var status: Int32

  /// In the package's directory, so that paths in documents are right.
  init(_ arguments: [String], environment: [String: String] = [:]) throws {
    let process = Process()
    let errors = TemporaryPath()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: BuiltProgram.path("mmq"))
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: Places.package)
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = pipe
    try Data().write(to: URL(fileURLWithPath: errors.path))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errors.path))
    try process.run()
    let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    output = String(decoding: bytes, as: UTF8.self)
    self.errors = try String(contentsOfFile: errors.path, encoding: .utf8)
    status = process.terminationReason == .exit ? process.terminationStatus : -1
  }
}
