// An instance of tracefs that belongs to a test.

import Foundation
import MMQTestSupport
import MMQTrace

/// An instance that a test fills and reads by itself.
final class OwnInstance {
  let name: String
  let path: String

  /// `purpose`: suites run side by side.
  init(_ purpose: String = "test") throws {
    name = "mmq-\(purpose).\(getpid())"
    path = try Tracefs().path + "/instances/" + name
    guard mkdir(path, 0o700) == 0 else { throw Failure(path: path) }
  }

  deinit { rmdir(path) }

  struct Failure: Error { let path: String }

  func write(_ value: String, to file: String) throws {
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(path)/\(file)"))
    try handle.write(contentsOf: Data(value.utf8))
    try handle.close()
  }

  /// All events of all tasks, while `body` runs. A full buffer takes no more.
  func record(_ body: () throws -> Void) throws {
    try write("0", to: "tracing_on")
    try write("0", to: "options/overwrite")
    try write("0", to: "options/hash-ptr")
    try write("mono", to: "trace_clock")
    try write("6000", to: "buffer_size_kb")
    try write("1", to: "events/enable")
    try write("1", to: "tracing_on")
    try body()
    try write("0", to: "tracing_on")
    try write("0", to: "events/enable")
  }

  func enable(_ events: [String], _ isOn: Bool = true) throws {
    for event in events { try write(isOn ? "1" : "0", to: "events/\(event)/enable") }
  }

  /// The text of the buffer, in a file.
  func text() throws -> TemporaryPath {
    let file = TemporaryPath()
    let source = try FileHandle(forReadingFrom: URL(fileURLWithPath: "\(path)/trace"))
    try (source.readToEnd() ?? Data()).write(to: URL(fileURLWithPath: file.path))
    return file
  }
}
