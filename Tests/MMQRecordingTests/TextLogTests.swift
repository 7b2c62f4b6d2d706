// Logs as people have them: quoted in mails, out of kernel logs, in the forms of tools; and events whose text
// does not say names and types.

import MMQTestSupport
import MMQTrace
import Testing

@Suite struct TextLogTests {
  private func rows(_ text: String) throws -> TextRows {
    try TextRows(TemporaryFile(Array(text.utf8)).source(nil))
  }

  private static let log = [
    "# tracer: nop", "#", "# entries-in-buffer/entries-written: 3/10   #P:2",
    "              sh-42      [000] ..... 1.001000: kfree: ptr=1", "CPU:1 [LOST 4 EVENTS]",
    "  my-9 [001] 1: x-77      [012] DNZf3  1.002000: kfree: ptr=2",
    "             dd-43      [001] ..... 1.003000: kfree: ptr=3", " => kfree", "",
  ]

  static let quotes: [(before: String, after: String)] = [
    ("> ", ""), (">> ", ""), ("> > ", ""), ("> ", "\r"), ("[  120.345678] ", ""),
    ("[  120.345678][    T1] ", ""), ("<4>[  120.345678] ", ""), ("", ""),
    ("Nov  6 10:00:00 host kernel: [  120.345678] ", ""),
    ("2026-11-06T10:00:00.123456+00:00 host kernel: ", ""), ("> [  120.345678] ", ""),
  ]

  @Test(arguments: quotes) func quoted(_ quote: (before: String, after: String)) throws {
    let rows = try rows(Self.log.map { quote.before + $0 + quote.after + "\n" }.joined())
    #expect(rows.all.map { $0.number("ptr") } == [1, 2, 3])
    #expect(rows.all.map { $0.text("common_comm") } == ["sh", "my-9 [001] 1: x", "dd"])
    #expect(rows.losses == [.counted(7), .counted(4)])
    #expect(rows.lossCPUs == [.max, 1])
    #expect(rows.source.damage.findings.isEmpty, "\(rows.source.damage.findings)")
  }

  /// trace-cmd report -l
  @Test func secondsInLatencyFormat() throws {
    let rows = try rows(
      """
      cpus=2
            ls-233     1.....    30.899366: kfree:             ptr=1
      trace-cm-231     0dNs4.    30.899372: kfree:             ptr=2
      my c 12-0       11d....   234023106322: kfree:             ptr=3

      """)
    #expect(rows.all.map { $0.number("ptr") } == [1, 2, 3])
    #expect(rows.all.map { $0.number("common_cpu") } == [1, 0, 11])
    #expect(rows.all.map { $0.number("common_flags") } == [0, 0x35, 1])
    #expect(rows.all.map { $0.text("common_comm") } == ["ls", "trace-cm", "swapper/11"])
    #expect(rows.all.map(\.time) == [30_899_366_000, 30_899_372_000, 234_023_106_322])
  }

  /// trace-cmd report -R writes fields under their own names, in the bases of the format, without all marks.
  @Test func bareNumbers() throws {
    let lines = [
      "mm_filemap_get_pages:  i_ino=51748 s_dev=266338304 index=0x0 last_index=0x0",
      "writeback_dirty_inode_enqueue:  dev=266338304 ino=16246787 state=0x40 mode=100644",
      "ext4_allocate_inode:  dev=5 ino=10 dir=2 mode=40755",
      "ext4_punch_hole:  dev=5 ino=10 mode=10",
    ]
    let rows = try rows(lines.map { "  dd-18817 [000] 48179.813796: \($0)\n" }.joined())
    #expect(rows.source.damage.findings.isEmpty, "\(rows.source.damage.findings)")
    #expect(rows.all[0].number("i_ino") == 0x51748 && rows.all[0].number("s_dev") == 266_338_304)
    #expect(rows.all[1].number("mode") == 0o100644 && rows.all[1].number("ino") == 16_246_787)
    #expect(rows.all[2].number("mode") == 0o40755 && rows.all[2].number("ino") == 10)
    #expect(rows.all[3].number("mode") == 10)
  }

