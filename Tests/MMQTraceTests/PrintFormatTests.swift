// Print formats: literals, operators, casts, helpers, folding, and what must not nest forever.

import MMQTrace
import Testing

private func parse(_ text: String, longSize: Int = 8) throws -> PrintFormat {
  try PrintFormat.parse(Array(text.utf8), longSize: longSize).get()
}

private func expression(_ text: String, longSize: Int = 8) throws -> PrintExpression {
  try #require(try parse("\"\", \(text)", longSize: longSize).arguments.first)
}

private func constant(_ text: String, longSize: Int = 8) throws -> UInt64? {
  guard case .integer(let value) = try expression(text, longSize: longSize) else { return nil }
  return value.bits
}

private let int = CInteger.init(int:)

@Suite struct PrintFormatTests {
  @Test func stringsJoinAndDecode() throws {
    let format = try parse(#""a\t%d\x41\101\"" "b\\n", 1, 2"#)
    #expect(format.format == Array("a\t%dAA\"b\\n".utf8))
    #expect(format.arguments == [.integer(int(1)), .integer(int(2))])
    #expect(try parse("\"line\n\", 1").format.last == 10)
  }

  @Test func constantsFoldAsInC() throws {
    #expect(try constant("1 + 2 * 3 << 1 | 1") == 15)
    #expect(try constant("~(~(((1UL) << 12)-1)) & 0xffff") == 4095)
    #expect(try constant("-1") == .max)
    #expect(try constant("-1U") == 0xffff_ffff)
    #expect(try constant("-9ULL") == UInt64.max - 8)
    #expect(try constant("1 << 31") == 0xffff_ffff_8000_0000)
    #expect(try constant("1U << 31") == 0x8000_0000)
    #expect(try constant("0x80000000") == 0x8000_0000)
    #expect(try constant("2147483648") == 0x8000_0000)
    #expect(try constant("(unsigned char)511") == 255)
    #expect(try constant("(int)0xffffffffUL") == .max)
    #expect(try constant("(unsigned long)(( gfp_t)0x400u)") == 0x400)
    #expect(try constant("~0UL", longSize: 4) == 0xffff_ffff)
    #expect(try constant("~0UL") == .max)
    #expect(try constant("010") == 8)
    #expect(try constant("0b101") == 5)
    #expect(try constant("'A' + '\\n'") == 75)
    #expect(try constant("-7 / 2") == UInt64(bitPattern: -3))
    #expect(try constant("-1 < 0U") == 0)
    #expect(try constant("!!7 && (3 >= 3)") == 1)
    #expect(try constant("sizeof(u64) + sizeof(unsigned int)") == 12)
    #expect(try constant("sizeof(long)", longSize: 4) == 4)
    #expect(try constant("((void *)0)") == 0)
  }

  @Test func undefinedConstantsStayTrees() throws {
    for text in ["1 / 0", "1 % 0", "1 << 64", "1 << 32", "(-9223372036854775807LL - 1) / -1"] {
      #expect(try constant(text) == nil)
    }
  }

  @Test func fieldsAndMembers() throws {
    #expect(try expression("REC->pfn") == .field("pfn"))
    #expect(try expression("(REC)->pfn") == .field("pfn"))
    #expect(try expression("((REC->pfn))") == .field("pfn"))
    #expect(try expression("&REC->a") == .unary(.addressOf, .field("a")))
    #expect(try expression("REC->a[2]") == .index(.field("a"), .integer(int(2))))
    #expect(try expression("REC->a.b") == .member(.field("a"), "b", isArrow: false))
    #expect(try expression("p->b") == .member(.identifier("p"), "b", isArrow: true))
    #expect(try expression("vmemmap_base") == .identifier("vmemmap_base"))
  }

  @Test func castsAndParentheses() throws {
    let page = CType(text: "struct page *", size: 8, isSigned: false, isPointer: true)
    #expect(
      try expression("(((struct page *)vmemmap_base) + (REC->pfn))")
        == .binary(.add, .cast(page, .identifier("vmemmap_base")), .field("pfn")))
    #expect(
      try expression("(a) - (b)") == .binary(.subtract, .identifier("a"), .identifier("b")))
    guard case .cast(let type, .field("x")) = try expression("(foo_t)(REC->x)") else {
      Issue.record("no cast")
      return
    }
    #expect(type.size == nil)
    guard case .binary(.multiply, .cast, _) = try expression("(int)REC->a * 2") else {
      Issue.record("a cast must bind tighter than *")
      return
    }
  }

  @Test func conditionals() throws {
    #expect(
      try expression("REC->a == 2 ? \"x\" : REC->a ? \"y\" : \"z\"")
        == .conditional(
          .binary(.equal, .field("a"), .integer(int(2))), then: .string("x"),
          else: .conditional(.field("a"), then: .string("y"), else: .string("z"))))
    #expect(
      try expression("REC->a ?: 1")
        == .conditional(.field("a"), then: .field("a"), else: .integer(int(1))))
  }

  @Test func helpers() throws {
    for kind in PrintExpression.Dynamic.allCases {
      #expect(try expression("\(kind.rawValue)(name)") == .dynamic(kind, field: "name"))
    }
    for helper in PrintExpression.Helper.allCases {
      #expect(
        try expression("\(helper.rawValue)(REC->a, 4)")
          == .helper(helper, [.field("a"), .integer(int(4))]))
    }
    #expect(try expression("__builtin_expect(REC->a, 0)") == .field("a"))
    #expect(
      try expression("jiffies_to_msecs(REC->a)") == .call("jiffies_to_msecs", [.field("a")]))
    #expect(try expression("f()") == .call("f", []))
  }

  @Test func tablesEndAtTheFirstWithoutName() throws {
    let one = PrintExpression.Symbol(value: .integer(int(1)), name: "one")
    let two = PrintExpression.Symbol(value: .integer(int(2)), name: "two")
    for end in ["{ 0, ((void *)0) }", "{-1, NULL}", "{ -1, ((void *)0) }, {3, \"x\"}"] {
      #expect(
        try expression("__print_flags(REC->a, \"|\", {1, \"o\" \"ne\"}, {2, \"two\"}, \(end))")
          == .flags(.field("a"), delimiter: "|", [one, two], is64: false))
    }
    #expect(
      try expression("__print_symbolic_u64(REC->a, {1, \"one\"})")
        == .symbolic(.field("a"), [one], is64: true))
  }

  @Test func statementExpressions() throws {
    let text = "({ int x = (REC->a); int y = (128); ((x) < (y) ? (x) : (y)); })"
    guard case .block(let bindings, .conditional) = try expression(text) else {
      Issue.record("no block")
      return
    }
    #expect(bindings.map(\.name) == ["x", "y"])
    #expect(bindings.map(\.value) == [.field("a"), .integer(int(128))])
    let odd = "({ union u r; r.word = REC->role; r.level; })"
    #expect(try expression("\(odd)") == .verbatim(odd))
    #expect(
      try expression("((pte_t) { .pte = (REC->pteval) }).pte")
        == .member(.verbatim("(pte_t) { .pte = (REC->pteval) }"), "pte", isArrow: false))
  }

  @Test func errorsSayWhatAndWhere() {
    for text in [
      "", "1", "\"", "\"%d\" 1", "\"%d\",", "\"%d\", (1", "\"%d\", REC->", "\"%d\", 0x",
      "\"%d\", 99999999999999999999", "\"%d\", ({ x", "\"%d\", a[1", "\"%d\", {1, 2", "\"%d\", 1 ?",
    ] {
      guard case .failure(let problem) = PrintFormat.parse(Array(text.utf8), longSize: 8) else {
        Issue.record("no problem with \(text)")
        continue
      }
      #expect(problem.description.contains("byte") && problem.description.contains("print fmt"))
    }
  }

  @Test func nestingIsBounded() throws {
    func nested(_ open: String, _ close: String, _ count: Int) -> String {
      "\"\", " + String(repeating: open, count: count) + "1"
        + String(repeating: close, count: count)
    }
    #expect(throws: Never.self) { try parse(nested("(", ")", 50)) }
    let openings = [("(", ")"), ("-", ""), ("(int)", ""), ("a[", "]"), ("f(", ")"), ("{", "}")]
    for (open, close) in openings + [("x?", ":1"), ("x+", ""), ("x?1:", "")] {
      #expect(throws: FormatProblem.self) { try parse(nested(open, close, 100_000)) }
    }
    #expect(throws: FormatProblem.self) {
      try parse("\"\", a" + String(repeating: ".b", count: 9999))
    }
  }

  @Test func deepStatementExpressionsStayText() throws {
    let deep = String(repeating: "({", count: 5000) + "1" + String(repeating: ";})", count: 5000)
    guard case .verbatim(let text) = try expression(deep) else {
      Issue.record("no text")
      return
    }
    #expect(text.hasPrefix("({({") && text.hasSuffix(";});})"))
    #expect(try expression("({ ({ 1; }); })") == .integer(int(1)))
  }

  @Test func longChainsOfConstantsFold() throws {
    #expect(try constant("0" + String(repeating: " | 1", count: 10_000)) == 1)
  }
}
