// Tokens: each kind, and what is no token.

@testable import MMQLanguage
import MMQTestSupport
import Testing

@Suite struct LexerTests {
  static func tokens(_ text: String) -> (kinds: [Token.Kind], diagnostics: [Diagnostic]) {
    var lexer = Lexer(Source(name: "test", text))
    var kinds: [Token.Kind] = []
    while true {
      let token = lexer.next()
      if token.kind == .end { return (kinds, lexer.diagnostics) }
      kinds.append(token.kind)
    }
  }

  static func only(_ text: String, at location: SourceLocation = #_sourceLocation) -> Token.Kind {
    let (kinds, diagnostics) = tokens(text)
    #expect(diagnostics.isEmpty, sourceLocation: location)
    #expect(kinds.count == 1, sourceLocation: location)
    return kinds.first ?? .end
  }

  @Test func namesAndSigils() {
    #expect(Self.only("abc_9") == .identifier("abc_9"))
    #expect(Self.only("_") == .identifier("_"))
    #expect(Self.only("@") == .map(""))
    #expect(Self.only("@x1") == .map("x1"))
    #expect(Self.only("$lat") == .variable("lat"))
    #expect(Self.only("$1") == .positional(1))
    #expect(Self.only("$12") == .positional(12))
    #expect(Self.only("$#") == .positionalCount)
    #expect(Self.tokens("@ x").kinds == [.map(""), .identifier("x")])
  }