  /// Digits that are none of the base: older versions of trace-cmd print another one.
  @Test func otherBases() throws {
    let text = ["100644", "33188"].map {
      "  dd-18817 [000] 48179.813796: sb_mark_inode_writeback:  ino=5 mode=\($0)\n"
    }
    for order in [text, text.reversed()] {
      #expect(
        try rows(order.joined()).all.compactMap { $0.text("mode") }.sorted() == ["100644", "33188"])
    }
    let unsure = try rows("  dd-1 [000] 1.813796: ext4_free_inode:  dev=5 ino=9 mode=33188\n")
    #expect(unsure.all[0].number("mode") == 33188)
    #expect(
      unsure.source.damage.notes == [
        "ext4:ext4_free_inode: if this is text of trace-cmd report -R, nothing tells whether numbers of mode "
          + "are of the base 8, 10 or 16: print it without -R"
      ])
  }

  /// perf script -F …,ip,sym,trace: where the event was is no part of its last field.
  @Test(arguments: [
    "ffffffff8162184b __alloc_pages", "ffffffff8162184b __alloc_pages+0x26b ([kernel.kallsyms])",
    "ffffffff8162184b x.isra.0 ([kernel.kallsyms])",
  ])
  func addressesBehindTheEvent(_ address: String) throws {
    let rows = try rows(
      "  dd 16816 [001] 48060.834651: kmem:mm_page_alloc: order=0 gfp_flags=GFP_KERNEL \(address)\n"
        + "  dd 16816 [001] 48060.834652: kmem:mm_page_alloc: order=1 gfp_flags=GFP_NOIO ffff\n")
    #expect(rows.all.map { $0.text("gfp_flags") } == ["GFP_KERNEL", "GFP_NOIO ffff"])
    #expect(rows.source.damage.findings.isEmpty, "\(rows.source.damage.findings)")
  }

  @Test func lossesAreOfTheirCPUs() throws {
    let line = "              sh-42      [000] ..... 1.001000: kfree: ptr=1\n"
    let rows = try rows(
      line + "CPU:0 [LOST 5 EVENTS]\nCPU:3 [LOST 7 EVENTS]\nCPU:3 [2 EVENTS DROPPED]\n" + line
        + "CPU:0 [LOST EVENTS]\n")
    #expect(rows.all.count == 2)
    #expect(rows.losses == [.counted(5), .counted(9), .unknown])
    #expect(rows.lossCPUs == [0, 3, 0])
  }

  /// As libtraceevent's plugins print them, and as the kernel does.
  @Test func switches() throws {
    let rows = try rows(
      TextRows.log([
        "sched_switch:         my cmd:2:233 [120] R ==> rcu:15 [-1]",
        "sched_switch: prev_comm=a x=1 prev_pid=7 prev_prio=120 prev_state=S ==> next_comm=5 next_pid=8 next_prio=0",
        "sched_wakeup:         rcu_preempt:15 [120] CPU:001",
        "sched_wakeup:         sh:15 [120] success=1 CPU:001",
        "sched_wakeup: comm=12 pid=15 prio=120 target_cpu=011",
      ]))
    let all = rows.all
    #expect(all.prefix(2).map { $0.text("prev_comm") } == ["my cmd:2", "a x=1"])
    #expect(all.prefix(2).map { $0.text("next_comm") } == ["rcu", "5"])
    #expect(all.prefix(2).map { $0.number("next_prio") } == [-1, 0])
    #expect(all.prefix(2).map { $0.text("prev_state") } == ["R", "S"])
    #expect(all.dropFirst(2).map { $0.number("target_cpu") } == [1, 1, 11])
    #expect(all.dropFirst(2).map { $0.text("comm") } == ["rcu_preempt", "sh", "12"])
    #expect(all[3].number("success") == 1)
  }

  @Test func victims() throws {
    let rows = try rows(
      TextRows.log([
        "mark_victim: pid=292 comm=my load total-vm=99300kB anon-rss=97728kB file-rss:4kB shmem-rss:208kB uid=0 pgtables=228kB oom_score_adj=-5",
        "rss_stat: mm_id=1 curr=0 type=MM_FILEPAGES size=-4096B", "my_event: a-b=1 c=x-y d=2kB e=3",
      ]))
    let victim = try #require(rows.all.first)
    #expect(victim.text("comm") == "my load" && victim.number("pid") == 292)
    #expect(
      ["total_vm", "anon_rss", "file_rss", "shmem_rss", "pgtables"].map { victim.number($0) }
        == [99300, 97728, 4, 208, 228])
    #expect(victim.number("oom_score_adj") == -5)
    #expect(rows.all[1].number("size") == -4096)
    #expect(rows.all[2].number("a_b") == 1 && rows.all[2].text("c") == "x-y")
    #expect(rows.all[2].number("d") == 2 && rows.all[2].number("e") == 3)
  }

  /// Their numbers have no mark of their base.
  @Test func basesAreKnown() throws {
    let rows = try rows(
      TextRows.log([
        "task_newtask: pid=5 comm=sh clone_flags=1200011 oom_score_adj=0",
        "task_newtask: pid=6 comm=sh clone_flags=3d0f00 oom_score_adj=0",
        "task_newtask: clone_flags=10 oom_score_adj=0 comm=sh pid=6",
        "signal_deliver: sig=17 errno=0 code=1 sa_handler=55d0 sa_flags=10000000",
        "mm_filemap_fault: dev=254:0 ino=10 ofs=4096",
      ]))
    #expect(
      rows.all.prefix(3).map { $0.number("clone_flags") } == [0x120_0011, 0x3d_0f00, 0x10])
    #expect(rows.all[3].number("sa_flags") == 0x1000_0000 && rows.all[3].number("sig") == 17)
    #expect(rows.all[4].number("ino") == 16 && rows.all[4].text("dev") == "254:0")
  }

  @Test func textsWithoutNames() throws {
    let rows = try rows(
      TextRows.log([
        "sys_enter: NR 262 (ffffff9c, 7ffe91085ec0, 7ffe91085ee0, 0, 0, 73)",
        "sys_exit: NR 1 = -11",
        "block_rq_issue: 254,0 RA 1048576 () 270336 + 2048 [dd]",
        "block_rq_complete: 254,0 WS () 8 + 16 none,0,0 [-5]", "block_plug: [my dd]",
        "sys_enter_write: fd: 0x00000003, buf: 0x7ffd1000, count: 0x0000001f",
        "sys_exit_write: 0xfffffffffffffff7", "console: a=1, b=2: text",
      ]))
    let all = rows.all
    #expect(all[0].number("id") == 262 && all[1].number("ret") == -11)
    #expect(all[2].number("bytes") == 1_048_576 && all[2].number("sector") == 270_336)
    #expect(all[2].text("comm") == "dd" && all[2].text("rwbs") == "RA")
    #expect(all[3].number("error") == -5 && all[3].number("nr_sector") == 16)
    #expect(all[4].text("comm") == "my dd")
    #expect(all[5].number("fd") == 3 && all[5].number("count") == 31)
    #expect(all[6].event == "syscalls:sys_exit_write" && all[6].number("ret") == -9)
    #expect(all[7].text("msg") == "a=1, b=2: text")
  }

  /// As the function tracer and trace-cmd print them.
  @Test func functions() throws {
    let kernel = try rows(TextRows.log(["schedule <-do_exit", "kfree <-schedule"]))
    let tool = try rows(
      TextRows.log(["function:             schedule <-- do_exit", "print:                foo: x=1"])
    )
    #expect(kernel.all.map(\.event) == ["ftrace:function", "ftrace:function"])
    #expect(kernel.all.map { $0.text("ip") } == ["schedule", "kfree"])
    #expect(kernel.all.map { $0.text("parent_ip") } == ["do_exit", "schedule"])
    #expect(tool.all.map(\.event) == ["ftrace:function", "ftrace:print"])
    #expect(tool.all[0].text("ip") == "schedule" && tool.all[0].text("parent_ip") == "do_exit")
    #expect(tool.all[1].text("buf") == "x=1")
  }

  @Test func tracersWithoutEvents() throws {
    let error = #expect(throws: TraceError.self) {
      try self.rows("# tracer: function_graph\n#\n 0)               |  do_sys_open() {\n")
    }
    #expect(error?.message.contains("tracer 'function_graph'") == true, "\(error?.message ?? "")")
  }

  /// What stands in a cut line may be a part of a number.
  @Test func cutLines() throws {
    let rows = try rows("              sh-42      [000] ..... 1.1: kfree: ptr=1")
    #expect(rows.all.count == 1)
    #expect(rows.source.damage.findings.map(\.kind) == ["cut"])
  }
}
