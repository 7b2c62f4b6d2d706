// The words that completion offers.

import MMQ
import MMQLanguage
import MMQTestSupport
import MMQTrace
import Testing

@Suite struct CompletionTests {
  private static let reclaim = Places.package + "/Examples/traces/reclaim.dat"

  /// At the end of a text.
  private func completion(_ text: String, isPrompt: Bool = false) throws -> Completion {
    var target = Target(try TraceDat(path: CompletionTests.reclaim))
    target.keptMaps = [MapShape(name: "rare", key: .string, content: .plain(.int64))]
    return Completion(of: text, at: text.utf8.count, for: target, isPrompt: isPrompt)
  }

  private func words(_ text: String, isPrompt: Bool = false) throws -> [String] {
    try completion(text, isPrompt: isPrompt).candidates.map(\.text)
  }

  @Test func systemsThenEvents() throws {
    #expect(try words("km") == ["kmem:"])
    let events = try completion("kmem:mm_page_al").candidates
    #expect(events.map(\.text) == ["kmem:mm_page_alloc", "kmem:mm_page_alloc_extfrag"])
    #expect(events[0].type == "4 fields")
    #expect(events[0].help == "pfn, order, gfp_flags, migratetype")
    #expect(try words("tracepoint:km") == ["tracepoint:kmem:"])
    #expect(try words("interval:m") == ["interval:ms:"])
  }

  @Test func fieldsWithTheirTypes() throws {
    let fields = try completion("compaction:mm_compaction_end { @[args.st").candidates
    #expect(fields.count == 1)
    #expect(fields[0].text == "status" && fields[0].type == "int")
    #expect(fields[0].help.hasPrefix("skipped, deferred, "))
    let all = try words("compaction:mm_compaction_end, kmem:mm_page_free { print(args.")
    #expect(all.contains("status") && all.contains("pfn"))
  }

  @Test func namesOfTheFieldsValues() throws {
    let text = "compaction:mm_compaction_end /args.status == \"succ"
    let names = try completion(text)
    #expect(names.candidates.map(\.text) == ["success"])
    #expect(names.span == Span(text.utf8.count - 4, text.utf8.count))
    #expect(
      try words("kmem:mm_page_alloc /args.gfp_flags & \"GFP_KERNEL|__GFP_ZE").first == "__GFP_ZERO")
  }

  @Test func functionsWithTheirSignatures() throws {
    let found = try completion("kmem:mm_page_alloc { strf").candidates
    #expect(found.map(\.text) == ["strftime("])
    #expect(found[0].type == "strftime(\"format\", ns) -> string" && !found[0].help.isEmpty)
    #expect(try words("kmem:mm_page_alloc { @ = co").contains("count("))
    #expect(try words("kmem:mm_page_alloc { @[com") == ["comm"])
    #expect(try words("kmem:mm_page_alloc { @[arg") == ["args."])
  }

  @Test func mapsOfEarlierRunsAndOfTheText() throws {
    let maps = try completion("kmem:mm_page_alloc { @rest = 1; @r").candidates
    #expect(maps.map(\.text) == ["@rare", "@rest"])
    #expect(maps[0].type == "int64 by string")
    #expect(try words("begin { $abc = 1; print($a") == ["$abc"])
  }

  @Test func statementsAtAPrompt() throws {
    let words = try words("k", isPrompt: true)
    #expect(words.contains("kmem:") && words.contains("ksym("))
    #expect(try self.words("@ra", isPrompt: true) == ["@rare"])
  }
}
