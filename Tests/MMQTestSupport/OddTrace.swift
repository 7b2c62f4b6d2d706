// A recording of what MadeTrace has not: arrays, system calls, damaged records, tasks that change
// their names, and a gap of an hour.

public import MMQTrace
import MMQTraceWriter

/// What is in it, in order of time (milliseconds, thread), all on CPU 0:
///
///     1000  20  syscalls:sys_enter_odd  each argument in 8 bytes, most with rubbish above its type's
///               width: dfd -100, fd 5, mode 33188, who -10, user 2^32-1, clock 2, key -3, rwf 8,
///               count 3, len 5000000000, path 0x7fff00001000
///     1010  20  odd:short    a 1, b 2
///     1020  20  odd:short    a 3, and no room for b
///     1030  20  odd:arrays   list 10 20 30; grid 1 2, 3 4; mac 02:00:00:00:00:ff; flags true false;
///               signs -1 -2; tail (of any length) 7 8
///     1040  20  odd:tables   masked 0x12, twice 1, cast 5, derived 0, unresolved 7, bits 3
///     1050  20  odd:tables   masked 1, twice 0, cast 6, derived 1, unresolved 1, bits 6
///     1060  20  xhci-hcd:xhci_odd  n 4        1070  20  9p:9p_client_odd  n 5
///     1080  20  ftrace:print  "a mark"        1081  20  ftrace:kernel_stack, of the event before
///     1090, 1100, 1110  20  odd:call  ip in the first `twin`, in the second one, in `other`
///     1120  20  odd:words    end 1, len 2, count 3
///     1190  20  task_newtask: makes thread 30, "old name"
///     1200  30  odd:mark 1    1210  30  task_rename to "new name"    1220  30  odd:mark 2
///     1230  30  task_newtask: makes thread 31 of its own process, "made"    1240  31  odd:mark 3
///     1250  30  sched_process_fork: makes 32, "forked"                      1260  32  odd:mark 4
///     1270  33  odd:mark 5    1280  30  sched_switch to 33, "next one"      1290  33  odd:mark 6
///     1300  34  sched_process_exec of /bin/prog                             1310  34  odd:mark 7
///     1320  35  odd:mark 8, saved as "saved name"
///     1330  36  odd:mark 9, unknown
///     1340   0  odd:mark 10
///     3601000  20  odd:late  n 1
///
/// Thread 20 is saved as "saved"; the kernel is 6.1, the machine an x86_64.
public enum OddTrace {
  /// A field as a format declares it: its C text, offset, size, and whether it is signed.
  private typealias Item = (text: String, offset: Int, size: Int, isSigned: Bool)

  private static let common: [Item] = [
    ("unsigned short common_type", 0, 2, false), ("unsigned char common_flags", 2, 1, false),
    ("unsigned char common_preempt_count", 3, 1, false), ("int common_pid", 4, 4, true),
  ]

  private static func format(
    _ name: String, _ id: Int, _ items: [Item], _ print: String = "\"%d\", 0"
  ) -> String {
    let lines = { (items: [Item]) in
      items.map {
        "\tfield:\($0.text);\toffset:\($0.offset);\tsize:\($0.size);\tsigned:\($0.isSigned ? 1 : 0);\n"
      }.joined()
    }
    return "name: \(name)\nID: \(id)\nformat:\n" + lines(common) + "\n" + lines(items)
      + "\nprint fmt: \(print)\n"
  }

  private static func number(_ name: String, _ id: Int) -> String {
    format(name, id, [("u64 n", 8, 8, false)], "\"%llu\", REC->n")
  }

  private static let arguments = [
    "int dfd", "unsigned int fd", "umode_t mode", "pid_t who", "uid_t user", "clockid_t clock",
    "key_t key", "rwf_t rwf", "u32 count", "size_t len", "const char * path",
  ]

  private static var systemCall: String {
    let items: [Item] = arguments.indices.map { (arguments[$0], 16 + 8 * $0, 8, false) }
    return format("sys_enter_odd", 600, [("int __syscall_nr", 8, 4, true)] + items)
  }

  private static let shortItems: [Item] = [("u64 a", 8, 8, false), ("u64 b", 16, 8, false)]

  private static let arrays: [Item] = [
    ("u32 list[3]", 8, 12, false), ("u16 grid[2][2]", 20, 8, false),
    ("unsigned char mac[6]", 28, 6, false), ("bool flags[2]", 34, 2, false),
    ("s32 signs[2]", 36, 8, true), ("__data_loc u32[] tail", 44, 4, false),
    // No value: it lies over the list.
    ("struct triple whole", 8, 12, false),
  ]

  private static let tables: [Item] = [
    ("int masked", 8, 4, true), ("int twice", 12, 4, true), ("int cast", 16, 4, true),
    ("int derived", 20, 4, true), ("int unresolved", 24, 4, true),
    ("unsigned int bits", 28, 4, false),
  ]

