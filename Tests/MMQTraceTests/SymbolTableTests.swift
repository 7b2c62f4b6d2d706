// Symbolic tables: which fields get one, and names to values and back.

import Foundation
import MMQTrace
import Testing

/// The table of the field `a`, which is declared as `type`.
private func table(
  _ print: String, _ type: String = "unsigned long", size: Int = 8, signed: Int = 0,
  longSize: Int = 8
) throws -> SymbolTable? {
  let text = formatText(
    fields: [
      "\(type) a;\toffset:8;\tsize:\(size);\tsigned:\(signed);",
      "int b;\toffset:16;\tsize:4;\tsigned:1;",
      "int c[2];\toffset:20;\tsize:8;\tsigned:1;",
    ], print: "\"%s\", \(print)")
  return try parsedSchema(text, longSize: longSize).symbols["a"]
}

private func fixture(_ path: String) throws -> EventSchema {
  let text = try #require(
    wholeFile(FormatPlaces.formatFixtures.appendingPathComponent("\(path)/format")))
  return try FormatParser.parse(text, system: "x", longSize: 8).get()
}

private let pair = #"{1, "one"}, {2, "two"}"#

@Suite struct SymbolTableTests {
  @Test func gfpFlagsOfLinux61() throws {
    let gfp = try #require(try fixture("6.1/kmem/mm_page_alloc").symbols["gfp_flags"])
    #expect(gfp.kind == .flags(delimiter: "|"))
    #expect(gfp.entries.count == 36)
    #expect(gfp.unresolved.isEmpty)
    #expect(gfp.name(of: 0xcc0) == "GFP_KERNEL")
    #expect(gfp.name(of: 0xdc0) == "GFP_KERNEL|__GFP_ZERO")
    #expect(gfp.name(of: 0) == "none")
    #expect(gfp.name(of: 0xcc0 | 1 << 40) == "GFP_KERNEL|0x10000000000")
    #expect(gfp.value(named: "GFP_KERNEL|__GFP_ZERO") == 0xdc0)
    #expect(gfp.value(named: "none") == 0)
    #expect(gfp.value(named: "GFP_KERNEL|GFP_NONSENSE") == nil)
    #expect(gfp.names.last == "none")
    #expect(try fixture("6.1/kmem/kmalloc").symbols["gfp_flags"] == gfp)
  }

