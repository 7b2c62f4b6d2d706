// Every message of the checker, at its place.

import Foundation
import MMQ
import MMQLanguage
import MMQTestSupport
import Testing

@Suite struct CheckerMessageTests {
  /// Each map is assigned from the next one, of which the type is known last.
  static let chain =
    "«begin { " + (0..<320).map { "@a\($0) = @a\($0 + 1); " }.joined() + "@a320 = 1; }»"

  static let cases: [(id: String, text: String)] = [
    ("aggregation-not-assigned", "begin { «count»(); }"),
    ("args-alone", "made:tick { $x = «args»; }"),
    ("argument-count", "begin { «exit(1, 2)»; }"),
    ("bad-argument", "begin { @h = «lhist(1, 5, 5, 1)»; }"),
    ("bad-cast", "begin { print(«(int32)(1, 2)»); }"),
    ("bad-interval", "«interval:s:0» { print(1); }"),
    ("bad-setting", "config = { «missing_probes = 5» } begin { print(1); }"),
    ("bad-word", "begin { @x = tseries(1, 1s, 5, «\"median\"»); }"),
    ("branch-conflict", "begin { print(1 ? ‹1› : «\"a\"»); }"),
    ("float-key", "begin { @x[«1.5»] = 1; }"),
    ("float-operand", "begin { print(«1.5 % 2»); }"),
    ("incomparable", "begin { print(«\"a\" < 1»); }"),
    ("key-conflict", "begin { @x[‹1›] = 1; @x[«\"a\"»] = 2; }"),
    ("key-needed", "begin { @x[‹1›] = 1; «@x» = 2; }"),
    ("map-conflict", "begin { ‹@x› = 1; @x = «\"a\"»; }"),
    ("memory-pointer", "made:value { print(str(«args.address»)); }"),
    ("missing-field", "made:tick { print(«args.nope»); }"),
    ("needs-map", "begin { clear(«1»); }"),
    ("no-key-needed", "begin { ‹@x› = 1; «@x[1]» = 2; }"),
    ("integer-average", "begin { @a[1] = avg(5); printf(\"%.2f\", «@a[1]»); }"),
    (
      "integer-quotient",
      "begin { $a = 5; $b = 2; $r = $a / $b; printf(\"%.2f\", «$r»); }"
    ),
    ("doubtful-argument", "begin { @q = «quantile(1, 0.5, 0.99)»; }"),
    ("double-member", "begin { $r = «(a = 1, a = 2)»; }"),
    ("loop-needs-keys", "begin { @x = 1; for ($k : «@x») { print($k); } }"),
    ("unreachable", "begin { exit(); «print(1)»; }"),
    ("unroll-count", "begin { unroll «(101)» { print(1); } }"),
    ("unknown-map-kind", "«let @a = hsh(5);» begin { @a[1] = 2; }"),
    ("needs-field", "made:value { print(«has_field(1)»); }"),
    ("unknown-signal", "«self:signal:SIGHUP» { print(1); }"),
    ("unknown-symbol", "made:value /args.state == «\"buzy\"»/ { print(1); }"),
    ("no-member", "begin { $t = (1, 2); print($t.«5»); }"),
    ("no-vmstat", "begin { print(«vmstat(\"pgfault\")»); }"),
    ("no-value", "begin { @y = 1; $x = «clear(@y)»; }"),
    ("not-constant", "begin { $n = 5; @h = hist(1, «$n»); }"),
    ("not-indexable", "begin { $x = 1; print(«$x[0]»); }"),
    ("not-in-event", "begin { print(«args.x»); }"),
    ("not-literal", "begin { $f = \"a\"; printf(«$f»); }"),
    ("not-whole", "begin { @h = hist(1, «1.5»); }"),
    ("not-readable", "begin { @h = hist(1); print(«@h» + 1); }"),
    ("outside-loop", "begin { «break»; }"),
    ("printf-conversion", "begin { printf(«\"%y\\n\"», 3); }"),
    ("printf-count", "begin { «printf(\"%d\")»; }"),
    ("printf-type", "begin { printf(\"%d\", «\"a\"»); }"),
    ("unknown-event", "«made:tik» { print(1); }"),
    ("unknown-here", "made:tick { print(«uid»); }"),
    ("unknown-function", "begin { «prnt»(1); }"),
    ("unknown-map", "begin { print(«@nope»); }"),
    ("unknown-name", "begin { print(«com»); }"),
    ("unknown-provider", "«begn» { print(1); }"),
    ("unknown-setting", "config = { «max_loop = 5» } begin { print(1); }"),
    ("unknown-symbol", "begin { print(«kaddr(\"nothing\")»); }"),
    ("unknown-type", "begin { let $x: «foo» = 1; }"),
    ("unknown-variable", "begin { print(«$x»); }"),
    ("reads-files", "begin { «cat(\"/etc/passwd\")»; }"),
    ("unsafe", "begin { «system(\"true\")»; }"),
    ("unsupported-provider", "«kprobe:vfs_read» { print(1); }"),
    ("unused-value", "begin { «1 + 1»; }"),
    ("variable-conflict", "begin { ‹$x› = 1; $x = «\"a\"»; }"),
    ("wrong-type", "begin { print(«\"a\"» * 2); }"),
    ("declared-twice", "let @a = hash(2); «let @a = hash(3);» begin { @a[1] = 1; }"),
    ("literal-range", "begin { let $x: int8 = «200»; }"),
    ("live-only", "«self:signal:SIGUSR1» { print(1); }"),
    ("needs-variable", "begin { @x[1] = 1; find(@x, 1, «2»); }"),
    ("no-enum-case", "enum E { A, B } begin { print(«(enum E)7»); }"),
    ("out-of-bounds", "made:value { print(args.pair[«2»]); }"),
    ("scalar-declared", "«let @a = hash(2);» begin { ‹@a› = 1; }"),
    (
      "too-many-parts",
      "begin { $t = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17); "
        + "$u = ($t, $t, $t, $t, $t, $t, $t, $t); $v = «($u, $u, $u, $u, $u, $u, $u, $u)»; }"
    ),
    ("needs-block", "begin { print(1); } «end»"),
    ("types-do-not-settle", chain),
    ("type-alone", "begin { print(«typeof(1)»); }"),
    ("unsupported-name", "made:value { print(«curtask»); }"),
    ("variable-declared", "begin { ‹$x› = 1; «let $x = 2»; }"),
  ]

