// The page about the kernel's text lists each event whose text needs more than a recording has.

import Foundation
import MMQTestSupport
import MMQTrace
import Testing

@Suite struct EventTextPageTests {
  private static let mark =
    "<!-- events that need more than records hold; EventTextPageTests makes it -->\n\n"

  /// Reasons that any event may have: those of records, not of formats.
  private static let common: Set<String> = {
    let field = "\tfield:int x;\toffset:8;\tsize:4;\tsigned:1;\n"
    let text = "name: a\nID: 1\nformat:\n\(field)\nprint fmt: \"%d\", REC->x\n"
    let schema = try? FormatParser.parse(Array(text.utf8), system: "s", longSize: 8).get()
    return Set(schema.map { EventText($0, EventTextContext()).reasons } ?? [])
  }()

  /// A row for each reason, with its events.
  private func table(_ source: any TraceSource) -> String {
    var events: [String: [String]] = [:]
    for schema in source.schemas {
      for reason in EventText(schema, EventTextContext()).reasons
      where !Self.common.contains(reason) {
        events[reason, default: []].append("`\(schema.fullName)`")
      }
    }
    let rows = events.sorted { $0.key < $1.key }.map { reason, names in
      "| \(reason) | \(names.sorted().joined(separator: ", ")) |"
    }
    return (["| reason | events |", "|---|---|"] + rows).map { $0 + "\n" }.joined()
  }

  @Test(.enabled(if: Places.has("everything.dat", for: "EventTextPageTests")))
  func theTableIsUpToDate() throws {
    let source = try SourceFormat.open(path: try #require(Places.capture("everything.dat")))
    let page = try String(
      contentsOfFile: Places.package + "/Sources/MMQ/MMQ.docc/EventText.md", encoding: .utf8)
    let start = try #require(page.range(of: Self.mark)?.upperBound)
    let shown = page[start...].components(separatedBy: "\n\n")[0] + "\n"
    let made = table(source)
    #expect(made.contains("no value of vmemmap_base; `?` stands for it | `kmem:mm_page_alloc"))
    #expect(made.contains("jiffies_to_msecs(); `?` stands for its result | `jbd2:"))
    #expect(shown == made, "put this below the mark:\n\(made)END")
  }
}
