// Where the tests of formats find their files, and short ways to parse.

import Foundation
import MMQTrace
import Testing

enum FormatPlaces {
  /// The package's directory: three above this file.
  static let package = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static let formatFixtures = package.appendingPathComponent("Tests/Fixtures/formats")

  /// The directory of the shared captures, if this machine has it.
  static var shared: URL? {
    let path =
      ProcessInfo.processInfo.environment["MMQ_SHARED"]
      ?? package.deletingLastPathComponent().appendingPathComponent("shared").path
    return FileManager.default.fileExists(atPath: path) ? URL(fileURLWithPath: path) : nil
  }

  static func capture(_ name: String) -> URL? {
    guard let file = shared?.appendingPathComponent("captures/\(name)") else { return nil }
    return FileManager.default.fileExists(atPath: file.path) ? file : nil
  }

  /// Whether the capture is there; says loudly if not, and which test it skips.
  static func has(_ name: String, for test: String) -> Bool {
    if capture(name) != nil { return true }
    print("SKIP \(test): \(name) is not in MMQ_SHARED or ../shared")
    return false
  }
}

/// A format text with these lines of fields and this print fmt.
func formatText(fields: [String], print: String = "\"\"") -> String {
  """
  name: sample
  ID: 7
  format:
  \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;

  \(fields.map { "\tfield:\($0)" }.joined(separator: "\n"))

  print fmt: \(print)
  """
}

func parsedSchema(_ text: String, longSize: Int = 8) throws -> EventSchema {
  try FormatParser.parse(Array(text.utf8), system: "test", longSize: longSize).get()
}

/// Every `SYSTEM/EVENT/format` below a directory.
func formatFiles(below directory: URL) -> [(system: String, text: [UInt8])] {
  guard let walker = FileManager.default.enumerator(atPath: directory.path) else { return [] }
  var files: [(String, [UInt8])] = []
  for case let path as String in walker where path.hasSuffix("/format") {
    let parts = path.split(separator: "/")
    guard parts.count >= 3, let data = wholeFile(directory.appendingPathComponent(path)) else {
      continue
    }
    files.append((String(parts[parts.count - 3]), data))
  }
  return files
}

/// A whole file; read piece by piece, since tracefs files say that their size is 0.
func wholeFile(_ url: URL) -> [UInt8]? {
  guard let handle = try? FileHandle(forReadingFrom: url), let data = try? handle.readToEnd() else {
    return nil
  }
  return [UInt8](data)
}