  @Test func whatTheEnvironmentCannotSetIsSaid() {
    var parameters = ScriptParameters()
    parameters.settings = ["max_map_keys": "x", "pager": "less"]
    let script = Script(
      Source(name: "test", "begin { print(1); }"), for: MadeTarget.target, parameters: parameters)
    #expect(script.diagnostics.map(\.id) == ["bad-environment"])
    #expect(!script.hasErrors)
  }

  /// Over the events of OddTrace.
  static let oddCases: [(id: String, text: String)] = [
    ("any-of-several-bits", "odd:tables { if «(args.bits & \"BC\")» { print(1); } }"),
    ("unreadable-field", "odd:arrays { print(«args.whole»); }"),
    ("unresolved-names", "odd:tables { print(«args.unresolved»); }"),
  ]

  @Test(arguments: oddCases.indices)
  func eachMessageOfOddEventsHasItsPlace(_ index: Int) {
    let (id, text) = Self.oddCases[index]
    expectCheck(text, id, target: MadeTarget.odd)
  }

  /// Over two recordings of different kernels.
  static let severalCases: [(id: String, text: String)] = [
    ("event-missing-in", "«made:tick» { print(1); }"),
    ("several-addresses", "begin { @ = «kaddr(\"_text\")»; }"),
  ]

  @Test(arguments: severalCases.indices)
  func eachMessageOfSeveralRecordingsHasItsPlace(_ index: Int) {
    let (id, text) = Self.severalCases[index]
    expectCheck(text, id, target: MadeTarget.several)
  }

  @Test(arguments: cases.indices)
  func eachMessageHasItsPlace(_ index: Int) {
    let (id, text) = Self.cases[index]
    expectCheck(text, id)
  }

  /// A message that nobody tests is a message that nobody has seen.
  @Test func everyMessageIsTested() throws {
    let sources = Places.package + "/Sources/MMQ/"
    var ids: Set<String> = []
    let walker = FileManager.default.enumerator(atPath: sources)
    for case let name as String in walker ?? .init() where name.hasSuffix(".swift") {
      let text = try String(contentsOfFile: sources + name, encoding: .utf8)
      ids.formUnion(text.matches(of: /\.(?:error|warning), "([a-z-]+)"/).map { String($0.1) })
    }
    #expect(ids.count > 30)
    let tested = Set(
      (Self.cases + Self.oddCases + Self.severalCases).map(\.id) + [
        "bad-environment", "feeds-itself",
      ])
    #expect(ids.subtracting(tested).isEmpty, "without a test")
    #expect(tested.subtracting(ids).isEmpty, "of messages that are gone")
  }

  @Test func warningsDoNotStopAScript() {
    let warnings = ["float-key", "integer-average", "integer-quotient", "unused-value"]
    for (id, text) in Self.cases where warnings.contains(id) {
      #expect(!checked(Marked(text).source.text(of: Span(0, .max))).hasErrors)
    }
    let optional = checked("config = { missing_probes = warn } made:tik { print(1); }")
    #expect(optional.diagnostics.map(\.severity) == [.warning])
  }

  @Test func hintsNameTheNearest() {
    let hints = [
      ("made:tik { print(1); }", "did you mean made:tick?"),
      ("begin { prnt(1); }", "did you mean print()?"),
      ("begin { @x = cuont(); }", "did you mean count()?"),
      ("begin { @abc = 1; print(@abd); }", "did you mean @abc?"),
      ("begin { print(nsec); }", "did you mean 'nsecs'?"),
      ("begin { $lat = 1; print($lta); }", "did you mean $lat?"),
      ("begin { let $x: int3 = 1; }", "did you mean int?"),
      ("trcepoint:made:tick { print(1); }", "did you mean tracepoint?"),
      ("made:tick { print(args.nmber); }", "it has number; did you mean 'number'?"),
      ("config = { missing_probe = warn } begin { print(1); }", "did you mean missing_probes?"),
      ("kprobe:x { print(1); }", "use a tracepoint of the same subsystem"),
    ]
    for (text, hint) in hints {
      let found = checked(text).diagnostics.compactMap(\.hint)
      #expect(found.count == 1 && found[0].contains(hint), "\(found)")
    }
  }

  @Test func messagesNameTheKernel() {
    let missing = checked("made:tick { print(args.nope); }").diagnostics.first
    #expect(
      missing?.message == "tracepoint made:tick has no field 'nope' on this kernel (6.1)")
    #expect(missing?.hint == "it has number; guard newer fields with has_field(args.nope)")
    #expect(
      checked("made:gone { print(1); }").diagnostics.first?.message
        == "there is no tracepoint made:gone on this kernel (6.1)")
  }
}
