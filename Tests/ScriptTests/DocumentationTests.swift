// The pages of the DocC catalogue: their examples print what stands below them, and nothing is left
// out.

import Foundation
import MMQ
import MMQLanguage
import MMQTestSupport
import Testing

@Suite struct DocumentationTests {
  @Test(arguments: PageExample.all)
  func printsWhatStandsBelow(_ example: PageExample) throws {
    #expect(example.slips.isEmpty)
    let run = try ScriptRun(
      Source(name: "stdin", example.program), try example.open(), format: example.format,
      show: example.isRun ? nil : "types", separator: "\n\n", options: example.options)
    if example.isRun { #expect(PageExample.tidy(run.lines) == example.output, "\(run.errors)") }
    let messages = run.errors.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(PageExample.tidy(messages.map(String.init)) == example.messages)
  }

  @Test func thereAreExamples() { #expect(PageExample.all.count > 100) }

  /// Each has a heading of its own with an example; where its row has one, it is that.
  @Test(arguments: Builtin.all.map { ($0.name, $0.example) })
  func everyBuiltinHasItsExample(_ row: (name: String, example: Builtin.Example?)) {
    let shown = PageExample.all.filter {
      $0.heading == row.name && ["Builtins.md", "Functions.md"].contains($0.page)
    }
    #expect(shown.contains { $0.program.contains(row.name) && !($0.output + $0.messages).isEmpty })
    guard let example = row.example else { return }
    #expect(
      shown.contains {
        $0.program == example.program && $0.output.joined(separator: "\n") == example.output
      }, "the example of its row is not shown")
  }

  @Test(arguments: Aggregation.all.map(\.name))
  func everyAggregationHasAnExample(_ name: String) {
    #expect(
      PageExample.all.contains {
        $0.page == "Maps.md" && $0.program.contains(" \(name)(") && !$0.output.isEmpty
      })
  }

  @Test func everySettingIsNamed() throws {
    let run = try ScriptRun(
      Source(name: "settings", "begin { print(config()); }"), try ScriptFileTests.open(nil))
    let page = PageExample.text(of: "Language.md")
    let names = run.output.matches(of: /\.([a-z_]+) =/).map { String($0.1) }
    #expect(names.count > 20)
    for name in names { #expect(page.contains("`\(name)`"), "\(name)") }
  }

  /// Pages are there, and the first one leads to each.
  @Test(arguments: PageExample.pages)
  func linksLeadSomewhere(_ page: String) {
    let text = PageExample.text(of: page)
    for link in text.matches(of: /<doc:([A-Za-z]+)>/) {
      #expect(PageExample.pages.contains("\(link.1).md"), "\(link.1)")
    }
    let name = page.dropLast(3)
    #expect(page == "MMQ.md" || PageExample.text(of: "MMQ.md").contains("- <doc:\(name)>"))
  }
}
