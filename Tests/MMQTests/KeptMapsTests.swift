// Maps that outlive their run.

import MMQ
import MMQLanguage
import MMQTestSupport
import MMQTrace
import Testing

@Suite struct KeptMapsTests {
  /// Questions in a row, each with the maps of those before it; what the last one prints.
  private func ask(_ questions: String...) throws -> String {
    let source = try TraceDat(path: Places.package + "/Examples/traces/reclaim.dat")
    var maps = KeptMaps()
    var output: [UInt8] = []
    for question in questions {
      output = []
      var target = Target(source)
      target.keptMaps = maps.shapes
      let script = Script(question: Source(name: "test", question), for: target)
      if script.hasErrors {
        return script.diagnostics.map { "\($0.id): \($0.message)" }.joined(separator: "\n")
      }
      let sink = TextRenderer(separator: "") { output += $0 }
      let session = try Session(script, source, sink: sink)
      session.use(maps)
      _ = try session.start()
      maps.take(from: session)
    }
    return String(decoding: output, as: UTF8.self)
  }

  private static let orders = "kmem:mm_page_alloc { @x[args.order] = count() }"

  @Test func theNextQuestionReadsThem() throws {
    #expect(try ask(KeptMapsTests.orders, "@x[3]") == "5\n")
    #expect(try ask(KeptMapsTests.orders, "print(@x, 1)") == "@x[0]: 336898\n")
    #expect(try ask(KeptMapsTests.orders, "1", "len(@x)") == "4\n")
    #expect(
      try ask(KeptMapsTests.orders, "for ($kv : @x) { @sum += $kv.1 }") == "@sum: 337072\n")
    #expect(
      try ask(
        KeptMapsTests.orders,
        "kmem:mm_page_alloc /@x[args.order] < 100/ { @y[args.order] = count() }")
        == "@y[2]: 3\n@y[3]: 5\n")
  }

  @Test func whatIsAssignedStartsAnew() throws {
    #expect(try ask("@n = 5", "@n++").contains("@n: 1"))
    #expect(try ask(KeptMapsTests.orders, "@x[\"a\"] = 2", "@x[\"a\"]") == "2\n")
  }

  @Test func whatIsChangedStaysChanged() throws {
    #expect(try ask(KeptMapsTests.orders, "delete(@x, 0)", "len(@x)") == "3\n")
    #expect(try ask(KeptMapsTests.orders, "clear(@x)", "len(@x)") == "0\n")
  }

  @Test func keysOfAllKinds() throws {
    let names = "compaction:mm_compaction_end { @s[args.status, comm] = count() }"
    #expect(try ask(names, "has_key(@s, (\"success\", \"kcompactd0\"))") == "true\n")
    #expect(try ask("@t[\"a\", (1, \"b\")] = \"c\"", "@t[\"a\", (1, \"b\")]") == "c\n")
    #expect(try ask("@u = \"text\"", "@u") == "@u: text\n")
    #expect(try ask("@f = 1.5", "@f * 2").hasPrefix("3"))
  }

  @Test func aggregationsOfAllKinds() throws {
    for call in [
      "hist(args.order)", "stats(args.pfn)", "lhist(args.order, 0, 4, 1)", "max(args.pfn)",
      "avg(args.pfn)", "quantile(args.pfn, 50, 99)", "tseries(args.order, 1s, 10)",
    ] {
      let first = "kmem:mm_page_alloc { @a[comm] = \(call) }"
      let whole = try ask(first)
      #expect(whole.contains("@a["), "\(whole)")
      #expect(try ask(first, "print(@a)") == whole, "\(call)")
    }
  }

  @Test func mistakesAreSaid() throws {
    #expect(try ask(KeptMapsTests.orders, "@x[\"a\"]").hasPrefix("key-conflict"))
    #expect(try ask(KeptMapsTests.orders, "@z[1]").hasPrefix("unknown-map"))
    #expect(try ask("@n = 5", "@n[1]").hasPrefix("no-key-needed"))
  }
}
