// Which programs may see records out of their order, and what is said of the others.

import MMQ
import Testing

@Suite struct OrderAnalysisTests {
  private static func reasons(_ text: String) -> [String] {
    let script = checked(text)
    #expect(!script.hasErrors, "\(script.diagnostics.map(\.message))")
    return script.plan().probes.flatMap { $0.period == nil ? $0.orderReasons : [] }
  }

  @Test(arguments: [
    "tick { @[args.number] = count(); }", "tick { @n++; ++@n; --@n; @n = @n + 1; }",
    "tick { @[tid] += args.number; @[tid] -= 2; }", "tick { @[args.number % 3, cpu]--; }",
    "tick { if (args.number > 3) { @n++; } } end { @n = 7; } interval:s:1 { print(@n); clear(@n); }",
    "begin { @n = 5; } tick { @n += args.number; }", "tick { $a = args.number; $a++; @n += $a; }",
    // The key is asked for once.
    "tick { $k = args.number; @n[$k++] += 1; }",
  ])
  func sumsCommute(_ text: String) {
    #expect(Self.reasons(Self.full(text)) == [])
  }

  @Test(arguments: [
    ("tick { @n = args.number; }", "it assigns @n"),
    ("tick { @n[tid] = @n[cpu] + 1; }", "it assigns @n"),
    ("tick { if (@n++ == 4) { @ = count(); } }", "it changes @n"),
    ("tick { @n++; } tock { @m = max(@n); }", "it reads @n"),
    ("tick { @m++; @n += @m; }", "it reads @m"),
    ("tick { @n += 0.5; }", "it changes @n"), ("tick { @[@n++]++; }", "it changes @n"),
    ("let @a = hash(5); tick { @a[tid]++; }", "which keys a bounded map keeps"),
    ("tick { @n[1] += @n[2]; }", "it reads @n"),
    ("tick { @n = (uint64)(uint32)(@n + args.number); }", "it assigns @n"),
    ("tick { @n = (int64)(uint8)(@n + 7); }", "it assigns @n"),
    ("tick { @n = (int64)(uint8)@n + 7; }", "it assigns @n"),
    ("tick { @n = (int64)!@n + 1; }", "it assigns @n"),
    ("tick { @n = (int64)((float64)@n - 0.7); }", "it assigns @n"),
    ("tick { $k = 1; @n[$k] += { $k = args.number; 1 }; }", "it assigns @n"),
  ])
  func whatElseChangesMapsDoesNot(_ text: String, _ reason: String) {
    let reasons = Self.reasons(Self.full(text))
    #expect(reasons.contains { $0.contains(reason) }, "\(reasons)")
  }

  private static func full(_ text: String) -> String {
    text.replacing("tick {", with: "t:made:tick {").replacing("tock {", with: "t:made:tock {")
  }
}
