// What the library is linked with: neither GNU Readline, which is under the GPL, nor Foundation, which takes
// long to load.

import MMQTestSupport
import Testing

@Suite struct LibraryTests {
  @Test func itNeedsFewLibraries() throws {
    let path = BuiltProgram.path("libCMMQ.so")
    let section = try #require(DynamicSection(path: path), "\(path) is no library")
    let names = section.needed.map { $0.lowercased() }
    #expect(names.contains { $0.hasPrefix("libzstd") } && names.contains { $0.hasPrefix("libc.") })
    for unwanted in ["readline", "foundation", "dispatch", "icu", "argumentparser"] {
      #expect(!names.contains { $0.contains(unwanted) }, "\(names)")
    }
  }

  /// The same reader finds both where they are.
  @Test func thePromptNeedsReadline() throws {
    let section = try #require(DynamicSection(path: BuiltProgram.path("mmq")))
    #expect(section.needed.contains { $0.contains("readline") })
  }
}
