// What of a predicate is written to the kernel's filter, and in which words.

import MMQ
import MMQLanguage
import MMQTestSupport
import MMQTrace
import Testing

@Suite struct KernelFilterTests {
  /// A system call, and an event with strings of each kind.
  private static let formats: [(system: String, text: String)] = [
    (
      "syscalls",
      """
      name: sys_enter_write
      ID: 10
      format:
      \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
      \tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

      \tfield:int __syscall_nr;\toffset:8;\tsize:4;\tsigned:1;
      \tfield:unsigned int fd;\toffset:16;\tsize:8;\tsigned:0;
      \tfield:const char * buf;\toffset:24;\tsize:8;\tsigned:0;
      \tfield:size_t count;\toffset:32;\tsize:8;\tsigned:0;
      \tfield:int dirfd;\toffset:40;\tsize:8;\tsigned:0;

      print fmt: "%lx", ((unsigned long)(REC->fd))

      """
    ),
    (
      "odd",
      """
      name: strings
      ID: 11
      format:
      \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
      \tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

      \tfield:__data_loc char[] ended;\toffset:8;\tsize:4;\tsigned:0;
      \tfield:__data_loc char[] bytes;\toffset:12;\tsize:4;\tsigned:0;
      \tfield:char comm[16];\toffset:16;\tsize:16;\tsigned:0;
      \tfield:char COMM[16];\toffset:32;\tsize:16;\tsigned:0;
      \tfield:int CPU;\toffset:48;\tsize:4;\tsigned:1;

      print fmt: "%s %s", __get_str(ended), __print_hex(__get_dynamic_array(bytes), 1)

      """
    ),
  ]

  private func target() throws -> Target {
    let schemas = try Self.formats.map { system, text in
      try FormatParser.parse(Array(text.utf8), system: system, longSize: 8).get()
    }
    return Target(schemas: schemas, machine: .host)
  }

  private func filter(_ event: String, _ predicate: String, _ target: Target) -> String? {
    let script = Script(
      Source(name: "test", "\(event) / \(predicate) / { @[args.common_pid] = count(); }"),
      for: target)
    let problems = script.diagnostics.filter { $0.severity == .error }.map(\.message)
    #expect(problems == [], "\(predicate)")
    return script.liveEvents().filters[event]
  }

  /// Whether the kernel decides all of a predicate.
  private func isExact(_ event: String, _ predicate: String, _ target: Target) throws -> Bool {
    let script = Script(
      Source(name: "test", "\(event) / \(predicate) / { @ = count(); }"), for: target)
    let filter = try #require(script.filters().first { $0.event == event })
    // A filter that says less than nothing would be one of nothing.
    #expect(filter.text != nil || !filter.isExact || filter.passesNothing || predicate == "1")
    return filter.isExact
  }

  @Test(arguments: [
    ("syscalls:sys_enter_write", "args.fd == 3"), ("syscalls:sys_enter_write", "1"),
    ("syscalls:sys_enter_write", "comm == \"dd\" || !(args.count & 0xf00)"),
    ("syscalls:sys_enter_write", "comm =~ \"d*\" && tid > 3 && cpu != 1"),
    ("syscalls:sys_enter_write", "args.count < 0"),
    ("odd:strings", "args.ended == \"x\" && !(args.ended =~ \"*a*\")"),
    ("odd:strings", "strncmp(args.comm, \"ab\", 2) != 0 || strcontains(args.ended, \"b\")"),
    ("odd:strings", "args.comm == \"seventeen-letters\""),
  ]) func theKernelDecidesAllOf(event: String, predicate: String) throws {
    #expect(try isExact(event, predicate, try target()), "\(predicate)")
  }

  /// Some of them leave nothing to say, others too much.
  @Test(arguments: [
    ("syscalls:sys_enter_write", "pid == 3"), ("syscalls:sys_enter_write", "args.count * 2 == 4"),
    ("syscalls:sys_enter_write", "args.fd == 3 && args.count > args.fd"),
    ("syscalls:sys_enter_write", "args.fd == 3 || nsecs & 1"),
    ("syscalls:sys_enter_write", "!(args.fd == 3 && rand % 2 == 1)"),
    ("syscalls:sys_enter_write", "@n++ < 3 && args.fd == 3"),
    ("syscalls:sys_enter_write", "(args.count & 0xff) > 3"),
    ("odd:strings", "strcontains(args.comm, \"b\")"), ("odd:strings", "args.comm =~ \"a*b\""),
    ("odd:strings", "comm == \"dd\""), ("odd:strings", "cpu == 0"),
    ("odd:strings", "strncmp(args.ended, args.comm, 4) == 0"),
  ]) func theKernelDoesNotDecideAllOf(event: String, predicate: String) throws {
    #expect(try !isExact(event, predicate, try target()), "\(predicate)")
  }

