// Texts of events: the kernel's printf, its pointer forms, its helpers, and what it prints by hand.

import Foundation
import MMQTrace
import Testing

/// A record of 64 bytes with one field of each kind, at places that the tests name.
private struct Sample {
  var bytes = [UInt8](repeating: 0, count: 64)
  static let fields = [
    "int i;\toffset:8;\tsize:4;\tsigned:1;", "unsigned int u;\toffset:8;\tsize:4;\tsigned:0;",
    "long l;\toffset:16;\tsize:8;\tsigned:1;", "unsigned long ul;\toffset:16;\tsize:8;\tsigned:0;",
    "void * p;\toffset:16;\tsize:8;\tsigned:0;", "short h;\toffset:8;\tsize:2;\tsigned:1;",
    "unsigned char b;\toffset:8;\tsize:1;\tsigned:0;",
    "char name[8];\toffset:24;\tsize:8;\tsigned:0;",
    "u8 raw[16];\toffset:24;\tsize:16;\tsigned:0;",
    "u16 shorts[4];\toffset:24;\tsize:8;\tsigned:0;",
    "__data_loc char[] text;\toffset:12;\tsize:4;\tsigned:1;",
    "__data_loc unsigned long[] mask;\toffset:12;\tsize:4;\tsigned:0;",
    "__data_loc cpumask_t cpus;\toffset:12;\tsize:4;\tsigned:0;",
    "__data_loc u8[] data;\toffset:12;\tsize:4;\tsigned:0;",
    "__rel_loc char[] near;\toffset:12;\tsize:4;\tsigned:1;",
  ]

  mutating func put<T: FixedWidthInteger>(_ value: T, at offset: Int) {
    withUnsafeBytes(of: value.littleEndian) {
      bytes.replaceSubrange(offset..<offset + $0.count, with: $0)
    }
  }

  mutating func put(_ text: String, at offset: Int) {
    bytes.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
  }

  /// The text of the print fmt for this record, and why it may differ from the kernel's.
  func text(
    _ print: String, symbols: KernelSymbols = .none, strings: KernelStrings = KernelStrings()
  ) throws -> (String, TextReasons) {
    let schema = try parsedSchema(formatText(fields: Sample.fields, print: print))
    let text = EventText(schema, EventTextContext(symbols: symbols, strings: strings))
    return bytes.text(text)
  }
}

extension [UInt8] {
  fileprivate func text(_ text: EventText, order: ByteOrder = .little) -> (String, TextReasons) {
    var out: [UInt8] = []
    let reasons = withUnsafeBytes { bytes in
      text.append(
        EventRef(base: bytes.baseAddress!, size: bytes.count, byteOrder: order), to: &out)
    }
    return (String(decoding: out, as: UTF8.self), reasons)
  }
}

private let symbols = KernelSymbols(
  kallsyms: Array(
    """
    ffffffff81000000 T first
    ffffffff81000100 T second
    ffffffff81000180 T _end
    ffffffffc0000000 t inside\t[ext4]
    ffffffffc0000040 t last\t[ext4]

    """.utf8))

@Suite struct EventTextTests {
  @Test(arguments: [
    ("%d", "REC->i", "-2"), ("%u", "REC->i", "4294967294"), ("%x", "REC->i", "fffffffe"),
    ("%lx", "REC->i", "fffffffffffffffe"), ("%ld", "REC->u", "4294967294"),
    ("%hd", "REC->i", "-2"), ("%hhu", "REC->i", "254"), ("%hhd", "REC->u", "-2"),
    ("%d", "REC->h", "-2"), ("%u", "REC->b", "254"), ("%#x", "REC->b", "0xfe"),
    ("%#x", "0", "0x0"), ("%#o", "8", "010"), ("%#o", "0", "0"), ("%X", "REC->b", "FE"),
    ("%#X", "REC->b", "0XFE"), ("%5d|", "REC->i", "   -2|"), ("%-5d|", "REC->i", "-2   |"),
    ("%05d", "REC->i", "-0002"), ("%+d", "7", "+7"), ("% d", "7", " 7"), ("%.3d", "7", "007"),
    ("%6.3d", "7", "   007"), ("%.0d", "0", "0"), ("%08lx", "REC->b", "000000fe"),
    ("%c%%", "65", "A%"), ("%3c|", "65", "  A|"), ("%*d", "4, 7", "   7"),
    ("%-*d|", "4, 7", "7   |"), ("%*d|", "-4, 7", "7   |"), ("%.*s", "2, REC->name", "ab"),
    ("%0*llx", "(int)8 * 2, (unsigned long long)REC->b", "00000000000000fe"),
    ("%s", "REC->name", "abc"), ("%6s|", "REC->name", "   abc|"), ("%-6s|", "REC->name", "abc   |"),
    ("%.2s", "REC->name", "ab"), ("%s", "REC->i < 0 ? \"minus\" : \"plus\"", "minus"),
    ("%zu", "sizeof(u64)", "8"), ("%d", "REC->name[1]", "98"), ("%x", "REC->shorts[0]", "6261"),
    ("%x", "((u16 *)REC->raw)[1]", "63"), ("%x", "*(u16 *)(REC->raw + 1)", "6362"),
    ("%px", "(u32 *)REC->ul + 2", "0000000000000008"), ("%d", "(u8)REC->i >> 4", "15"),
    ("%d", "REC->i && 0", "0"), ("%d", "!REC->i", "0"),
    (
      "%llu.%09u", "__print_ns_to_secs(5000000001), __print_ns_without_secs(5000000001)",
      "5.000000001"
    ),
    ("%d", "({ int x = (REC->i); x < 0 ? -x : x; })", "2"), ("%y %d", "1", "%y %d"),
  ])
  func conversions(_ format: String, _ arguments: String, _ expected: String) throws {
    var sample = Sample()
    sample.put(Int32(-2), at: 8)
    sample.put("abc", at: 24)
    let (text, reasons) = try sample.text("\"\(format)\", \(arguments)")
    #expect(text == expected)
    #expect(reasons == [])
  }

