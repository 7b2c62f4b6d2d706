// What a block asks for again is kept in a register. The slow twin reads everything each time.

import MMQLanguage
import MMQTestSupport
import MMQTrace
import Testing

@testable import MMQ

@Suite struct KnownValuesTests {
  private static func result(_ text: String, reusesValues: Bool) throws -> String {
    let source = try TraceDat(path: try #require(Places.capture("slab.dat")))
    let script = Script(Source(name: "known", text), for: Target(source))
    let problems = script.diagnostics.map { $0.rendered(in: script.text) }.joined()
    try #require(!script.hasErrors, "\(text)\n\(problems)")
    var options = RunOptions()
    options.reusesValues = reusesValues
    var bytes: [UInt8] = []
    let session = try Session(
      script, source, sink: TextRenderer { bytes += Array($0) }, options: options)
    let outcome = try session.start()
    return String(decoding: bytes, as: UTF8.self) + outcome.warnings.joined(separator: "\n")
  }

  private static func expectEqual(_ text: String) throws {
    let (fast, slow) = (
      try result(text, reusesValues: true), try result(text, reusesValues: false)
    )
    #expect(fast == slow, "\(text)")
    #expect(fast.contains("@"), "prints nothing: \(text)")
  }

  private static let event = "kmem:mm_page_alloc "

  /// Writes between two reads, on some ways only, in loops, in operands.
  @Test(arguments: [
    "{ $a = @x; @x = args.pfn; @y = sum(@x - $a); }",
    "{ @y = sum(@x + { @x = args.pfn; @x }); }",
    "{ @y = sum(@x++ + @x++ * 2 + @x); }",
    "/ @x > 3 || @x++ % 2 == 0 / { @y = sum(@x); @x++; }",
    "/ (args.order > 0 || @t[args.pfn] > 0) || @x++ > 5 / { @y = sum(@t[args.pfn]); } "
      + "kmem:mm_page_free { @t[args.pfn] = 7; }",
    "{ if (args.order > 0) { @x = @x + args.pfn; } else { $z = @x; } @y = sum(@x); }",
    "{ if (@x++ > 5 && @x < 100) { @z = @x; } else { @w = @x; } @y = sum(@x); }",
    "{ $i = 0; while ($i < 3) { @y = sum(@x); @x = @x + $i; $i++; } @z = sum(@x); }",
    "{ for ($i : 0..3) { if ($i == 1) { continue; } @y = sum(@x + args.pfn); @x++; } @z = sum(@x); }",
    "{ @t[args.order] = @t[args.order] + 1; delete(@t, args.order); @y = sum(@t[args.order]); }",
    "{ @x++; $a = @x; clear(@x); @y = sum($a * 10 + @x); @x = args.order; }",
    "{ @t[comm, tid] = 1; @x = (comm == \"dd\" ? strlen(comm) : 0); @y = sum(@t[comm, tid] + @x); }",
    "{ $a = args.order > 0 ? @t[args.order] : 5; @t[args.order]++; @y = sum($a + @t[args.order]); }",
    "{ @b = args.order; $x = @a[@b]; @b = 1; @y = sum($x + @a[@b]); @a[args.order]++; }",
    "{ @b = args.order; $x = @a[@b, @z]; @z++; @y = sum($x + @a[@b, @z]); @a[@b, @z]++; }",
    "{ @i++; $k = @i % 2; while ($k == 0 && comm != \"\") { $k = 1; } @c[comm] = count(); }",
    "{ @i++; $k = @i % 2; while ($k == 0 && @x < 9) { $k = 1; @x++; } @y = sum(@x); }",
    "{ @c[args.order] = count(); if (@c[args.order] > 5) { @y = sum((int64)@c[args.order]); } }",
  ]) func writesBetweenReads(_ block: String) throws {
    try Self.expectEqual(Self.event + block)
  }

  @Test func repeatedReadsAreDoneOnce() throws {
    let source = try TraceDat(path: try #require(Places.capture("slab.dat")))
    let text = Self.event + "/ @t[args.pfn] / { @y = sum(nsecs - @t[args.pfn]); @t[args.pfn] = 0; }"
    let script = Script(Source(name: "known", text), for: Target(source))
    let loads = [false, true].map { reuses in
      let code = try? Compiler.compile(
        script.program, script.target, StringPool(), reusesValues: reuses
      ).get()
      return code?.instructions.filter { $0.opcode == .mapLoad || $0.opcode == .load64 }.count
    }
    #expect(loads == [5, 2])
  }

  @Test func randomPrograms() throws {
    var maker = ProgramMaker(random: SeededRandom(seed: 7))
    for _ in 0..<40 { try Self.expectEqual(maker.program()) }
  }
}
