// Text of ftrace, trace-cmd report and perf script: lines of every form, and what becomes of them.

import MMQTestSupport
import MMQTrace
import Testing

@Suite struct TextSourceTests {
  private func rows(_ text: String, formats: EventFormats? = nil) throws -> TextRows {
    try TextRows(TemporaryFile(Array(text.utf8)).source(formats))
  }

  /// Every writer of such a text ends each line; where that is missing, a value may be, too.
  @Test func aTextThatIsCutWithinALine() throws {
    let line = "  load-9 [001] ..... 5.000001: mm_page_free: pfn=0x12 order=0"
    for (text, notes) in [(line, 1), (line + "\n", 0), (line + "\n" + line, 1)] {
      let found = try rows(text)
      let expected = "line \(found.all.count), the last one, has no line break: "
      let kept = found.source.damage.findings.filter { $0.first.hasPrefix(expected) }
      #expect(kept.count == notes && kept.allSatisfy { $0.severity == .note })
    }
  }

  /// One line each: what it says in its columns.
  struct Line: CustomTestStringConvertible, Sendable {
    var text: String
    var event = "kmem:mm_page_free"
    var comm: String?
    var thread: Int64
    var group: Int64?
    var cpu: Int64?
    var flags: Int64?
    var depth: Int64?
    var time: UInt64
    var testDescription: String { text }
  }

  static let lines: [Line] = [
    Line(
      text: "         python3-25705   [003] d.h2.  1000.893012: mm_page_free: pfn=0x12 order=0",
      comm: "python3", thread: 25705, cpu: 3, flags: 0x09, depth: 2, time: 1_000_893_012_000),
    // Names hold anything; the last number before the bracket is the thread.
    Line(
      text: "  my-9 [001] 1: x-77      [012] DNZf3  1000.000001: mm_page_free: pfn=0x12 order=0",
      comm: "my-9 [001] 1: x", thread: 77, cpu: 12, flags: 0x81 | 0x24 | 0x48, depth: 0x3f,
      time: 1_000_000_001_000),
    // Older kernels had no column of disabled migration.
    Line(
      text: "              sh-13903   [000] .Ns1 5.5: mm_page_free: pfn=0x12 order=0", comm: "sh",
      thread: 13903, cpu: 0, flags: 0x34, depth: 1, time: 5_500_000_000),
    Line(
      text:
        "              sh-13904   (  13903) [000] ..... 12.000345: mm_page_free: pfn=0x12 order=0",
      comm: "sh", thread: 13904, group: 13903, cpu: 0, flags: 0, depth: 0, time: 12_000_345_000),
    Line(
      text:
        "           <...>-13904   (-------) [000] ..... 12.000345: mm_page_free: pfn=0x12 order=0",
      comm: "<...>", thread: 13904, group: 13904, cpu: 0, flags: 0, depth: 0, time: 12_000_345_000),
    Line(
      text: "          <idle>-0       [002] d.s2. 12.000345: mm_page_free: pfn=0x12 order=0",
      comm: "swapper/2", thread: 0, cpu: 2, flags: 0x11, depth: 2, time: 12_000_345_000),
    Line(
      text: "      sh-13902    11d..4. 20223us+: mm_page_free: pfn=0x12 order=0", comm: "sh",
      thread: 13902, cpu: 11, flags: 1, depth: 4, time: 20_223_000),
    Line(
      text: "      sh-13902     1....  20223us : mm_page_free: pfn=0x12 order=0", comm: "sh",
      thread: 13902, cpu: 1, flags: 0, depth: 0, time: 20_223_000),
    // Other clocks count something else.
    Line(
      text: "            load-287   [000]234023106322: mm_page_free: pfn=0x12 order=0",
      comm: "load", thread: 287, cpu: 0, time: 234_023_106_322),
    Line(
      text: "              sh-13902   [001] ..... 61598123456789: mm_page_free: pfn=0x12 order=0",
      comm: "sh", thread: 13902, cpu: 1, flags: 0, depth: 0, time: 61_598_123_456_789),
    Line(
      text: "       trace-cmd-21386 [000]   757.617784: mm_page_free:         pfn=0x12 order=0",
      comm: "trace-cmd", thread: 21386, cpu: 0, time: 757_617_784_000),
    Line(
      text: "       trace-cmd-21386 [000]   757.617784123: mm_page_free:      pfn=0x12 order=0",
      comm: "trace-cmd", thread: 21386, cpu: 0, time: 757_617_784_123),
    Line(
      text: "python3  6148 [001]   691.158495: kmem:mm_page_free: pfn=0x12 order=0",
      comm: "python3", thread: 6148, cpu: 1, time: 691_158_495_000),
    Line(
      text: "two words 6140/6148 [001] 691.158495:   kmem:mm_page_free: pfn=0x12 order=0",
      comm: "two words", thread: 6148, group: 6140, cpu: 1, time: 691_158_495_000),
    Line(
      text: "python3  6148   691.158495:          1 kmem:mm_page_free: pfn=0x12 order=0",
      comm: "python3", thread: 6148, time: 691_158_495_000),
    // Pasted without the blanks in front, with the time of a kernel log, with line ends of another system.
    Line(
      text: "sh-13904   [000] ..... 12.5: mm_page_free: pfn=0x12 order=0\r", comm: "sh",
      thread: 13904, cpu: 0, flags: 0, depth: 0, time: 12_500_000_000),
    Line(
      text: "[  120.345678] systemd-1     [000] ..... 12.5: mm_page_free: pfn=0x12 order=0",
      comm: "systemd", thread: 1, cpu: 0, flags: 0, depth: 0, time: 12_500_000_000),
  ]

