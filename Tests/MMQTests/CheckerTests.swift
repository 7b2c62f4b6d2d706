// Binding, type inference over the whole program, and conflicts.

import MMQ
import MMQLanguage
import MMQTestSupport
import MMQTrace
import Testing

@Suite struct CheckerTests {
  // MARK: Binding

  @Test(arguments: [
    ("begin", 1), ("END", 1), ("interval:s:5", 1), ("i:ms:10", 1), ("interval:us:1", 1),
    ("interval:hz:10", 1), ("interval:5s", 1), ("i:100ms", 1), ("INTERVAL:s:1", 1),
    ("tracepoint:made:tick", 1), ("t:made:tick", 1), ("TracePoint:made:tick", 1), ("made:tick", 1),
    ("made:*", 3), ("*:*", 3), ("t:*:t[io]ck", 2), ("tracepoint:made:t*", 2), ("m[a]de:tick", 1),
    ("made:gone?", 0), ("t:made:g*?", 0), ("begin, end, made:t*", 4),
  ])
  func attachPoints(_ points: String, _ count: Int) {
    let script = checked("\(points) { print(1); }")
    #expect(!script.hasErrors, "\(script.diagnostics)")
    #expect(script.probeCount == count)
  }

  @Test(arguments: [
    ("interval:s:0", "bad-interval"), ("interval:s", "bad-interval"), ("interval", "bad-interval"),
    ("interval:s:x", "bad-interval"), ("interval:d:1", "bad-interval"),
    ("interval:s:-1", "bad-interval"), ("interval:s:99999999999999", "bad-interval"),
    ("interval:hz:2000000000", "bad-interval"), ("interval:0", "bad-interval"),
    ("interval:s:1:2", "bad-interval"), ("i:s", "bad-interval"),
    ("made:gone", "unknown-event"), ("made:g*", "unknown-event"), ("a:b", "unknown-event"),
    ("tracepoint:made", "unknown-provider"), ("foo", "unknown-provider"),
    ("begin:x:y", "unknown-provider"), ("a:b:c", "unknown-provider"),
    ("kprobe:x", "unsupported-provider"), ("usdt:a:b", "unsupported-provider"),
    ("uprobe:/bin/sh:x", "unsupported-provider"), ("profile:hz:99", "unsupported-provider"),
    ("hardware:cache:1", "unsupported-provider"), ("KPROBE:x", "unsupported-provider"),
  ])
  func badAttachPoints(_ point: String, _ id: String) {
    let found = checked("\(point) { print(1); }").diagnostics
    #expect(found.first?.id == id, "\(found)")
  }