  private func expect(
    _ predicate: String, _ text: String?, at location: SourceLocation = #_sourceLocation
  ) {
    let found = filter("made:value", predicate, MadeTarget.target)
    #expect(found == text, "\(predicate)", sourceLocation: location)
  }

  private func expectOdd(
    _ event: String, _ predicate: String, _ text: String?,
    at location: SourceLocation = #_sourceLocation
  ) throws {
    let found = filter(event, predicate, try target())
    #expect(found == text, "\(predicate)", sourceLocation: location)
  }

  // MARK: Numbers

  @Test func comparisons() {
    expect("args.u32 == 3", "u32 == 3")
    expect("args.u32 != 3", "u32 != 3")
    expect("3 < args.u32", "u32 >= 4")
    expect("args.u32 <= 3", "u32 <= 3")
    expect("args.s16 < -1", "s16 <= -2")
    expect("args.s64 == -5", "s64 == -5")
    expect("tid == 7 && cpu == 1", "common_pid == 7 && CPU == 1")
    expect("args.common_pid > 7", "common_pid >= 8")
    expect("args.address == 0xffffffff81001000", "address == 18446744071578849280")
    expect("args.state == \"busy\"", "state == 1")
    expect("args.flag == true", "flag == 1")
  }

  @Test func truth() {
    expect("args.u32", "u32 != 0")
    expect("!args.u32", "u32 == 0")
    expect("args.flag", "flag != 0")
    expect("!(args.u32 > 3)", "u32 <= 3")
    expect("cpu", "CPU != 0")
  }

  /// The kernel compares 99999999999 with a u32 as if it were its low bits.
  @Test func numbersThatTheFieldCannotHold() {
    expect("args.u32 == 99999999999", nil)
    expect("args.u32 != 99999999999", nil)
    expect("args.u8 < 300 && args.u16 == 1", "u16 == 1")
    expect("args.u8 > 300 || args.u16 == 1", "u16 == 1")
    expect("args.s8 > -129 && args.s8 <= 127 && args.u8 == 1", "u8 == 1")
    expect("args.u32 >= 4294967295", "u32 == 4294967295")
    expect("cpu < 0xffffffffff && args.u8 == 1", "u8 == 1")
  }

  /// A signed field beside an unsigned one: the script compares in one order, the kernel in another.
  @Test func ordersThatDiffer() {
    // Unsigned words as signed numbers.
    expect("args.u64 < args.s64", nil)
    expect("(int64)args.u64 < 5", "u64 <= 4 || u64 >= 9223372036854775808")
    expect("(int64)args.u64 >= -2", "u64 <= 9223372036854775807 || u64 >= 18446744073709551614")
    expect("(uint64)args.s64 < 5", "s64 >= 0 && s64 <= 4")
    expect("(uint64)args.s64 > 5", "s64 <= -1 || s64 >= 6")
    expect("(int64)args.u32 < 5", "u32 <= 4")
  }

  @Test func bits() {
    expect("args.u32 & 6", "u32 & 0x6")
    expect("!(args.u32 & 6)", "!(u32 & 0x6)")
    expect("(args.u32 & 6) == 0", "!(u32 & 0x6)")
    expect("(args.u32 & 6) != 0", "u32 & 0x6")
    expect("(args.u32 & 6) == 2", "u32 & 0x2 && !(u32 & 0x4)")
    expect("(args.u32 & 6) != 2", "!(u32 & 0x2) || u32 & 0x4")
    expect("(args.u32 & 6) == 8 || args.u8 == 1", "u8 == 1")
    expect("args.u32 & 0xff00000000 || args.u8 == 1", "u8 == 1")
    expect("(args.mode & \"READ|EXEC\") == \"READ\"", "mode & 0x1 && !(mode & 0x4)")
    expect("args.u64 & 0x8000000000000000", "u64 & 0x8000000000000000")
    expect("args.s64 & 0x8000000000000001", "s64 & -9223372036854775807")
    // Bits above those of a signed field are copies of its sign.
    expect("args.s16 & 0x30001", "s16 & 0x8001")
    expect("(args.u32 & 6) > 3", nil)
    expect("cpu & 1", nil)
  }