  private static let tableTexts =
    "\"%s\", __print_symbolic(REC->masked & 0x3, { 0, \"zero\" }, { 1, \"one\" }, { 2, \"two\" }), "
    + "__print_symbolic(REC->twice, { 0, \"a\" }, { 1, \"b\" }), "
    + "__print_symbolic(REC->twice, { 0, \"c\" }, { 1, \"d\" }), "
    + "__print_symbolic((int)(REC->cast), { 5, \"five\" }), "
    + "__print_symbolic(REC->derived + 1, { 1, \"wrong\" }), "
    + "__print_symbolic(REC->unresolved, { KERNEL_MACRO, \"hidden\" }, { 1, \"seen\" }), "
    + "__print_flags(REC->bits, \"|\", { 1, \"A\" }, { 6, \"BC\" })"

  private static let keywords: [Item] = [
    ("u64 end", 8, 8, false), ("u64 len", 16, 8, false), ("u64 count", 24, 8, false),
  ]

  private static let rename: [Item] = [
    ("pid_t pid", 8, 4, true), ("char oldcomm[16]", 12, 16, false),
    ("char newcomm[16]", 28, 16, false),
  ]

  private static let newTaskItems: [Item] = [
    ("pid_t pid", 8, 4, true), ("char comm[16]", 12, 16, false),
    ("unsigned long clone_flags", 32, 8, false),
  ]

  /// sched_process_fork and sched_switch: two tasks with their names.
  private static func pair(_ first: String, _ second: String) -> [Item] {
    [
      ("char \(first)_comm[16]", 8, 16, false), ("pid_t \(first)_pid", 24, 4, true),
      ("char \(second)_comm[16]", 28, 16, false), ("pid_t \(second)_pid", 44, 4, true),
    ]
  }

  private static let exec: [Item] = [
    ("__data_loc char[] filename", 8, 4, false), ("pid_t pid", 12, 4, true),
    ("pid_t old_pid", 16, 4, true),
  ]

  private static let stack: [Item] = [
    ("int size", 8, 4, true), ("unsigned long caller[8]", 16, 64, false),
  ]

  private static let printItems: [Item] = [
    ("unsigned long ip", 8, 8, false), ("char buf[]", 16, 0, false),
  ]

  private static var formats: [(system: String, text: String)] {
    [
      ("ftrace", format("kernel_stack", 4, stack, "\"%pS\", REC->caller[0]")),
      ("ftrace", format("print", 5, printItems, "\"%ps: %s\", (void *)REC->ip, REC->buf")),
      ("syscalls", systemCall), ("odd", format("short", 601, shortItems, "\"%llu\", REC->a")),
      ("odd", format("arrays", 602, arrays, "\"%d\", REC->list[0]")),
      ("odd", format("tables", 603, tables, tableTexts)), ("xhci-hcd", number("xhci_odd", 604)),
      ("9p", number("9p_client_odd", 605)),
      ("odd", format("call", 606, [("void * ip", 8, 8, false)], "\"%pS\", REC->ip")),
      ("odd", format("words", 607, keywords, "\"%llu\", REC->end")), ("odd", number("mark", 608)),
      ("odd", number("late", 609)), ("task", format("task_rename", 610, rename)),
      ("task", format("task_newtask", 611, newTaskItems)),
      ("sched", format("sched_process_fork", 612, pair("parent", "child"))),
      ("sched", format("sched_process_exec", 613, exec)),
      ("sched", format("sched_switch", 614, pair("prev", "next"))),
    ]
  }

  private static let symbols =
    "ffffffff81000000 T twin\nffffffff81002000 T twin\nffffffff81003000 T other\n"
  private static let names = "20 saved\n30 new name\n34 prog\n35 saved name\n"

  public static func write(to path: String) throws {
    let layout = RingLayout(byteOrder: .little, commitSize: 8, dataOffset: 16, subBufferSize: 4096)
    var metadata = RecordingMetadata(byteOrder: .little, longSize: 8, pageSize: 4096, cpuCount: 1)
    metadata.setLayout(layout)
    metadata.setFormats(formats)
    metadata.setKernelSymbols(symbols.utf8)
    metadata.setSavedComms(names.utf8)
    metadata.addOption(5, text: "Linux odd 6.1.0-1-test x86_64")
    let writer = try TraceDatWriter(
      path: path, metadata: metadata, options: .init(version: 7, compression: .none))
    try writer.beginBuffer(name: "", clock: "mono", pageSize: 4096)
    var page = SubBufferWriter(layout, stamp: 1_000_000_000)
    for (milliseconds, bytes) in events + tasks {
      precondition(page.record(bytes, at: milliseconds * 1_000_000))
    }
    try writer.beginCPU(0)
    try page.finished().withUnsafeBytes { (bytes) throws in try writer.write(bytes) }
    try writer.finish()
  }

  /// The recording, opened; its file has no name any more.
  public static func open() throws -> any TraceSource {
    let file = TemporaryPath()
    try write(to: file.path)
    return try withExtendedLifetime(file) { try SourceFormat.open(path: file.path) }
  }