  @Test(arguments: [
    ("%p", "000000000000abcd"), ("%px", "000000000000abcd"), ("%8p", "    abcd"),
    ("%ps", "0xabcd"), ("%pS", "0xabcd"), ("%pB", "0xabcd"),
  ])
  func addresses(_ format: String, _ expected: String) throws {
    var sample = Sample()
    sample.put(UInt64(0xabcd), at: 16)
    #expect(try sample.text("\"\(format)\", REC->p", symbols: symbols) == (expected, []))
  }

  @Test(
    arguments: [
      ("%pS", 0xffff_ffff_8100_0010, "first+0x10/0x100", TextReasons()),
      ("%ps", 0xffff_ffff_8100_0010, "first", []),
      ("%pB", 0xffff_ffff_8100_0100, "first+0x100/0x100", []),
      ("%pS", 0xffff_ffff_8100_0100, "second+0x0/0x80", []),
      ("%pS", 0xffff_ffff_c000_0001, "inside+0x1/0x40 [ext4]", []),
      ("%pS", 0xffff_ffff_c000_0041, "last+0x1/? [ext4]", .symbolSize),
      ("%ps", 0xffff_ffff_c000_0041, "last [ext4]", []),
    ] as [(String, UInt64, String, TextReasons)])
  func symbolForms(
    _ format: String, _ address: UInt64, _ expected: String, _ reasons: TextReasons
  ) throws {
    var sample = Sample()
    sample.put(address, at: 16)
    #expect(try sample.text("\"\(format)\", REC->p", symbols: symbols) == (expected, reasons))
    #expect(try sample.text("\"\(format)\", REC->p").1 == .noSymbols)
  }

  @Test(arguments: [
    ("%pI4", "192.0.2.1"), ("%pi4", "192.000.002.001"), ("%pM", "c0:00:02:01:00:00"),
    ("%pMF", "c0-00-02-01-00-00"), ("%pm", "c00002010000"),
    ("%pI6", "c000:0201:0000:0000:0000:0000:0000:0009"), ("%pI6c", "c000:201::9"),
    ("%pU", "c0000201-0000-0000-0000-000000000009"),
    ("%pUL", "010200C0-0000-0000-0000-000000000009"), ("%4ph", "c0 00 02 01"),
    ("%2phC", "c0:00"), ("%3phD", "c0-00-02"), ("%phN", "c0"), ("%9pb", "0c0"),
    ("%*pbl", "6-7,17"),
  ])
  func bytes(_ format: String, _ expected: String) throws {
    var sample = Sample()
    sample.put(UInt32(0x0102_00c0), at: 24)
    sample.put(UInt8(9), at: 39)
    let width = format.contains("*") ? "20, " : ""
    #expect(try sample.text("\"\(format)\", \(width)REC->raw") == (expected, []))
  }

  @Test(
    arguments: [
      ([2, 0, 0, 80, 127, 0, 0, 1], "127.0.0.1:80"),
      ([10, 0, 1, 0, 0, 0, 0, 0] + [UInt8](repeating: 0, count: 15) + [1], "[::1]:256"),
      (
        [10, 0, 0, 1, 0, 0, 0, 0] + [UInt8](repeating: 0, count: 10) + [255, 255, 10, 0, 0, 2],
        "[::ffff:10.0.0.2]:1"
      ),
      ([1, 0, 0, 0, 0, 0, 0, 0], "(einval)"), ([2, 0], "?"),
    ] as [([UInt8], String)])
  func sockets(_ address: [UInt8], _ expected: String) throws {
    var sample = Sample()
    sample.put(UInt32(address.count << 16 | 32), at: 12)
    sample.bytes.replaceSubrange(32..<32 + address.count, with: address)
    #expect(try sample.text("\"%pISpc\", __get_sockaddr(data)").0 == expected)
  }