  @Test func casts() {
    expect("(uint8)args.u32 == 3", "u32 & 0x1 && u32 & 0x2 && !(u32 & 0xfc)")
    expect("(uint8)args.u32 < 4", "!(u32 & 0xfc)")
    expect("(uint8)args.u32 >= 4", "u32 & 0xfc")
    expect("(int8)args.u32 < 0", "u32 & 0x80")
    expect(
      "(int8)args.s32 == -1 && args.u8 == 1",
      "s32 & 0x1 && s32 & 0x2 && s32 & 0x4 && s32 & 0x8 && s32 & 0x10 && s32 & 0x20 && s32 & 0x40 && "
        + "s32 & 0x80 && u8 == 1")
    expect("(uint8)args.u32 == 300 || args.u8 == 1", "u8 == 1")
    // A widened sign is not in the field.
    expect("(uint32)args.s16 == 4294967295", nil)
  }

  /// What lies above the argument's own 32 bits does not count, though the kernel stores it.
  @Test func argumentsOfSystemCalls() throws {
    let event = "syscalls:sys_enter_write"
    try expectOdd(event, "args.fd == 1", "fd & 0x1 && !(fd & 0xfffffffe)")
    try expectOdd(event, "args.fd != 1", "!(fd & 0x1) || fd & 0xfffffffe")
    try expectOdd(event, "args.fd < 4", "!(fd & 0xfffffffc)")
    try expectOdd(event, "args.dirfd < 0", "dirfd & 0x80000000")
    try expectOdd(
      event, "args.dirfd > 2",
      "dirfd & 0xfffffffe && (!(dirfd & 0x2) || dirfd & 0xfffffffd) && !(dirfd & 0x80000000)")
    try expectOdd(event, "args.fd & 0x10", "fd & 0x10")
    try expectOdd(event, "args.count >= 4096", "count >= 4096")
    // To the kernel that is a string of the traced program.
    try expectOdd(event, "args.buf == 0 && args.count == 1", "count == 1")
  }

  // MARK: Strings

  @Test func fixedStrings() {
    expect("args.name == \"alpha\"", "name == \"alpha\"")
    expect("\"alpha\" != args.name", "name != \"alpha\"")
    expect("args.name == \"\"", "name == \"\"")
    expect("args.name == \"12345678\"", "name == \"12345678\"")
    expect("args.name == \"123456789\" || args.u8 == 1", "u8 == 1")
    expect("args.name =~ \"al*\"", "name ~ \"al*\"")
    expect("!(args.name =~ \"al*\")", "!(name ~ \"al*\")")
    expect("args.name =~ \"alpha\"", "name == \"alpha\"")
    expect("args.name =~ \"*ph*\"", "name ~ \"*ph*\"")
    expect("strcontains(args.name, \"ph\")", "name ~ \"*ph*\"")
    // Behind the NUL anything may lie.
    expect("!strcontains(args.name, \"ph\")", nil)
    expect("args.name =~ \"*pha\"", "name ~ \"*pha*\"")
    expect("args.name =~ \"a*p*a\"", "name ~ \"a*\" && name ~ \"*p*\" && name ~ \"*a*\"")
    expect("!(args.name =~ \"a*a\")", nil)
    expect("strncmp(args.name, \"alphabet\", 3) == 0", "name ~ \"alp*\"")
    expect("!strncmp(\"alp\", args.name, 4)", "name == \"alp\"")
    expect("strncmp(args.name, \"alp\", 3)", "!(name ~ \"alp*\")")
    expect("args.name =~ \"*\" && args.u8 == 1", "u8 == 1")
  }

  @Test func textsThatTheKernelWouldTakeForSomethingElse() {
    expect("args.name == \"a*b?[\"", "name == \"a*b?[\"")
    expect("args.name =~ \"a?*\"", nil)
    expect("args.name =~ \"[ab]*\"", nil)
    expect("args.name =~ \"1*\"", nil)
    expect("args.name =~ \"!a*\"", nil)
    expect("args.name == \"a\\\"b\"", "name == 'a\"b'")
    expect("args.name == \"it's\"", "name == \"it's\"")
    expect("args.name == \"'\\\"\"", nil)
    expect("args.name == \"a\\nb\"", nil)
    expect("args.name == \"a\\xffb\"", nil)
  }

  @Test func dynamicStrings() throws {
    try expectOdd("odd:strings", "args.ended == \"x\"", "ended == \"x\"")
    try expectOdd("odd:strings", "args.ended != \"x\"", "ended != \"x\"")
    try expectOdd("odd:strings", "args.ended == \"\"", "ended == \"\"")
    try expectOdd("odd:strings", "!strcontains(args.ended, \"x\")", "!(ended ~ \"*x*\")")
    // Without a NUL at their end.
    try expectOdd("odd:strings", "args.bytes == \"x\"", "bytes == \"x\"")
    try expectOdd("odd:strings", "args.bytes != \"x\"", nil)
    try expectOdd("odd:strings", "args.bytes == \"\"", nil)
    try expectOdd("odd:strings", "!(args.bytes =~ \"x*\")", nil)
    let long = String(repeating: "x", count: 251)
    try expectOdd("odd:strings", "args.ended == \"\(long)\"", nil)
  }

