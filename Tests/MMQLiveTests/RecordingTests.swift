// What the tests of `mmq record` share: a directory, mmq and trace-cmd as readers.

import Foundation
import MMQ
import MMQTrace
import Testing

/// A directory for recordings that goes with its test.
final class RecordingDirectory {
  let path = NSTemporaryDirectory() + "mmq-record-\(UUID().uuidString)"

  init() {
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

protocol RecordingTests { var directory: RecordingDirectory { get } }

extension RecordingTests {
  var file: String { directory.path + "/trace.dat" }

  /// Runs to its end, and leaves no instance.
  func record(
    _ arguments: [String], to path: String? = nil, status: Int32 = 0
  ) throws -> MMQProcess {
    let run = try MMQProcess(["record", "-o", path ?? file] + arguments, waits: false)
    _ = run.finish()
    #expect(run.status == status, "\(run.stderr)")
    #expect(try Tracing.instances(of: run.pid) == [])
    return run
  }

  func begin(_ arguments: [String], to path: String? = nil) throws -> MMQProcess {
    try MMQProcess(["record", "-o", path ?? file] + arguments, until: "Recording")
  }

  func ask(_ script: String, _ path: String? = nil) throws -> String {
    let run = try MMQProcess(["-q", "-e", script, "-i", path ?? file], waits: false)
    let output = run.finish()
    #expect(run.status == 0, "\(run.stderr)")
    return output
  }

  /// trace-cmd prints as many lines of each event as mmq counts, and the same losses.
  func expectSameAsTraceCommand(_ survey: Survey, _ path: String? = nil) throws {
    guard let report = try TraceCommandReport(path ?? file) else { return }
    var counts: [String: UInt64] = [:]
    for (name, count) in survey.events { counts[String(name.split(separator: ":")[1])] = count }
    #expect(report.events == counts)
    #expect(report.lost == survey.losses.reduce(0) { $0 + $1.losses.counted })
    #expect(report.unknownGaps == survey.losses.reduce(0) { $0 + $1.losses.unknownGaps })
  }

  /// A program whose tasks have a name that nobody else's have; it sorts before the recording's.
  func uniqueCopy(of program: String) throws -> String {
    let name = "own\(UInt32.random(in: 0 ... .max))"
    try FileManager.default.copyItem(atPath: program, toPath: "\(directory.path)/\(name)")
    return name
  }

  /// So many writes of one byte, and as many reads.
  func dd(_ count: Int) -> [String] {
    ["dd", "if=/dev/zero", "of=/dev/null", "bs=1", "count=\(count)", "status=none"]
  }
}
