// Events that the kernel prints by hand, hostile formats and records, and the speed.

import Foundation
import MMQTrace
import Testing

private func schema(
  _ name: String, system: String, _ fields: [String], print: String = "\"\""
) throws -> EventSchema {
  var schema = try parsedSchema(formatText(fields: fields, print: print))
  schema.name = name
  schema.system = system
  return schema
}

private func text(
  _ schema: EventSchema, _ bytes: [UInt8], _ context: EventTextContext = EventTextContext()
) -> (String, TextReasons) {
  var out: [UInt8] = []
  let text = EventText(schema, context)
  let reasons = bytes.withUnsafeBytes {
    text.append(EventRef(base: $0.baseAddress!, size: $0.count, byteOrder: .little), to: &out)
  }
  return (String(decoding: text.prefix + out, as: UTF8.self), reasons)
}

private func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { [UInt8]($0) }
}

private let long = "unsigned long"
private let head = [UInt8](repeating: 0, count: 8)

@Suite struct EventTextSpecialTests {
  private let context: EventTextContext = {
    let text = Array(
      "0000000000001000 T caller\n0000000000002000 T callee\n0000000000003000 T _end\n".utf8)
    return EventTextContext(
      symbols: KernelSymbols(kallsyms: text),
      strings: KernelStrings(
        printkFormats: "0x9000 : \"%s is %d of %lld%c\\n\"\n0x9100 : \"put\\n\""))
  }()

