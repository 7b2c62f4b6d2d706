// Functions of strings and bytes.

import Testing

struct StringBuiltinTests {
  @Test(arguments: [
    ("strlen(\"\")", "0"), ("strlen(buf(\"ab\", 5))", "2"),
    ("strcontains(\"\", \"\")", "true"), ("strcontains(\"abc\", \"\")", "true"),
    ("strcontains(\"\", \"a\")", "false"), ("strcontains(\"abc\", \"abcd\")", "false"),
    ("strstr(\"aab\", \"ab\")", "1"), ("strstr(\"abc\", \"d\")", "-1"),
    ("strncmp(\"abc\", \"abd\", 2)", "0"), ("strncmp(\"abc\", \"abd\", 3)", "1"),
    ("strncmp(\"abc\", \"ab\", 100)", "1"), ("strncmp(\"ab\", \"ab\", -1)", "0"),
    ("strncmp(\"a\", \"b\", 0)", "0"),
    ("str(\"hello\")", "hello"), ("str(\"hello\", 1)", ""), ("str(\"hello\", 0)", ""),
    ("str(\"hello\", 100)", "hello"), ("str(buf(\"ab\", 5))", "ab"),
    ("substr(\"hello\", 1)", "ello"), ("substr(\"hello\", -3, 2)", "ll"),
    ("substr(\"hello\", 9)", ""), ("substr(\"hello\", -9, 2)", "he"),
    ("substr(\"hello\", 1, -1)", ""), ("substr(\"hello\", 0x8000000000000000)", "hello"),
    ("str_concat(str_concat(\"a\", \"\"), \"b\")", "ab"),
    ("strcap(buf(\"ab\", 5))", "5"),
    ("(buf(\"a\", 1) == buf(\"a\", 1), buf(\"a\", 1) != buf(\"a\", 2))", "(true, true)"),
    ("bswap((int8)0x12)", "18"), ("bswap((uint32)1)", "16777216"),
    ("bswap(1)", "72057594037927936"),
    ("bswap((int16)-2)", "65279"), ("bswap(bswap(0x1234))", "4660"),
    ("ntop(0x0100007f)", "127.0.0.1"), ("ntop(2, 1)", "1.0.0.0"),
    ("ntop(pton(\"10.1.2.3\"))", "10.1.2.3"), ("ntop(10, pton(\"fe80::1\"))", "fe80::1"),
    ("ntop(buf(\"abc\", 3))", "<3 bytes>"),
    ("(uint32)pton(\"127.0.0.1\") == 0x0100007f", "true"), ("(int64)buf(\"a\", 1)", "97"),
    ("(int16)buf(\"\\xfe\\xff\\x01\", 3)", "-2"),
    ("pton(\"127.0.0.1\")", "[127,0,0,1]"),
  ])
  func gives(_ expression: String, _ output: String) throws {
    let run = try Run("begin { print(\(expression)); }")
    #expect(run.ids == [])
    #expect(run.output == output)
  }

  @Test(arguments: [
    ("args.mac", "macaddr", "02:0A:00:00:0B:FF"), ("args.v4", "ntop", "10.0.0.1"),
    ("args.v6", "ntop", "fe80::1"), ("args.name", "strcap", "8"), ("args.name", "strlen", "4"),
    ("args.name", "buf", "eth0\\x00\\x00\\x00\\x00"), ("args.v4", "buf", "\\x0a\\x00\\x00\\x01"),
    ("args.v4", "is_array", "true"), ("args.name", "is_array", "false"),
    ("args.address", "is_ptr", "true"), ("args.port", "is_unsigned_integer", "true"),
    ("args.port", "bswap", "20480"),
  ])
  func readsFields(_ field: String, _ function: String, _ output: String) throws {
    let run = try Run("net:packet { print(\(function)(\(field))); exit(); }")
    #expect(run.ids == [])
    #expect(run.output == output)
  }

  @Test func addressesFilterPackets() throws {
    let run = try Run("net:packet /buf(args.v4) == pton(\"10.0.0.1\")/ { @ = count(); }")
    #expect(run.output == "@: 4")
    #expect(
      try Run("net:packet /buf(args.v4) == pton(\"10.0.0.2\")/ { @ = count(); }").output == "")
  }

  @Test(arguments: [
    ("str(args.address)", "memory-pointer"), ("strlen(args.address)", "memory-pointer"),
    ("macaddr(args.v4)", "bad-argument"), ("ntop(args.mac)", "bad-argument"),
    ("ntop(10, args.v4)", "bad-argument"), ("ntop(3, args.v4)", "bad-argument"),
    ("strlen(args.port)", "wrong-type"), ("pton(\"1.2.3\")", "bad-argument"),
    ("bswap(args.name)", "wrong-type"), ("substr(args.name)", "argument-count"),
  ])
  func refuses(_ expression: String, _ id: String) throws {
    #expect(try Run("net:packet { print(\(expression)); }").ids == [id])
  }

  @Test func buffersAreKeysAndValues() throws {
    let program = "begin { @[buf(\"k\\n\", 2), 1] = buf(\"v\", 2); print(@); clear(@); }"
    #expect(try Run(program).output == "@[k\\x0a, 1]: v\\x00")
    let json = try Run(program, json: true).output.split(separator: "\n").last
    #expect(json == #"{"type": "map", "data": {"@": {"k\\x0a,1": [118,0]}}}"#)
  }
}