  @Test(arguments: lines) func columns(_ line: Line) throws {
    let rows = try rows(line.text + "\n").all
    #expect(rows.count == 1)
    let row = try #require(rows.first)
    #expect(row.event == line.event)
    #expect(row.text("common_comm") == line.comm)
    #expect(row.number("common_pid") == line.thread)
    #expect(row.number("common_tgid") == line.group)
    #expect(row.number("common_cpu") == line.cpu)
    #expect(row.number("common_flags") == line.flags)
    #expect(row.number("common_preempt_count") == line.depth)
    #expect(row.time == line.time)
    #expect(row.number("pfn") == 0x12 && row.number("order") == 0)
  }

  @Test func typesComeFromAllLines() throws {
    let rows = try rows(
      TextRows.log([
        "my_event: a=1 b=0x10 c=-1 d=18446744073709551615 e=1 f=007 g=32 (foo) h=5 [ns]",
        "my_event: a=2 b=0xffffffffffffffff c=1 d=0 e=word f=1 g=33 (foo bar) h=6 [ns]",
      ]))
    #expect(rows.source.schemas.map(\.fullName) == ["unknown:my_event"])
    let types = rows.source.schemas[0].ownFields.map { "\($0.name) \($0.typeText)" }
    #expect(
      types == ["a s64", "b u64", "c s64", "d u64", "e char[]", "f char[]", "g s64", "h s64"])
    #expect(rows.all.map { $0.number("a") } == [1, 2])
    #expect(rows.all.map { $0.number("b") } == [16, -1])
    #expect(rows.all.map { $0.number("c") } == [-1, 1])
    #expect(rows.all.map { $0.number("d") } == [-1, 0])
    #expect(rows.all.map { $0.text("e") } == ["1", "word"])
    #expect(rows.all.map { $0.number("g") } == [32, 33])
    #expect(rows.all.map { $0.number("h") } == [5, 6])
  }

  /// They would be true, both, as texts. A task's name is a text whatever it is.
  @Test func truthIsANumber() throws {
    let rows = try rows(
      TextRows.log([
        "my_event: a=true b=true comm=true", "my_event: a=false b=1 comm=true",
        "my_event: a=true b=0 comm=true",
      ]))
    #expect(rows.all.map { $0.number("a") } == [1, 0, 1])
    #expect(rows.all.map { $0.text("b") } == ["true", "1", "0"])
    #expect(rows.all.map { $0.text("comm") } == ["true", "true", "true"])
  }

  /// The kernel prints addresses with all of their zeros and without a mark, other programs as C does.
  @Test func addressesAreNumbers() throws {
    let rows = try rows(
      TextRows.log([
        "my_event: a=ff1bea3f41241810 b=0x1 c=00000000da32446a n=1234567890123456 name=(nil) m=1",
        "my_event: a=0000000000000000 b=(nil) c=0000000012345678 n=2 name=(nil) m=00000000da32446a",
      ]))
    let types = rows.source.schemas[0].ownFields.map { "\($0.name) \($0.typeText)" }
    #expect(types == ["a void *", "b void *", "c void *", "n s64", "name char[]", "m char[]"])
    #expect(rows.all.map { $0.number("a") } == [Int64(bitPattern: 0xff1b_ea3f_4124_1810), 0])
    #expect(rows.all.map { $0.number("b") } == [1, 0])
    #expect(rows.all.map { $0.number("c") } == [0xda32_446a, 0x1234_5678])
    #expect(rows.all.map { $0.number("n") } == [1_234_567_890_123_456, 2])
    #expect(rows.all.map { $0.text("name") } == ["(nil)", "(nil)"])
  }

  /// Scripts for recordings ask by the names of the format, those for a log by what stands there.
  @Test func fieldsThatArePrintedUnderOtherNames() throws {
    let rows = try rows(
      TextRows.log([
        "mm_vmscan_throttled: nid=0 usec_timeout=20000 usect_delayed=4000 reason=0x2",
        "mm_compaction_end: zone_start=0x1 migrate_pfn=0xe00 free_pfn=0x1000 zone_end=0x1000, "
          + "mode=sync status=complete",
        "mm_compaction_end: zone_start=0x1 migrate_pfn=0xe00 free_pfn=0x1000 zone_end=0x1000, "
          + "mode=async status=complete",
      ]))
    let throttled = try #require(rows.source.schemas.first { $0.name == "mm_vmscan_throttled" })
    #expect(throttled.field(named: "usec_delayed") == throttled.field(named: "usect_delayed"))
    #expect(throttled.field(named: "usect_delayed") != nil)
    #expect(rows.all.map { $0.number("usect_delayed") } == [4000, nil, nil])
    #expect(rows.all.map { $0.number("sync") } == [nil, 1, 0])
    #expect(rows.all[1].number("free_pfn") == 0x1000 && rows.all[1].text("status") == "complete")
  }

  /// Where there is no page, these print 0, and their records hold -1.
  @Test func pagesThatThereAreNot() throws {
    let rows = try rows(
      TextRows.log([
        "mm_page_alloc: page=(nil) pfn=0x0 order=0", "mm_page_alloc: pfn=0x5 order=0",
        "mm_page_free: page=0x1 pfn=0x0 order=0", "mm_page_alloc: order=0 pfn=0x0 page=(nil)",
      ]))
    #expect(rows.all.map { $0.number("pfn") } == [-1, 5, 0, -1])
  }

  @Test func namesStandAnywhere() throws {
    let rows = try rows(
      TextRows.log([
        "softirq_entry: vec=1 [action=TIMER]", "softirq_entry: vec=7 [action=SCHED]",
        "sched_switch: prev_comm=a b prev_state=R+ ==> next_comm=c next_pid=3",
        "block_x: 8,0 WS 4096 () sector=12, nr=8 error={code=-5}", "no_fields: some words",
        "softirq_entry: vec=9",
      ])
    )
    let all = rows.all
    #expect(all.map { $0.text("action") } == ["TIMER", "SCHED", nil, nil, nil, ""])
    #expect(all.map { $0.number("vec") } == [1, 7, nil, nil, nil, 9])
    #expect(all[2].event == "sched:sched_switch" && all[2].text("prev_comm") == "a b")
    #expect(all[2].text("prev_state") == "R+" && all[2].text("next_comm") == "c")
    #expect(
      all[3].number("sector") == 12 && all[3].number("nr") == 8 && all[3].number("code") == -5)
    // What is missing is said.
    #expect(
      rows.source.damage.findings.contains {
        $0.first == "irq:softirq_entry: 1 of 3 lines have no action: 0 or \"\" there"
      })
  }

  @Test func callsOfTheSystem() throws {
    let rows = try rows(
      TextRows.log([
        "sys_write(fd: 3, buf: 7ffd1000, count: 1f)", "sys_write -> 0x1f",
        "sys_close -> 0xfffffffffffffff7",
      ])
    )
    let all = rows.all
    #expect(
      all.map(\.event)
        == ["syscalls:sys_enter_write", "syscalls:sys_exit_write", "syscalls:sys_exit_close"])
    #expect(
      all[0].number("fd") == 3 && all[0].number("buf") == 0x7ffd1000 && all[0].number("count") == 31
    )
    #expect(all[1].number("ret") == 31 && all[2].number("ret") == -9)
  }

  @Test func lossesAndStacks() throws {
    let rows = try rows(
      "# tracer: nop\n#\n# entries-in-buffer/entries-written: 476/18319   #P:2\n"
        + TextRows.log(["kfree: ptr=1"])
        + "CPU:0 [LOST 18032 EVENTS]\n##### CPU 1 buffer started ####\n"
        + TextRows.log(["kfree: ptr=1", "<stack trace>"]) + " => kfree\n => do_syscall_64\n"
        + TextRows.log(["kernel_stack:         <stack trace >"]) + "=> kfree (ffffffff960f7246)\n"
        + "CPU:1 [17 EVENTS DROPPED]\n" + TextRows.log(["kfree: ptr=1"]) + "CPU:0 [LOST EVENTS]\n")
    #expect(rows.all.count == 3)
    #expect(rows.losses == [.counted(17843), .counted(18032), .counted(17), .unknown])
    #expect(rows.source.damage.findings.isEmpty, "\(rows.source.damage.findings)")
  }

  @Test func linesThatAreNoneAreSaid() throws {
    let rows = try rows(
      "Hello, here is what I see:\n\n" + TextRows.log(["kfree: ptr=1"]) + "It hangs then.\n")
    #expect(rows.all.count == 1)
    #expect(
      rows.source.damage.notes
        == [
          "2 lines, the first of them line 1, are no event's, and skipped: `Hello, here is what I see:`"
        ])
    #expect(!rows.source.damage.hasErrors)
    let error = #expect(throws: TraceError.self) { try self.rows("Hello.\nNo trace at all.\n") }
    #expect(error?.message.contains("is text, but no line is one of ftrace") == true)
  }

  /// What has the time of an event may have been one: the answer lacks it.
  @Test(arguments: [
    "sh-42 [000 ..... 1.123456: kfree: ptr=1", "[000] 1.123456:", "> 100.123456: sys_enter",
  ])
  func brokenLinesAreErrors(_ line: String) throws {
    let rows = try rows(
      TextRows.log(["kfree: ptr=1"]) + line + "\n" + TextRows.log(["kfree: ptr=1"]))
    #expect(rows.all.count == 2)
    #expect(
      rows.source.damage.errors
        == ["line 2 has the time of an event, but cannot be read: `\(line)`"])
  }

  /// A hole may stand for whole lines, wherever it begins: what it leaves on both sides is no event.
  @Test(
    arguments: [
      "sh-42", "              sh-42      [000] ..... 1.5: kfree: ptr=7",
      "              sh-42      [000] ..... 1.5: kfree:", "",
    ], [1, 4096, 40_000])
  func zeroBytesAreErrors(_ start: String, _ count: Int) throws {
    let line = TextRows.log(["kfree: ptr=1"])
    let hole = start + String(repeating: "\0", count: count)
    let rows = try rows(line + line + hole + line + line)
    #expect(rows.all.map { $0.number("ptr") } == [1, 1, 1])
    let errors = rows.source.damage.errors
    #expect(errors.count == 1 && errors.first?.contains("line 3") == true, "\(errors)")
    #expect(
      errors.first?.hasSuffix("skipped: what was in their place is lost: `\(start)`") == true,
      "\(errors)")
  }

  @Test(arguments: [
    "It took 12.5 s, 3.25: 4 times.", "10:34:56.123 up", "see [1] and [000] at 12.345678.",
    "[  200.123456] usb 1-1: reset", "fe80::1.23", "1.1234567",
  ])
  func proseIsNoError(_ line: String) throws {
    let rows = try rows(TextRows.log(["kfree: ptr=1"]) + line + "\n")
    #expect(rows.all.count == 1 && !rows.source.damage.hasErrors)
    #expect(rows.source.damage.notes.count == 1)
  }

  /// A name is its own, at each event: unlike a recorder's list of last names.
  @Test func namesChange() throws {
    let rows = try rows(
      "              sh-42      [000] ..... 1.1: kfree: ptr=1\n"
        + "              ls-42      [000] ..... 1.2: kfree: ptr=1\n")
    #expect(rows.all.map { $0.text("common_comm") } == ["sh", "ls"])
  }

  /// Lines of this length are no event's; the next one is.
  @Test func longLines() throws {
    let rows = try rows(
      TextRows.log(["kfree: ptr=1"]) + String(repeating: "x", count: 700_000) + "\n"
        + TextRows.log(["kfree: ptr=2"]))
    #expect(rows.all.map { $0.number("ptr") } == [1, 2])
    #expect(rows.source.damage.notes.first?.contains("no event's, and skipped: `xxx") == true)
  }

  /// The systems of the kernel's own events, wherever their names tell them.
  @Test func systemsOfEvents() throws {
    for (name, system) in [
      ("mm_page_alloc", "kmem"), ("mm_vmscan_kswapd_wake", "vmscan"), ("sched_switch", "sched"),
      ("sys_enter_read", "syscalls"), ("softirq_entry", "irq"), ("kvm_mmu_get_page", "kvmmmu"),
      ("page_fault_user", "exceptions"), ("mark_victim", "oom"), ("what_is_this", "unknown"),
    ] { #expect(EventSystems.system(of: name) == system, "\(name)") }
    guard let tracefs = try? Tracefs() else { return print("SKIP systemsOfEvents: no tracefs") }
    let wrong = tracefs.schemas(DamageLog()).filter {
      ![EventSystems.unknown, $0.system].contains(EventSystems.system(of: $0.name))
        && $0.system != "ftrace"
    }
    #expect(wrong.isEmpty, "\(wrong.prefix(20).map(\.fullName))")
  }

  @Test func zeroBytesAndHalfLines() throws {
    #expect(try rows("              sh-42      [000] ..... 1.1: kfree: ptr=1").all.count == 1)
    #expect(try rows("# tracer: nop\n#\n").all.isEmpty)
  }
}
