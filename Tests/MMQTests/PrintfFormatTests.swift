// printf against the C library's, for many flags, widths, precisions and values.

import Foundation
@testable import MMQ
import Testing

@Suite struct PrintfFormatTests {
  static func print(
    _ format: String, _ type: Type, _ words: UInt64..., pool: StringPool = StringPool(),
    escapes: Bool = false
  ) -> String {
    let parsed = PrintfFormat(Array(format.utf8))
    var buffer = ByteBuffer()
    (words + [0]).withUnsafeBufferPointer { words in
      let types = [Type](repeating: type, count: parsed.conversions.count)
      PrintfPlan(parsed, types).print(words.baseAddress!, pool, escapes: escapes, to: &buffer)
    }
    return String(decoding: buffer.bytes, as: UTF8.self)
  }

  static func c(_ format: String, _ arguments: [any CVarArg]) -> String {
    withVaList(arguments) { list in
      var room = [CChar](repeating: 0, count: 8192)
      let length = vsnprintf(&room, room.count, format, list)
      return String(
        decoding: room.prefix(Int(length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }

  static let flags = [
    "", "-", "+", " ", "#", "0", "-0", "+ ", "-+", "0+", "#0", "-#", "0 ", "+#0", "- #", "0#+ -",
  ]
  static let sizes = ["", "1", "5", "20", ".0", ".1", ".5", ".20", "8.3", "3.8", "20.10", "."]
  static let integers: [Int64] = [
    0, 1, -1, 7, 8, -8, 42, -42, 255, 65535, 123_456_789, -123_456_789, 1 << 31, .max, .min,
  ]

  @Test(arguments: ["d", "i", "u", "o", "x", "X"])
  func integersAreCs(_ letter: String) {
    for flags in Self.flags {
      for size in Self.sizes {
        for value in Self.integers {
          let ours = Self.print("<%\(flags)\(size)\(letter)>", .int64, UInt64(bitPattern: value))
          let theirs = Self.c("<%\(flags)\(size)ll\(letter)>", [value])
          #expect(ours == theirs, "%\(flags)\(size)\(letter) of \(value)")
        }
      }
    }
  }

  @Test func lengthsAreAcceptedAndOnlyShortOnesCut() {
    let value: UInt64 = 0x1234_5678_9abc_def0
    for length in ["l", "ll", "j", "z", "t", "q", "L"] {
      #expect(Self.print("%\(length)x", .int64, value) == "123456789abcdef0")
      #expect(Self.print("%\(length)d", .int64, value) == "1311768467463790320")
    }
    #expect(Self.print("%hhx %hhx", .uint64, value, value) == "f0 f0")
    #expect(Self.print("%hx", .uint64, value) == "def0")
    #expect(Self.print("%hhd", .int64, value) == "-16")
    #expect(Self.print("%hd", .int64, value) == "-8464")
    #expect(Self.print("%hhu", .int64, value) == "240")
  }

  @Test func theArgumentsWidthDecides() {
    func type(_ bits: Int) -> Type { .integer(IntegerType(bits: bits, isSigned: true)) }
    let minusOne = UInt64.max
    #expect(Self.print("%x", type(8), minusOne) == "ff")
    #expect(Self.print("%x", type(16), minusOne) == "ffff")
    #expect(Self.print("%x %u", type(32), minusOne, minusOne) == "ffffffff 4294967295")
    #expect(Self.print("%o", type(32), minusOne) == "37777777777")
    #expect(Self.print("%x", type(64), minusOne) == "ffffffffffffffff")
    #expect(Self.print("%d", type(32), minusOne) == "-1")
  }

  @Test(arguments: ["f", "e", "g", "E", "F", "G", "a", "A"])
  func floatsAreCs(_ letter: String) {
    let values: [Double] = [
      0, -0.0, 1, -1, 0.5, 1.0 / 3, 123456.789, 1e300, -1e-300, .leastNonzeroMagnitude, .infinity,
      -.infinity, .nan,
    ]
    for flags in Self.flags {
      for size in Self.sizes {
        for value in values {
          let ours = Self.print("%\(flags)\(size)\(letter)", .float, value.bitPattern)
          #expect(ours == Self.c("%\(flags)\(size)\(letter)", [value]))
        }
      }
    }
  }

  @Test func strings() {
    let pool = StringPool()
    let id = pool.intern("kswapd0")
    for format in ["%s", "%10s", "%-10s|", "%.3s", "%10.3s", "%-10.3s|", "%.0s", "%2s", "%.20s"] {
      let theirs = "kswapd0".withCString { Self.c(format, [$0]) }
      #expect(Self.print(format, .string, id, pool: pool) == theirs)
    }
  }

  @Test func charactersAndPointers() {
    #expect(Self.print("%c%3c%-3c|", .int64, 65, 66, 67) == "A  BC  |")
    #expect(Self.print("%c", .int64, 0x141) == "A")
    #expect(Self.print("%p", .pointer, 0x1f) == "0x1f")
    #expect(Self.print("%p", .pointer, 0) == "0x0")
    #expect(Self.print("%20p", .pointer, 0xffff_ffff_8100_1000) == "  0xffffffff81001000")
  }

  @Test func anyTypePrintsAsText() {
    let pool = StringPool()
    let table = SymbolTableForTests.states
    let symbolic = Type.integer(IntegerType(bits: 32, isSigned: true, symbols: table))
    #expect(Self.print("%s", .bool, 1) == "true")
    #expect(Self.print("%s", .int64, UInt64(bitPattern: -5)) == "-5")
    #expect(Self.print("%s", .pointer, 255) == "0xff")
    #expect(Self.print("%6s|%-6s|%d", symbolic, 1, 1, 1) == "  busy|busy  |1")
    let tuple = Type.tuple([.int64, .string])
    #expect(Self.print("%s", tuple, 7, pool.intern("a"), pool: pool) == "(7, a)")
  }

  @Test func percentsAndWhatIsNoConversion() {
    #expect(Self.print("100%%", .int64) == "100%")
    #expect(Self.print("%% %d%%", .int64, 5) == "% 5%")
    #expect(Self.print("5 %y % %%", .int64) == "5 %y % %")
    #expect(Self.print("%", .int64) == "%")
    #expect(Self.print("%-", .int64) == "%-")
    #expect(PrintfFormat(Array("%5.".utf8)).conversions.isEmpty)
  }

  @Test func widthsHaveALimit() {
    let wide = Self.print("%99999999999999999999d", .int64, 1)
    #expect(wide.count == 4096 && wide.hasSuffix(" 1"))
    #expect(Self.print("%.99999f", .float, 1.0.bitPattern).count == 4098)
  }

  @Test func controlBytesOfStringsAreEscapedForATerminal() {
    let pool = StringPool()
    let id = pool.intern("a\u{1b}[31m\n")
    #expect(
      Self.print("%s\u{1b}%d\n", .string, id, pool: pool, escapes: false).hasPrefix("a\u{1b}[31m\n")
    )
    #expect(
      Self.print("\u{1b}%s\n", .string, id, pool: pool, escapes: true)
        == "\u{1b}a\\x1b[31m\n\n")
  }
}
