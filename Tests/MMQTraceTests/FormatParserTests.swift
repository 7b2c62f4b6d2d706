// Field lines of format files: shapes, offsets, and texts that are damaged on purpose.

import MMQTestSupport
import MMQTrace
import Testing

private func field(_ line: String, longSize: Int = 8) throws -> Field {
  try #require(try parsedSchema(formatText(fields: [line]), longSize: longSize).ownFields.first)
}

private func shape(_ type: String, _ size: Int, longSize: Int = 8) throws -> Field.Shape {
  try field("\(type);\toffset:8;\tsize:\(size);\tsigned:0;", longSize: longSize).shape
}

@Suite struct FormatParserTests {
  @Test func readsHeadAndFields() throws {
    let event = try parsedSchema(
      formatText(fields: [
        "unsigned long pfn;\toffset:8;\tsize:8;\tsigned:0;",
        "int order;\toffset:16;\tsize:4;\tsigned:1;",
      ]))
    #expect(event.id == 7)
    #expect(event.fullName == "test:sample")
    #expect(event.fields.map(\.name) == ["common_type", "pfn", "order"])
    #expect(event.fields.map(\.isCommon) == [true, false, false])
    #expect(event.fields.map(\.isSigned) == [false, false, true])
    #expect(event.field(named: "order")?.end == 20)
    #expect(event.field(named: "pfn")?.typeText == "unsigned long")
  }

  @Test func scalars() throws {
    #expect(try shape("gfp_t flags", 4) == .integer)
    #expect(try shape("enum zone_type idx", 4) == .integer)
    #expect(try shape("int fd", 8) == .integer)
    #expect(try shape("char c", 1) == .integer)
    #expect(try shape("bool full", 1) == .bool)
    #expect(try shape("struct foo bar", 8) == .opaque)
    #expect(try shape("guid_t id", 16) == .opaque)
    #expect(try shape("struct cper_mem_err_compact data", 55) == .opaque)
  }

  @Test func pointers() throws {
    for type in [
      "struct page * page", "const void *p", "const char *const * argv", "void* p",
      "int (*fn)(void *)", "struct robust_list_head * * head",
    ] {
      #expect(try shape(type, 8) == .pointer)
    }
    #expect(try shape("void * p", 4, longSize: 4) == .pointer)
    #expect(try field("int (*fn)(void);\toffset:8;\tsize:8;").name == "fn")
  }

