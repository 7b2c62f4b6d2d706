// The table of recipes in the documentation is what the command makes of the headers.

import Foundation
import MMQTestSupport
import Testing

@Suite struct RecipePageTests {
  @Test func theTableIsUpToDate() throws {
    let mark = "<!-- mmq recipe -f markdown -->\n\n"
    let page = try String(
      contentsOfFile: Places.package + "/Sources/MMQ/MMQ.docc/Recipes.md", encoding: .utf8)
    let start = try #require(page.range(of: mark)?.upperBound)
    let shown = page[start...].components(separatedBy: "\n\n")[0] + "\n"
    let run = try MMQRun(
      ["recipe", "-f", "markdown"], environment: ["XDG_DATA_HOME": "/nonexistent"])
    #expect(run.output.split(separator: "\n").count > 30)
    #expect(shown == run.output, "put the output of 'mmq recipe -f markdown' below the mark")
  }
}