  @Test func names() throws {
    expect("comm == \"dd\"", "COMM == \"dd\"")
    expect("comm != \"dd\"", "COMM != \"dd\"")
    expect("comm =~ \"kworker/*\"", "COMM ~ \"kworker/*\"")
    expect("strncmp(comm, \"kworker/\", 8) == 0", "COMM ~ \"kworker/*\"")
    expect("comm == \"sixteen-letters-\" || args.u8 == 1", "u8 == 1")
    // mmq may not know a name that the kernel knows.
    expect("comm == \"<...>\"", nil)
    expect("comm =~ \"<*\"", nil)
    expect("strcontains(comm, \"..\")", nil)
    // Fields with the kernel's own names.
    try expectOdd("odd:strings", "args.comm == \"x\"", "comm == \"x\"")
    try expectOdd("odd:strings", "comm == \"x\"", nil)
    try expectOdd("odd:strings", "cpu == 1", nil)
    try expectOdd("odd:strings", "args.CPU == -1", "CPU == -1")
  }

  // MARK: Formulas

  @Test func andOrNot() {
    expect("args.u8 == 1 && (args.u8 == 2 || args.u16 == 3)", "u8 == 1 && (u8 == 2 || u16 == 3)")
    expect("!(args.u8 == 1 && args.u16 == 2)", "u8 != 1 || u16 != 2")
    expect("!(args.u8 == 1 || args.u16 == 2)", "u8 != 1 && u16 != 2")
    expect("args.u8 == 1 || rand == 1", nil)
    expect("!(args.u8 == 1 && pid == 1)", nil)
  }

  /// A weaker filter is a filter, too.
  @Test func whatCannotBeSaidIsLeftOut() {
    expect("args.u8 + 1 == 3 && args.u16 == 2", "u16 == 2")
    expect("args.u8 == 1 && (pid == 5 || args.u16 == 2)", "u8 == 1")
    expect("(args.u8 == 1 && pid == 5) || args.u16 == 2", "u8 == 1 || u16 == 2")
    expect("!(args.u8 == 1 || pid == 5)", "u8 != 1")
    expect("@[args.u8] == 1 && args.u16 == 2", "u16 == 2")
    expect("args.u8 / 2 == 1 && args.u16 == 2", "u16 == 2")
  }

  /// What acts must see the records that the rest of the predicate rejects.
  @Test func nothingBehindWhatActs() {
    expect("args.u8 == 1 && @n++ < 9 && args.u16 == 2", "u8 == 1")
    expect("@n++ < 9 && args.u8 == 1", nil)
    expect("@n++ < 9 || args.u8 == 1", nil)
    expect("args.u8 == 1 || @n++ < 9", nil)
    expect("(args.u8 == 1 && @n++ < 9) || args.u16 == 2", "u8 == 1 || u16 == 2")
    expect("!(@n++ < 9 || args.u8 == 1)", nil)
    expect("rand % 2 == 0 && args.u8 == 1", nil)
    // Divisions by zero are counted.
    expect("1 / args.u16 == 1 && args.u8 == 1", nil)
  }

  @Test func severalBlocksGetWhatAnyOfThemWants() {
    func filters(_ text: String) -> [String: String] { checked(text).liveEvents().filters }
    let first = "made:value / args.u8 == 1 / { @a = count(); } "
    #expect(
      filters(first + "made:value / args.u16 == 2 && tid == 1 / { @b = count(); }")
        == ["made:value": "u8 == 1 || (u16 == 2 && common_pid == 1)"])
    #expect(filters(first + first) == ["made:value": "u8 == 1"])
    #expect(filters(first + "made:value { @b = count(); }") == [:])
    #expect(
      filters(first + "made:tick / args.number == 2 / { @b = count(); }")
        == ["made:value": "u8 == 1", "made:tick": "number == 2"])
    // A block that never runs wants nothing.
    #expect(
      filters(first + "made:value / args.u8 == 300 / { @b = count(); }")
        == ["made:value": "u8 == 1"])
  }

  @Test func whatIsTooLongIsNotAsked() {
    let terms = (0..<220).map { "args.u32 == \(4_000_000_000 + $0 * 2)" }.joined(separator: " || ")
    expect(terms, nil)
  }
}