  @Test func everyKeyword() {
    for word in Keyword.allCases { #expect(Self.only(word.rawValue) == .keyword(word)) }
    #expect(Self.only("ifx") == .identifier("ifx"))
    #expect(Self.only("If") == .identifier("If"))
  }

  @Test func everySymbol() {
    for symbol in Token.symbols {
      let text = String(decoding: symbol, as: UTF8.self)
      #expect(Self.only(text) == .symbol(text))
    }
    #expect(Self.tokens("a<<=b").kinds.dropFirst().first == .symbol("<<="))
    #expect(Self.tokens("++ +").kinds == [.symbol("++"), .symbol("+")])
    #expect(Self.tokens("+++").kinds == [.symbol("++"), .symbol("+")])
  }

  @Test(
    arguments: [
      ("0", 0), ("42", 42), ("1_000_000", 1_000_000), ("017", 15), ("00", 0), ("0x1f", 31),
      ("0XFF", 255), ("0xff_ff", 0xffff), ("1e6", 1_000_000), ("2E3", 2000), ("0e5", 0),
      ("18446744073709551615", UInt64.max), ("0xffffffffffffffff", UInt64.max),
      ("1e19", 10_000_000_000_000_000_000), ("5u", 5), ("5l", 5), ("5ul", 5), ("5ll", 5),
      ("5ull", 5), ("5ULL", 5), ("0x5ul", 5), ("010u", 8),
      ("5ns", 5), ("5us", 5000), ("5ms", 5_000_000), ("5s", 5_000_000_000),
      ("5m", 300_000_000_000), ("5h", 18_000_000_000_000), ("5d", 432_000_000_000_000),
      ("1_0ms", 10_000_000),
    ] as [(String, UInt64)])
  func integers(_ text: String, _ value: UInt64) {
    #expect(Self.only(text) == .integer(value))
  }

  @Test(arguments: [
    ("0.5", 0.5), ("1.5e3", 1500), ("2.0", 2), ("1_0.2_5", 10.25), ("1.5e-3", 0.0015),
    ("1.5e+2", 150),
  ])
  func floats(_ text: String, _ value: Double) {
    #expect(Self.only(text) == .float(value))
  }

  @Test func aRangeIsNoFloat() {
    #expect(Self.tokens("0..5").kinds == [.integer(0), .symbol(".."), .integer(5)])
    #expect(Self.tokens("1.x").kinds == [.integer(1), .symbol("."), .identifier("x")])
  }

  @Test(arguments: [
    "18446744073709551616", "0x1ffffffffffffffff", "08", "019", "0x", "0xg", "12abc", "5sec",
    "1e20", "2e19", "1e99", "1e6s", "1.5x", "600000000000000d", "5_u_x",
  ])
  func badNumbers(_ text: String) {
    let (kinds, diagnostics) = Self.tokens(text)
    #expect(kinds.count == 1)
    #expect(diagnostics.map(Finding.init) == [Finding("bad-number", Span(0, text.utf8.count))])
  }

  @Test(arguments: [
    (#""""#, ""), (#""a b""#, "a b"), (#""\n\t\r\"\\""#, "\n\t\r\"\\"),
    (#""\101\0\7""#, "A\0\u{7}"),
    (#""\1012""#, "A2"), (#""\x41\x4a""#, "AJ"), (#""\xAg""#, "\ng"), (#""// #""#, "// #"),
    ("\"one\ntwo\"", "one\ntwo"), ("\"é\"", "é"),
  ])
  func strings(_ text: String, _ value: String) {
    #expect(Self.only(text) == .string(Array(value.utf8)))
  }

  @Test func escapedBytes() {
    #expect(Self.only(#""\xff\377\40""#) == .string([0xff, 0xff, 0x20]))
  }

  @Test func comments() {
    let (kinds, diagnostics) = Self.tokens(
      """
      1 // 2
      /* 3 */ 4 /* / * ** */ # 5
      # 6
      #7
        #define X
      # define Y
      #comment
      #ifx
      8
      """)
    #expect(kinds == [.integer(1), .integer(4), .integer(8)])
    #expect(diagnostics.isEmpty)
  }

  @Test func aHashBangLineIsSkippedAtTheStartOnly() {
    #expect(Self.tokens("#!/usr/bin/env mmq\n1").kinds == [.integer(1)])
    #expect(Self.tokens("").kinds.isEmpty)
    #expect(Self.tokens("#!").kinds.isEmpty)
  }

  @Test(arguments: [
    "#include <linux/mm.h>", "#include \"x.h\"", "#define N 5", "#if 1", "#ifdef X", "#ifndef X",
    "#else", "#endif",
  ])
  func preprocessorLines(_ line: String) {
    let (kinds, diagnostics) = Self.tokens("1\n\(line)\n2")
    #expect(kinds == [.integer(1), .integer(2)])
    let end =
      2
      + (line.firstIndex(of: " ").map { line.distance(from: line.startIndex, to: $0) }
        ?? line.count)
    #expect(diagnostics.map(Finding.init) == [Finding("preprocessor", Span(2, end))])
  }

  @Test func notADirective() {
    for line in ["# include <x>", "#include x", "#defined", "#define", "#iffy 1", "#else what"] {
      #expect(Self.tokens("1\n\(line)\n2").diagnostics.isEmpty, "\(line)")
    }
  }

  @Test func strayBytesAreOneMessageEach() {
    let (kinds, diagnostics) = Self.tokens("1 ` 2 \u{1} 3 é 4")
    #expect(kinds == [.integer(1), .integer(2), .integer(3), .integer(4)])
    #expect(diagnostics.map(\.id) == ["stray-byte", "stray-byte", "stray-byte"])
    #expect(diagnostics.map(\.span.start) == [2, 6, 10])
    #expect(diagnostics.map(\.message).first == "'`' does not belong here")
    #expect(diagnostics.map(\.message).dropFirst().first == "byte 0x1 does not belong here")
  }

  @Test func manyStrayBytesAreNoDeepRecursion() {
    let (kinds, diagnostics) = Self.tokens(String(repeating: "` ", count: 50_000) + "1")
    #expect(kinds == [.integer(1)])
    #expect(!diagnostics.isEmpty)
  }

  @Test func spans() {
    var lexer = Lexer(Source(name: "test", "  @abc /* x */ 12"))
    #expect(lexer.next().span == Span(2, 6))
    #expect(lexer.next().span == Span(15, 17))
    #expect(lexer.next().span == Span(17, 17))
  }
}