  private typealias Record = (milliseconds: UInt64, bytes: [UInt8])

  private static func record(
    _ milliseconds: UInt64, _ thread: Int32, _ id: UInt16, _ fill: (inout ByteWriter) -> Void
  ) -> Record {
    var writer = ByteWriter(.little)
    writer.integer(id)
    writer.integer(UInt16(0))
    writer.integer(thread)
    fill(&writer)
    return (milliseconds, writer.bytes)
  }

  /// A record of 8-byte values.
  private static func words(
    _ milliseconds: UInt64, _ thread: Int32, _ id: UInt16, _ values: UInt64...
  ) -> Record {
    record(milliseconds, thread, id) { writer in values.forEach { writer.integer($0) } }
  }

  /// A record of 4-byte values.
  private static func halves(
    _ milliseconds: UInt64, _ thread: Int32, _ id: UInt16, _ values: UInt32...
  ) -> Record {
    record(milliseconds, thread, id) { writer in values.forEach { writer.integer($0) } }
  }

  private static var events: [Record] {
    [
      systemCallRecord, words(1010, 20, 601, 1, 2), words(1020, 20, 601, 3), arrayRecord,
      halves(1040, 20, 603, 0x12, 1, 5, 0, 7, 3), halves(1050, 20, 603, 1, 0, 6, 1, 1, 6),
      words(1060, 20, 604, 4), words(1070, 20, 605, 5),
      record(1080, 20, 5) { writer in
        writer.integer(UInt64(0xffff_ffff_8100_0000))
        writer.string("a mark\n")
      },
      words(1081, 20, 4, 1, 0xffff_ffff_8100_0010), words(1090, 20, 606, 0xffff_ffff_8100_0010),
      words(1100, 20, 606, 0xffff_ffff_8100_2000), words(1110, 20, 606, 0xffff_ffff_8100_3000),
      words(1120, 20, 607, 1, 2, 3),
    ]
  }

  private static var systemCallRecord: Record {
    words(
      1000, 20, 600, 9, 0x0000_0000_ffff_ff9c, 0xdead_beef_0000_0005, 0xffff_ffff_ffff_81a4,
      0x0000_0000_ffff_fff6, .max, 0x0000_0001_0000_0002, 0xffff_ffff_ffff_fffd,
      0x0000_0007_0000_0008, 0x0000_0001_0000_0003, 5_000_000_000, 0x7fff_0000_1000)
  }

  private static var arrayRecord: Record {
    record(1030, 20, 602) { writer in
      for value in [10, 20, 30] as [UInt32] { writer.integer(value) }
      for value in [1, 2, 3, 4] as [UInt16] { writer.integer(value) }
      writer.raw([2, 0, 0, 0, 0, 0xff, 1, 0])
      for value in [-1, -2] as [Int32] { writer.integer(value) }
      for value in [8 << 16 | 48, 7, 8] as [UInt32] { writer.integer(value) }
    }
  }

  private static func mark(_ milliseconds: UInt64, _ thread: Int32, _ n: UInt64) -> Record {
    words(milliseconds, thread, 608, n)
  }

  private static var tasks: [Record] {
    [
      newTask(1190, 20, makes: 30, "old name", 0), mark(1200, 30, 1),
      record(1210, 30, 610) { writer in
        writer.integer(Int32(30))
        name("old name", &writer)
        name("new name", &writer)
      },
      mark(1220, 30, 2), newTask(1230, 30, makes: 31, "made", 0x10000), mark(1240, 31, 3),
      twoTasks(1250, 612, 32, "forked"), mark(1260, 32, 4), mark(1270, 33, 5),
      twoTasks(1280, 614, 33, "next one"), mark(1290, 33, 6),
      record(1300, 34, 613) { writer in
        for value in [10 << 16 | 20, 34, 34] as [UInt32] { writer.integer(value) }
        writer.string("/bin/prog")
      },
      mark(1310, 34, 7), mark(1320, 35, 8), mark(1330, 36, 9), mark(1340, 0, 10),
      words(3_601_000, 20, 609, 1),
    ]
  }

  private static func name(_ text: String, _ writer: inout ByteWriter) {
    writer.raw(text.utf8)
    writer.raw([UInt8](repeating: 0, count: 16 - text.utf8.count))
  }

  private static func newTask(
    _ milliseconds: UInt64, _ maker: Int32, makes thread: Int32, _ comm: String, _ flags: UInt64
  ) -> Record {
    record(milliseconds, maker, 611) { writer in
      writer.integer(thread)
      name(comm, &writer)
      writer.integer(UInt32(0))
      writer.integer(flags)
    }
  }

  /// Thread 30, "new name", and another one.
  private static func twoTasks(
    _ milliseconds: UInt64, _ id: UInt16, _ other: Int32, _ comm: String
  ) -> Record {
    record(milliseconds, 30, id) { writer in
      name("new name", &writer)
      writer.integer(Int32(30))
      name(comm, &writer)
      writer.integer(other)
    }
  }
}