  @Test(arguments: [
    ("__print_flags(REC->u, \"|\", {6, \"six\"}, {1, \"one\"})", "six|one|0x8"),
    ("__print_flags(REC->u & 1, \"|\", {6, \"six\"}, {1, \"one\"})", "one"),
    ("__print_flags(0, \"|\", {1, \"one\"})", ""),
    ("__print_symbolic(REC->u, {15, \"all\"})", "all"),
    ("__print_symbolic(REC->u, {1, \"one\"})", "0xf"),
    ("__print_symbolic(-1, {-1, \"none\"})", "none"),
    ("__print_symbolic(REC->u, {15, \"\"})", "0xf"),
    ("REC->u ? __print_flags(REC->u, \"\", {15, \"x\"}) : \"-\"", "x"),
    ("__print_hex(REC->raw, 3)", "61 62 63"), ("__print_hex_str(REC->raw, 3)", "616263"),
    ("__print_array(REC->raw, 2, 2)", "{0x6261,0x63}"), ("__print_array(REC->raw, 0, 8)", "{}"),
    ("__get_str(text)", "text"), ("__print_dynamic_array(data, 4)", "{0x74786574}"),
    ("__get_bitmask(mask)", "74786574"), ("__get_cpumask(cpus)", "74786574"),
  ])
  func helpers(_ helper: String, _ expected: String) throws {
    var sample = Sample()
    sample.put(UInt32(15), at: 8)
    sample.put("abc", at: 24)
    sample.put(UInt32(4 << 16 | 40), at: 12)
    sample.put("text", at: 40)
    #expect(try sample.text("\"%s\", \(helper)") == (expected, []))
  }

  @Test func relativeString() throws {
    var sample = Sample()
    sample.put(UInt32(5 << 16 | 24), at: 12)
    sample.put("near", at: 40)
    #expect(
      try sample.text("\"%s %d\", __get_rel_str(near), __get_rel_dynamic_array_len(near)").0
        == "near 5")
  }

  @Test(arguments: [
    ("page=%p", "((struct page *)vmemmap_base) + REC->ul", "page=?", "vmemmap_base"),
    ("%u ms", "jiffies_to_msecs(REC->ul)", "? ms", "jiffies_to_msecs"),
    ("%pd", "REC->p", "?", "%pd"), ("%d", "REC->absent", "?", "no field absent"),
    ("%d %d", "1", "1 ?", "lacks an argument"),
    ("%s", "__print_symbolic(REC->i, {NAME, \"n\"}, {OTHER, \"o\"})", "0x5", "n and 1 other"),
  ])
  func unknown(_ format: String, _ arguments: String, _ expected: String, _ reason: String) throws {
    let schema = try parsedSchema(
      formatText(fields: Sample.fields, print: "\"\(format)\", \(arguments)"))
    var sample = Sample()
    sample.put(UInt32(5), at: 8)
    let text = EventText(schema, EventTextContext())
    let (line, reasons) = sample.bytes.text(text)
    #expect(line == expected)
    #expect(text.sentences(reasons).count == 1)
    #expect(text.sentences(reasons).first?.contains(reason) == true)
  }

  @Test func stringsOfTheKernel() throws {
    var sample = Sample()
    sample.put(UInt64(0x1000), at: 16)
    let strings = KernelStrings(printkFormats: "0x1000 : \"a\\\"b\\n\"\nnonsense\n0x1000 : \"c\"\n")
    #expect(strings.count == 1)
    #expect(try sample.text("\"%s\", REC->p", strings: strings) == ("a\"b\n", []))
    #expect(try sample.text("\"%s\", REC->p") == ("0x1000", .foreignString))
    #expect(try sample.text("\"%s\", ((void *)0)") == ("(null)", []))
  }

  @Test func shortRecords() throws {
    let schema = try parsedSchema(
      formatText(
        fields: Sample.fields,
        print:
          "\"%d %s %s %pI6 %s\", REC->i, REC->name, __get_str(text), REC->raw, __print_hex(REC->raw, 99)"
      ))
    let text = EventText(schema, EventTextContext())
    #expect([UInt8](repeating: 0, count: 10).text(text) == ("? ? ? ? ?", .damage))
    var sample = Sample()
    sample.put(UInt32(9 << 16 | 60), at: 12)
    #expect(sample.bytes.text(text).0.hasPrefix("0  ? 0000:"))
  }

  /// Without a usable print fmt the fields stand there, and a reason says so.
  @Test func noFormat() throws {
    let schema = try parsedSchema(
      formatText(fields: [Sample.fields[0], Sample.fields[7]], print: "\"%d\", REC->("))
    var sample = Sample()
    sample.put(Int32(-2), at: 8)
    sample.put("abc", at: 24)
    let text = EventText(schema, EventTextContext())
    let (line, reasons) = sample.bytes.text(text)
    #expect(line == "i=-2 name=abc")
    #expect(text.sentences(reasons).first?.contains("print fmt cannot be used") == true)
  }
}
