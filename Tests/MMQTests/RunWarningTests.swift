// Sentences with counts, and what is known of how a program uses its maps.

import MMQLanguage
import MMQTestSupport
import MMQTrace
import Testing

@testable import MMQ

@Suite struct RunWarningTests {
  private func rows(_ count: UInt64) -> RunWarning {
    "WARNING: \(count: count) \(count, one: "row was", many: "rows were") read \(times: count)"
      + " at \("place")"
  }

  @Test func countsAreWritten() {
    #expect(rows(1).sentence == "WARNING: 1 row was read once at place")
    #expect(rows(7).sentence == "WARNING: 7 rows were read 7 times at place")
    #expect(RunWarning("a \(2)").sentence == "a 2")
  }

  @Test func sentencesThatDifferInCountsOnlyAreOne() {
    var all = [rows(1), "other \(count: 3)"]
    all.add([rows(2), "new", "other \(count: 4)"])
    #expect(
      all.map(\.sentence)
        == ["WARNING: 3 rows were read 3 times at place", "other 7", "new"])
    all.add(["new"])
    #expect(all.count == 3)
  }

  @Test func filesKeepThem() throws {
    var writer = StateWriter()
    rows(300).write(to: &writer)
    var reader = StateReader(writer.bytes)
    let read = try RunWarning(from: &reader)
    #expect(read == rows(300))
    #expect(throws: Never.self) { try reader.expectEnd() }
  }

  // MARK: Numbers in files

  @Test func numbersComeBack() throws {
    let numbers: [UInt64] = [0, 1, 127, 128, 1 << 32, .max - 1, .max]
    var writer = StateWriter()
    writer.list(numbers) { $0.number($1) }
    writer.signed(-5)
    writer.fixed(.max - 9)
    var reader = StateReader(writer.bytes)
    let read = try reader.list { reader throws(StateError) in try reader.number() }
    #expect(read == numbers)
    let signed = try reader.signed()
    let fixed = try reader.fixed()
    #expect(signed == -5 && fixed == .max - 9)
  }

  // MARK: Use of maps

  private func names(
    _ text: String, _ maps: KeyPath<MapUse, Set<Int>>
  ) throws -> Set<String> {
    let script = checked(text)
    try #require(!script.hasErrors, "\(script.diagnostics.map(\.message))")
    let use = MapUse(script.program, script.text)
    return Set(use[keyPath: maps].map { script.program.maps[$0].name })
  }

  @Test(arguments: [
    ("made:tock { @a++; @b[comm] += args.number; @c -= 1; }", ["a", "b", "c"]),
    ("made:tock { @a = @a + 1; @b[tid] = 2 + @b[tid]; @c = @a - @c; }", ["a", "b"]),
    ("made:tock { @a++; @b[tid] = @b[cpu] + 1; } begin { @a = 0; @b[1] = 0; }", ["a"]),
    ("made:tock { @a++; if (@a > 5) { @a = 0; } @c = 1; @d = count(); }", []),
    ("made:tock { @a += 1.5; @t = (1, 2); }", ["a"]),
  ]) func whatIsOnlyAddedTo(_ text: String, _ added: [String]) throws {
    #expect(try names(text, \.added) == Set(added))
  }

  @Test(arguments: [
    ("made:tock { @s[tid] = nsecs; @w = hist(nsecs - @s[tid]); }", ["s"]),
    ("made:tock { @w = hist(nsecs - @s[tid]); @s[tid] = nsecs; }", ["s"]),
    ("made:tock { @[nsecs / 1000] = count(); @t = tseries(tid, 1s, 9); }", ["", "t"]),
    ("made:tock { $t = nsecs; @a = $t; @b = @a; @c = @b - @a; @d = nsecs > 5; }", ["a", "b"]),
    ("made:tock { $d = nsecs - @s; @s = nsecs; @e = nsecs - $d; @f = $d; }", ["s", "e"]),
    (
      "made:tock { @s = (1, nsecs); } end { for ($kv : @x) { @y = $kv; } @x[1] = nsecs; }",
      ["s", "x", "y"]
    ),
    (
      "made:tock { @s[tid] = (comm, nsecs); $p = @s[tid]; @c[$p.0] = hist(nsecs - $p.1); } "
        + "end { for ($kv : @s) { @n[$kv.1.0] = count(); @t[$kv.1.1] = 1; } }",
      ["s", "t"]
    ),
    ("made:tock { @n = count(); @e = max(elapsed); }", []),
  ]) func whatHoldsTimes(_ text: String, _ timed: [String]) throws {
    #expect(try names(text, \.timed) == Set(timed))
  }
}