  @Test func tablesOfTheFixtures() throws {
    let state = try #require(try fixture("6.1/sched/sched_switch").symbols["prev_state"])
    #expect(state.mask == 0xff)
    #expect([0, 1, 2, 0x100, 0x102].map { state.name(of: $0) } == ["R", "S", "D", "R", "D"])
    let end = try #require(try fixture("6.1/compaction/mm_compaction_end").symbols["status"])
    #expect(end.value(named: "contended") == 7)
    #expect(end.name(of: 99) == "0x63")
    let reason = try #require(try fixture("6.1/vmscan/mm_vmscan_throttled").symbols["reason"])
    #expect(reason.entries.map(\.value) == [1, 2, 4, 8])
    #expect(reason.name(of: 0) == "VMSCAN_THROTTLE_NONE")
    let inode = try #require(
      try fixture("6.18/writeback/writeback_sb_inodes_requeue").symbols["state"])
    #expect(inode.entries.isEmpty)
    #expect(inode.unresolved.contains("I_DIRTY_SYNC"))
    #expect(inode.name(of: 3) == "0x3")
    // Two tables for one field, by its severity.
    #expect(try fixture("6.1/ras/aer_event").symbols["status"] == nil)
  }

  @Test func onlyTheFieldItselfOrMasked() throws {
    for value in ["REC->a", "(REC->a)", "(unsigned long)REC->a", "((u64)(REC->a))"] {
      let found = try #require(try table("__print_symbolic(\(value), \(pair))"))
      #expect(found.mask == nil)
    }
    for value in ["REC->a & 3", "3 & REC->a", "(int)(REC->a) & 3", "REC->a & 7 & ~4"] {
      #expect(try table("__print_symbolic(\(value), \(pair))")?.mask == 3)
    }
    for value in [
      "REC->a >> 8", "REC->a + 1", "REC->a & REC->b", "REC->a & UNKNOWN", "1 << REC->a", "2ULL",
      "REC->a ? REC->a : 0", "(unknown_t)REC->a", "REC->c[0]", "REC->c", "REC->nothing",
    ] {
      #expect(try table("__print_symbolic(\(value), \(pair))") == nil)
    }
  }

  @Test func zeroNames() throws {
    let call = "__print_flags(REC->a, \"|\", \(pair))"
    for text in [
      "REC->a ? \(call) : \"none\"", "(REC->a) != 0 ? \(call) : \"none\"",
      "REC->a == 0 ? \"none\" : \(call)", "!REC->a ? \"none\" : (char *)\(call)",
      "REC->a > 0 ? \(call) : \"none\"", "!!REC->a ? \(call) : \"none\"",
    ] {
      #expect(try table(text)?.zeroName == "none")
    }
    for text in [
      call, "REC->b ? \(call) : \"none\"", "REC->a == 1 ? \(call) : \"none\"",
      "REC->a ? \(call) : REC->b", "REC->a ? \"none\" : \(call)", "REC->a & 1 ? \(call) : \"none\"",
    ] {
      let found = try #require(try table(text))
      #expect(found.zeroName == nil)
      #expect(found.name(of: 0) == "0")
    }
  }

  @Test func severalTables() throws {
    let one = "__print_symbolic(REC->a, \(pair))"
    #expect(try table("\(one), \(one)")?.entries.count == 2)
    #expect(try table("\(one), REC->a ? \(one) : \"-\"")?.zeroName == "-")
    #expect(try table("\(one), __print_symbolic(REC->a, {1, \"eins\"})") == nil)
    #expect(try table("\(one), __print_symbolic(REC->a, {1, \"eins\"}), \(one)") == nil)
    #expect(try table("\(one), __print_symbolic(REC->a & 1, \(pair))") == nil)
  }

  @Test func negativeValuesOfNarrowFields() throws {
    let minus = "{-1, \"minus\"}"
    let signed = try #require(
      try table("__print_symbolic(REC->a, \(minus))", "int", size: 4, signed: 1))
    #expect(signed.name(of: .max) == "minus")
    #expect(signed.name(of: UInt64(bitPattern: -2)) == "0xfffffffffffffffe")
    // The kernel prints 0xffffffff here: an unsigned int never equals a long of -1.
    let unsigned = try #require(try table("__print_symbolic(REC->a, \(minus))", "u32", size: 4))
    #expect(unsigned.name(of: 0xffff_ffff) == "0xffffffff")
    let cast = try #require(try table("__print_symbolic((int)REC->a, \(minus))", "u32", size: 4))
    #expect(cast.name(of: 0xffff_ffff) == "minus")
    let narrow = try #require(
      try table("__print_symbolic((u8)REC->a, {5, \"five\"})", "u32", size: 4))
    #expect(narrow.mask == 0xff)
    #expect(narrow.name(of: 0x105) == "five")
  }

  @Test func kernelsWithShortLongs() throws {
    let flags = #"__print_flags(REC->a, "|", {1UL << 31, "top"}, {-1, "all"})"#
    let signed = try #require(try table(flags, "int", size: 4, signed: 1, longSize: 4))
    #expect(signed.name(of: UInt64(bitPattern: -2)) == "top|0x7ffffffe")
    #expect(signed.value(named: "all") == 0xffff_ffff)
    let wide = "__print_symbolic_u64(REC->a, {1ULL << 40, \"far\"})"
    #expect(try table(wide, "u64", longSize: 4)?.name(of: 1 << 40) == "far")
  }

  @Test func flagsAsTheKernelPrintsThem() throws {
    let masks = try #require(
      try table(#"__print_flags(REC->a, ",", {6, "six"}, {2, "two"}, {0, "never"})"#))
    #expect(masks.name(of: 6) == "six")
    #expect(masks.name(of: 2) == "two")
    #expect(masks.name(of: 14) == "six,never,0x8")
    #expect(masks.name(of: 0) == "0")
    #expect(masks.value(named: "six | 0x8") == 14)
    #expect(masks.value(named: "") == nil)
    #expect(masks.value(named: "two|") == nil)
  }

  @Test func unresolvedNamesHaveNoValue() throws {
    let found = try #require(
      try table(#"__print_symbolic(REC->a, {TCP_CLOSE, "TCP_CLOSE"}, {3, "three"})"#))
    #expect(found.unresolved == ["TCP_CLOSE"])
    #expect(found.names == ["three"])
    #expect(found.value(named: "TCP_CLOSE") == nil)
    #expect(found.value(named: "three") == 3)
    #expect(found.value(named: "three|three") == nil)
  }
}