  @Test func arrays() throws {
    #expect(try shape("char name[16]", 16) == .string)
    #expect(try shape("char comm[TASK_COMM_LEN]", 16) == .string)
    #expect(try shape("char buf[]", 0) == .string)
    #expect(try shape("__u8 a[4]", 4) == .array(elementSize: 1, count: 4, signed: false))
    #expect(try shape("unsigned char a[6]", 6) == .array(elementSize: 1, count: 6, signed: false))
    #expect(try shape("u16 a[MAX]", 8) == .array(elementSize: 2, count: 4, signed: false))
    #expect(try shape("foo_t a[4]", 8) == .array(elementSize: 2, count: 4, signed: false))
    #expect(try shape("foo_t a[MAX]", 8) == .opaque)
    #expect(try shape("u8 a[2][3]", 6) == .array(elementSize: 1, count: 6, signed: false))
    #expect(try shape("void *a[3]", 24) == .array(elementSize: 8, count: 3, signed: false))
    #expect(
      try shape("unsigned long a[N]", 12, longSize: 4)
        == .array(elementSize: 4, count: 3, signed: false))
    #expect(try shape("u32 args[]", 0) == .array(elementSize: 4, count: nil, signed: false))
    #expect(try shape("u32 a[N]", 7) == .opaque)
    #expect(try field("char comm[16];\toffset:8;\tsize:16;").typeText == "char[16]")
  }

  @Test func dynamicFields() throws {
    #expect(try shape("__data_loc char[] name", 4) == .dynamicString(relative: false))
    #expect(try shape("__rel_loc char[] name", 4) == .dynamicString(relative: true))
    let bytes = Field.Shape.dynamicArray(elementSize: 1, signed: false, relative: false)
    #expect(try shape("__data_loc u8[] buf", 4) == bytes)
    #expect(try shape("__data_loc sockaddr[] a", 4) == bytes)
    #expect(
      try shape("__rel_loc unsigned long[] mask", 4, longSize: 4)
        == .dynamicArray(elementSize: 4, signed: false, relative: true))
    #expect(
      try shape("__data_loc cpumask_t mask", 4)
        == .dynamicArray(elementSize: 8, signed: false, relative: false))
    let name = try field("__data_loc char[] name;\toffset:8;\tsize:4;\tsigned:1;")
    #expect(name.name == "name")
    #expect(name.typeText == "__data_loc char[]")
  }

  @Test func missingSignedComesFromTheType() throws {
    #expect(try field("int a;\toffset:8;\tsize:4;").isSigned)
    #expect(try field("pid_t a;\toffset:8;\tsize:4;").isSigned)
    #expect(try !field("unsigned a;\toffset:8;\tsize:4;").isSigned)
  }

  @Test func hostileTextsAreProblemsInWords() {
    let good = "int a;\toffset:8;\tsize:4;\tsigned:1;"
    let texts: [(String, String)] = [
      ("", "no ID"),
      ("ID: 3\n", "no name"),
      ("name: x\n", "no ID"),
      ("name: a b\nID: 3\n", "blanks"),
      (formatText(fields: [good]).replacing("ID: 7", with: "ID: 65536"), "0 to 65535"),
      (formatText(fields: [good]).replacing("ID: 7", with: "ID: -1"), "0 to 65535"),
      (formatText(fields: ["int a;\toffset:-8;\tsize:4;"]), "offset:"),
      (formatText(fields: ["int a;\toffset:8;\tsize:1048577;"]), "size:"),
      (formatText(fields: ["int a;\toffset:8;\tsize:99999999999999999999;"]), "size:"),
      (formatText(fields: ["int a;\tsize:4;"]), "no offset"),
      (formatText(fields: ["int a"]), "no offset"),
      (formatText(fields: [";;;"]), "without a name"),
      (formatText(fields: ["int;\toffset:8;\tsize:4;"]), "without a name"),
      (formatText(fields: ["int a;\toffset:8;\tsize:4;\tsigned:2;"]), "signed:"),
    ]
    for (text, words) in texts {
      switch FormatParser.parse(Array(text.utf8), system: "s", longSize: 8) {
      case .success: Issue.record("no problem with \(text)")
      case .failure(let problem): #expect(problem.description.contains(words))
      }
    }
  }

  @Test func aBadPrintFormatLeavesTheFields() throws {
    let event = try parsedSchema(
      formatText(fields: ["int a;\toffset:8;\tsize:4;"], print: "\"%d\", ((("))
    #expect(event.fields.count == 2)
    #expect(event.printFormat == nil)
    #expect(event.printFormatProblem?.contains("expected") == true)
  }

  /// 2 000 texts with some bytes changed, cut or doubled: any answer will do, a trap will not.
  @Test func mutationsNeverTrap() {
    let files = formatFiles(below: FormatPlaces.formatFixtures)
    #expect(files.count >= 30)
    var random = SeededRandom(seed: 11)
    var parsed = 0
    for i in 0..<2000 where !files.isEmpty {
      let text = mutated(files[i % files.count].text, &random)
      let longSize = i % 2 == 0 ? 8 : 4
      if case .success(let event) = FormatParser.parse(text, system: "s", longSize: longSize) {
        parsed += 1
        for table in event.symbols.values { _ = table.name(of: random.next()) }
      }
    }
    print("mutations: \(parsed) of 2000 still had sound fields")
    #expect(parsed > 0)
  }
}

private func mutated(_ text: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
  var text = text
  let interesting = Array("(){}[]\"\\'*&;:,->0x9\n \u{7f}".utf8)
  for _ in 0..<Int.random(in: 1...8, using: &random) where !text.isEmpty {
    let place = Int.random(in: 0..<text.count, using: &random)
    switch Int.random(in: 0..<5, using: &random) {
    case 0: text[place] = UInt8.random(in: 0...255, using: &random)
    case 1: text[place] = interesting[Int.random(in: 0..<interesting.count, using: &random)]
    case 2: text.remove(at: place)
    case 3: text.removeLast(text.count - place)
    default:
      let end = min(text.count, place + 40)
      text.insert(contentsOf: text[place..<end], at: place)
    }
  }
  return text
}
