// Tests/Scripts/README.md lists every script, and no other.

import Foundation
import Testing

@Suite struct ScriptListTests {
  /// The scripts of all rows. One without a directory is in that of the script before it.
  static func listed() throws -> Set<String> {
    let text = try String(contentsOfFile: ScriptCase.directory + "/README.md", encoding: .utf8)
    var names: Set<String> = []
    for line in text.split(separator: "\n") where line.hasPrefix("| `") {
      var directory = ""
      for match in (line.split(separator: "|").last ?? "").matches(of: /`([^`]+)`/) {
        let parts = match.1.split(separator: "/")
        if parts.count > 1 { directory = String(parts[0]) }
        names.insert("\(directory)/\(parts[parts.count - 1]).mmq")
      }
    }
    return names
  }

  @Test func everyScriptHasItsRow() throws {
    let listed = try Self.listed()
    let files = Set(ScriptCase.all.map(\.path))
    #expect(files.subtracting(listed).isEmpty, "not in README.md")
    #expect(listed.subtracting(files).isEmpty, "in README.md only")
  }
}