  @Test func aWildcardOverEventsThatLackAFieldIsOneError() {
    let script = checked("made:* { print(args.nope); }")
    #expect(script.diagnostics.count == 1)
    #expect(
      script.diagnostics.first?.message.hasSuffix("nor have 2 other events of this probe") == true)
    let some = checked("made:* { print(args.state); }").diagnostics
    #expect(some.count == 1 && some[0].message.hasPrefix("tracepoint made:tick has no field"))
  }

  /// The events that have the field assign to a map of which the others made nothing known.
  @Test func aMissingFieldOfSomeEventsIsTheOnlyMistake() {
    let messages = checked("made:* { @[args.state] = count(); @sum = sum(args.state); }")
      .diagnostics
    #expect(messages.map(\.id) == ["missing-field", "missing-field"])
  }

  @Test func twoPlacesAreTwoErrors() {
    expectCheck(
      "made:* { print(«args.nope»); print(«args.nope»); }", "missing-field", "missing-field")
  }

  @Test func aWildcardOverManyRealEvents() throws {
    let source = try SourceFormat.open(path: try #require(Places.capture("sched.dat")))
    let script = Script(
      Source(name: "test", "tracepoint:sched:* { print(args.nope); }"), for: Target(source))
    let events = Target(source).schemas.count { $0.system == "sched" }
    #expect(events > 5)
    #expect(script.diagnostics.map(\.id) == ["missing-field"])
    #expect(
      script.diagnostics.first?.message.contains("nor have \(events - 1) other events") == true)
  }

  @Test func stackRecordsAreNoEvents() throws {
    let source = try SourceFormat.open(path: try #require(Places.capture("sched.dat")))
    #expect(source.schemas.contains { $0.fullName == "ftrace:kernel_stack" })
    let script = Script(
      Source(name: "test", "ftrace:kernel_stack { print(1); }"), for: Target(source))
    #expect(script.diagnostics.map(\.id) == ["unknown-event"])
  }

  // MARK: Types

  @Test func typesFlowFromAnyBlockToAnyOther() {
    #expect(types("begin { print(@x); } end { @x = \"a\"; }") == ["@x: string"])
    #expect(types("begin { @y = @x; } end { @x = 1.5; }") == ["@x: float64", "@y: float64"])
    #expect(
      types("begin { @a = @b; @b = @c; } end { @c = (1, \"x\"); }")
        == ["@b: (int64, string)", "@a: (int64, string)", "@c: (int64, string)"])
  }

  @Test func widthsAndSignsWiden() {
    #expect(types("made:value { @x = args.u8; }") == ["@x: uint8"])
    #expect(types("made:value { @x = args.u8; @x = args.u16; }") == ["@x: uint16"])
    #expect(types("made:value { @x = args.u8; @x = args.s8; }") == ["@x: int16"])
    #expect(types("made:value { @x = args.s16; @x = args.u64; }") == ["@x: int64"])
    #expect(types("begin { @x = 0; } made:value { @x = 1.5; }") == ["@x: float64"])
    #expect(types("made:value { @x = args.address; }") == ["@x: pointer"])
    #expect(types("made:value { @x = args.address; @x = args.u8; }") == ["@x: uint64"])
    #expect(types("made:value { @x = args.flag; }") == ["@x: bool"])
    #expect(types("made:value { @x = args.flag; @x = args.s16; }") == ["@x: int16"])
  }

  @Test func resultsOfOperators() {
    #expect(types("made:value { @x = args.u8 + 1; }") == ["@x: uint64"])
    #expect(types("made:value { @x = args.u64 - args.u64; }") == ["@x: int64"])
    #expect(types("made:value { @x = args.u64 + args.s8; }") == ["@x: int64"])
    #expect(types("made:value { @x = args.u64 / 2; }") == ["@x: uint64"])
    #expect(types("made:value { @x = args.u8 << args.s8; }") == ["@x: uint64"])
    #expect(types("made:value { @x = args.u8 < args.s8; }") == ["@x: bool"])
    #expect(types("made:value { @x = !args.u8; }") == ["@x: bool"])
    #expect(types("made:value { @x = (uint16)args.s64; }") == ["@x: uint16"])
    #expect(types("made:value { @x = (float64)args.s64; }") == ["@x: float64"])
    #expect(types("made:value { @x = args.u8 ? \"a\" : \"b\"; }") == ["@x: string"])
    #expect(types("begin { @x = 1 + 1; @y = 0.5 + 1; }") == ["@x: int64", "@y: float64"])
  }

  @Test func namesStayWithTheirTable() {
    #expect(types("made:value { @x = args.state; }") == ["@x: int32 with names"])
    #expect(types("made:value { @x = args.state + 1; }") == ["@x: int64"])
    #expect(types("made:value { @x = args.mode & 1; }") == ["@x: uint64 with names"])
    #expect(types("made:value { @x = (int64)args.state; }") == ["@x: int64"])
    #expect(
      types("made:value { @x = args.state; } made:tock { @x = args.state; }") == ["@x: string"])
    #expect(types("made:*? { @x[probe] = 1; }") == ["@x: int64 by string"])
    #expect(
      types("made:value, made:tock { @x[args.state] = count(); }") == ["@x: count() by string"])
  }

  @Test func mapsOfAggregations() {
    #expect(
      types("made:value { @h[comm, args.u8] = hist(args.s8); @c = count(); @s = sum(1.5); }")
        == ["@h: hist() by (string, uint8)", "@c: count()", "@s: sum()"])
    #expect(types("begin { @c = count(); @x = @c + 1; }") == ["@c: count()", "@x: int64"])
    #expect(
      types("made:value { @s = sum(args.u8); @x = @s; }") == ["@s: sum()", "@x: uint64"])
  }

  // MARK: Conflicts

  @Test func conflictsShowBothPlaces() {
    expectCheck("begin { ‹@x› = 1; } end { @x = «\"a\"»; }", "map-conflict")
    expectCheck("begin { ‹@x› = count(); } end { @x = «sum(1)»; }", "map-conflict")
    expectCheck("begin { ‹@x› = count(); @x = «5»; }", "map-conflict")
    expectCheck("begin { ‹@x› = 5; @x = «count()»; }", "map-conflict")
    expectCheck("begin { ‹@x› = lhist(1, 0, 9, 1); @x = «lhist(1, 0, 9, 3)»; }", "map-conflict")
    expectCheck("begin { ‹@x› = hist(1); @x = «hist(1, 2)»; }", "map-conflict")
    expectCheck("begin { @x[‹1›] = 1; } end { @x[«\"a\"»] = 1; }", "key-conflict")
    expectCheck("begin { @x[‹(1, 2)›] = 1; @x[«(1, 2, 3)»] = 1; }", "key-conflict")
    expectCheck("begin { @x[‹1›] = 1; print(«@x» + 1); }", "key-needed")
    expectCheck("begin { ‹$a› = (1, 2); $a = «5»; }", "variable-conflict")
    expectCheck("begin { ‹@x› = 1; @x = «(1, 2)»; }", "map-conflict")
    expectCheck("begin { ‹@x› = \"a\"; «@x++»; }", "map-conflict")
  }

  @Test func allErrorsAreReportedAndGoodStatementsChecked() {
    expectCheck(
      """
      «kprobe:x» { print(1); }
      made:tick { print(«args.a»); $x = «y»; @z = 1; print(«$q»); print(@z); }
      begin { «foo»(1); print(«@w»); }
      """,
      "unsupported-provider", "missing-field", "unknown-name", "unknown-variable",
      "unknown-function", "unknown-map")
  }

  @Test func variablesLiveInTheirBlock() {
    expectCheck("begin { { $x = 1; } print(«$x»); }", "unknown-variable")
    expectCheck("begin { $x = 1; } end { print(«$x»); }", "unknown-variable")
    expectCheck("begin { { let $x = 1; } { let $x = \"a\"; print($x); } }")
    expectCheck("begin { if 1 { $y = 1; } else { $y = \"a\"; } }")
  }

  // MARK: Depth

  /// Each level is looked at twice at most, not once more than the level above.
  @Test(.timeLimit(.minutes(1)), arguments: [("(", " ? 1.0 : 2.0)"), ("@[", " + 1.0]")])
  func nestedFloatsTakeNoExponentialTime(_ open: String, _ close: String) {
    let nest = String(repeating: open, count: 60) + "1.0" + String(repeating: close, count: 60)
    let count = onLargeStack { checked("begin { @[1] = 0.5; print(\(nest)); }").diagnostics.count }
    #expect(count == (open == "(" ? 0 : 60))
  }

  /// As deep as the parser allows: the checker and the compiler follow.
  @Test(arguments: [
    String(repeating: "(", count: 190) + "1" + String(repeating: ")", count: 190),
    String(repeating: "~", count: 190) + "1", "1" + String(repeating: " + 1", count: 390),
    "1.5" + String(repeating: " + 1.5", count: 390),
    String(repeating: "1 ? 2 : ", count: 190) + "3",
  ])
  func whatTheParserAllowsCompiles(_ expression: String) {
    let problems = onLargeStack {
      let script = checked("begin { print(\(expression)); }")
      let listing = try? script.disassembly()
      return script.diagnostics.map(\.id) + (listing == nil ? ["no code"] : [])
    }
    #expect(problems.isEmpty)
  }
}
