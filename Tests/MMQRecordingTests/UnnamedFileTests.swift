// Files that get their name at last, with and without O_TMPFILE.

import Foundation
import MMQTrace
import Testing

@testable import MMQTraceWriter

@Suite struct UnnamedFileTests {
  private func inDirectory(_ body: (String) throws -> Void) throws {
    let directory = NSTemporaryDirectory() + "mmq-unnamed-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try body(directory)
  }

  private func names(_ directory: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
  }

  @Test(arguments: [false, true], [false, true])
  func aFileGetsItsName(isNamed: Bool, replaces: Bool) throws {
    try inDirectory { directory in
      let path = directory + "/x"
      if replaces { try Data("old".utf8).write(to: URL(fileURLWithPath: path)) }
      chmod(path, 0o600)
      let file = try UnnamedFile(in: directory, isNamed: isNamed)
      #expect(try names(directory).count == (isNamed ? 1 : 0) + (replaces ? 1 : 0))
      #expect(write(file.descriptor, "new", 3) == 3)
      try file.publish(as: path)
      #expect(try names(directory) == ["x"])
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "new")
      let mask = umask(0)
      umask(mask)
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(mode == (replaces ? 0o600 : Int(0o666 & ~mask)))
    }
  }

  @Test(arguments: [false, true]) func aFileWithoutANameGoes(isNamed: Bool) throws {
    try inDirectory { directory in
      var file: UnnamedFile? = try UnnamedFile(in: directory, isNamed: isNamed)
      #expect(file?.descriptor ?? -1 >= 0)
      file = nil
      #expect(try names(directory) == [])
    }
  }

  @Test func aDirectoryThatIsNotThereIsSaid() {
    #expect(throws: TraceError("No such file or directory")) {
      _ = try UnnamedFile(in: "/nonexistent")
    }
  }
}