  @Test func systemCalls() throws {
    let enter = try schema(
      "sys_enter_read", system: "syscalls",
      [
        "int __syscall_nr;\toffset:8;\tsize:4;\tsigned:1;",
        "unsigned int fd;\toffset:16;\tsize:8;\tsigned:0;",
        "char * buf;\toffset:24;\tsize:8;\tsigned:0;",
      ])
    let bytes = head + little(UInt64(0)) + little(UInt64(3)) + little(UInt64(0xabc))
    #expect(text(enter, bytes) == ("sys_read(fd: 3, buf: abc)", []))
    var newer = EventTextContext()
    newer.marksArguments = true
    #expect(text(enter, bytes, newer) == ("sys_read(fd: 3, buf: 0xabc)", []))
    let exit = try schema(
      "sys_exit_read", system: "syscalls", ["long ret;\toffset:16;\tsize:8;\tsigned:1;"])
    #expect(
      text(exit, head + little(UInt64(0)) + little(Int64(-2)))
        == ("sys_read -> 0xfffffffffffffffe", []))
    #expect(text(exit, head) == ("sys_read -> 0x?", .damage))
  }

  @Test func prints() throws {
    let ip = "\(long) ip;\toffset:8;\tsize:8;\tsigned:0;"
    let print = try schema(
      "print", system: "ftrace", [ip, "char buf[];\toffset:16;\tsize:0;\tsigned:0;"])
    #expect(
      text(print, head + little(UInt64(0x1004)) + Array("hi\n\0".utf8), context)
        == ("caller: hi", []))
    let puts = try schema(
      "bputs", system: "ftrace", [ip, "const char * str;\toffset:16;\tsize:8;\tsigned:0;"])
    #expect(
      text(puts, head + little(UInt64(0x1004)) + little(UInt64(0x9100)), context)
        == ("caller: put", []))
    let binary = try schema(
      "bprint", system: "ftrace",
      [
        ip, "const char * fmt;\toffset:16;\tsize:8;\tsigned:0;",
        "u32 buf[];\toffset:24;\tsize:0;\tsigned:0;",
      ])
    let start = head + little(UInt64(0x2000)) + little(UInt64(0x9000))
    let values = Array("it\0\0".utf8) + little(Int32(-3)) + little(Int64(-4)) + [0x21, 0, 0, 0]
    #expect(text(binary, start + values, context) == ("callee: it is -3 of -4!", []))
    #expect(text(binary, start + Array("it\0\0".utf8), context) == ("callee: it is ?", .damage))
    #expect(
      text(binary, head + little(UInt64(0x2000)) + little(UInt64(5)), context)
        == ("callee: 0x5", .foreignString))
  }

  @Test func functionsAndStacks() throws {
    let function = try schema(
      "function", system: "ftrace",
      [
        "\(long) ip;\toffset:8;\tsize:8;\tsigned:0;",
        "\(long) parent_ip;\toffset:16;\tsize:8;\tsigned:0;",
      ])
    let bytes = head + little(UInt64(0x2000)) + little(UInt64(0x1010))
    #expect(text(function, bytes, context) == ("callee <-caller", []))
    let stack = try schema(
      "kernel_stack", system: "ftrace",
      [
        "int size;\toffset:8;\tsize:4;\tsigned:1;",
        "\(long) caller[8];\toffset:16;\tsize:64;\tsigned:0;",
      ])
    let callers = little(UInt64(0x2000)) + little(UInt64(0x10))
    #expect(
      text(stack, head + little(UInt64(2)) + callers, context)
        == ("<stack trace>\n => callee\n => 0x00000010", []))
    let (lines, reasons) = text(stack, head + little(Int64(-1)) + callers, context)
    #expect(lines == "<stack trace>" && reasons == .damage)
    let user = try schema(
      "user_stack", system: "ftrace",
      ["\(long) caller[8];\toffset:16;\tsize:64;\tsigned:0;"])
    #expect(
      text(user, head + little(UInt64(7)) + little(UInt64(0xff)) + little(UInt64(0))).0
        == "<user stack trace>\n =>  <00000000000000ff>")
    let raw = try schema(
      "raw_data", system: "ftrace",
      [
        "unsigned int id;\toffset:8;\tsize:4;\tsigned:0;",
        "char buf[];\toffset:12;\tsize:0;\tsigned:0;",
      ])
    #expect(text(raw, head + little(UInt32(0x1f)) + [1, 0xab, 0, 0]).0 == "# 1f buf: 01 ab 00 00")
  }

  @Test func probes() throws {
    let probe = try schema(
      "p", system: "kprobes", ["\(long) __probe_ip;\toffset:8;\tsize:8;\tsigned:0;"],
      print: "\"(%lx)\", REC->__probe_ip")
    #expect(text(probe, head + little(UInt64(0x1004)), context).0 == "p: (caller+0x4/0x1000)")
  }

  /// `a ?: b` doubles its condition; nested, a tree of it would have 2^60 nodes.
  @Test(.timeLimit(.minutes(1)))
  func nestedElvis() throws {
    for leaf in ["REC->i", "1"] {
      for (depth, isUsable) in [(8, true), (60, false)] {
        var expression = leaf
        for _ in 0..<depth { expression = "(\(expression) ?: 1)" }
        let event = try schema(
          "n", system: "s", ["int i;\toffset:8;\tsize:4;\tsigned:1;"],
          print: "\"%s\", __print_flags(REC->i, \"|\", {\(expression), \"x\"})")
        #expect((event.printFormat != nil) == isUsable)
        let (line, reasons) = text(event, head + little(Int32(5)))
        if isUsable {
          #expect(line == (leaf == "1" ? "n: x|0x4" : "n: 0x5"))
        } else {
          #expect(line == "n: i=5" && !reasons.isEmpty)
        }
      }
    }
  }

  /// A wide expression is given up when it has too many nodes, a deep one when it is too high.
  @Test func largeFormats() throws {
    let sum = Array(repeating: "(REC->i)", count: 40).joined(separator: "+")
    let wide = Array(repeating: "(\(sum))", count: 600).joined(separator: ", ")
    let event = try schema(
      "n", system: "s", ["int i;\toffset:8;\tsize:4;\tsigned:1;"],
      print: "\"\(String(repeating: "%d", count: 600))\", \(wide)")
    let (line, reasons) = text(event, head + little(Int32(1)))
    #expect(line.hasPrefix("n: 4040") && line.hasSuffix("?") && !reasons.isEmpty)
  }

  /// Every event of the fixtures, on random records of random lengths.
  @Test func randomRecords() throws {
    let schemas = try formatFiles(below: FormatPlaces.formatFixtures).map {
      try FormatParser.parse($0.text, system: $0.system, longSize: 8).get()
    }
    #expect(schemas.count > 15)
    var state: UInt64 = 42
    func random() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33
    }
    var damaged = 0
    for schema in schemas {
      let text = EventText(schema, context)
      for _ in 0..<500 {
        var bytes = (0..<Int(4 + random() % 200)).map { _ in UInt8(truncatingIfNeeded: random()) }
        // Small numbers are the likelier offsets and lengths.
        for index in bytes.indices where random() % 3 != 0 { bytes[index] = 0 }
        var out: [UInt8] = []
        let order: ByteOrder = random() % 2 == 0 ? .little : .big
        let reasons = bytes.withUnsafeBytes {
          text.append(EventRef(base: $0.baseAddress!, size: $0.count, byteOrder: order), to: &out)
        }
        damaged += reasons.contains(.damage) ? 1 : 0
        #expect(out.count < 1 << 20)
      }
    }
    #expect(damaged > 1000)
  }
}
