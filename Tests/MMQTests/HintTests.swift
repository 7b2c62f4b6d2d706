// What is said of slips that everyone makes: one message, at the wrong word, and what to write instead.

import MMQ
import MMQTestSupport
import Testing

@Suite struct HintTests {
  /// A script with the «place» of its only message, and the hint.
  static let names: [(text: String, hint: String)] = [
    ("made:tick { @[«number»] = count(); }", "did you mean args.number?"),
    ("made:tick { print(«numbr»); }", "did you mean args.number?"),
    ("made:* { print(«probee»); }", "did you mean 'probe'?"),
    ("made:value { print(args.mode & «WRITE»); }", "names of values are strings: \"WRITE\""),
    ("made:value /args.state == «busy»/ { print(1); }", "names of values are strings: \"busy\""),
    ("made:value /args.state == «load»/ { print(1); }", "a string needs quotes: \"load\""),
    ("made:tick /comm == «load»/ { print(1); }", "a string needs quotes: \"load\""),
    ("made:tick /«load» != comm/ { print(1); }", "a string needs quotes: \"load\""),
    ("made:tick /comm =~ «load»/ { print(1); }", "a string needs quotes: \"load\""),
    ("made:tick { print(«tgid»); }", "did you mean pid, the thread group?"),
    ("«tracepoint:tick» { print(1); }", "did you mean tracepoint:made:tick?"),
    (
      "made:value { print(«args.text» & \"hello\"); }",
      "strcontains(args.text, \"hello\") looks for its name"
    ),
  ]

  static let syntax: [(text: String, hint: String)] = [
    ("begin { if «(comm = \"load\")» { print(1); } }", "'==' compares"),
    ("begin { if «((pid = 3))» { print(1); } else { print(2); } }", "'==' compares"),
    ("made:tick { if (args.number «=» 3) { print(1); } }", "'==' compares"),
    ("made:tick { while args.number «=» 3 { print(1); } }", "'==' compares"),
    ("made:tick { print(if args.number «=» 3 { 1 } else { 2 }); }", "'==' compares"),
    ("made:tick if args.number «=» 3", "'==' compares"),
    ("made:tick /comm «=» \"load\"/ { print(1); }", "'==' compares"),
    ("made:tick /args.number > 3 «and» pid == 3/ { print(1); }", "it is written &&"),
    ("made:tick { if (args.number > 3 «or» pid == 3) { print(1); } }", "it is written ||"),
    (
      "made:tick /comm «~» \"x\"/ { print(1); }",
      "'=~' matches a pattern: comm =~ \"kswapd*\""
    ),
    ("made:tick /comm == «'load'»/ { print(1); }", "\"load\""),
    ("begin { @[«'load'»] = 1; print(@[\"load\"]); }", "\"load\""),
    (
      "made:tick «if» (comm == \"x\") { print(1); }",
      "the condition of a block stands between slashes: kmem:mm_page_alloc /args.order > 3/ { … }"
    ),
    (
      "begin { for ($i «=» 0; $i < 3; $i++) { print(1); } print(2); }",
      "for ($i : 0..3) { … } counts from 0 to 2; while (…) { … } repeats as long as a condition holds"
    ),
    (
      "begin { for (int i «=» 0; i < 3; i++) { print(i); } print(2); }",
      "for ($i : 0..3) { … } counts from 0 to 2; while (…) { … } repeats as long as a condition holds"
    ),
    (
      "begin { @[1] = 2; for ($k«,» $v : @) { print(1); } print(2); }",
      "for ($kv : @map) { … } runs over a map: $kv.0 is the key, $kv.1 the value"
    ),
  ]

  @Test(arguments: names.indices) func ofNames(_ index: Int) { expectHint(Self.names[index]) }

  @Test(arguments: syntax.indices) func ofSyntax(_ index: Int) { expectHint(Self.syntax[index]) }

  /// A record is a condition nowhere, but it can be compared.
  @Test func recordsAreNoSlips() {
    #expect(checked("begin { if (a = 1) == (a = 1) { print(1); } }").diagnostics.isEmpty)
    #expect(checked("begin { if (a = 1).a { print(1); } }").diagnostics.isEmpty)
  }

  private func expectHint(_ row: (text: String, hint: String)) {
    let marked = Marked(row.text)
    let found = Script(marked.source, for: MadeTarget.target).diagnostics
    let text = found.map { $0.rendered(in: marked.source) }.joined()
    #expect(found.map(\.span) == marked.spans && found.map(\.hint) == [row.hint], "\(text)")
  }
}
