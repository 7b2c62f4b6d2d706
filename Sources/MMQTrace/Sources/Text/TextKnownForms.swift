// Texts of events that say no names, or not what their values are: known from the sources of Linux and
// libtraceevent.

/// A form of an event's text, written as the text is. In braces are fields: `{pid}` a decimal number, `{rip#}` a
/// hexadecimal one, `{comm$}` a text. `{sync=async,sync}` is one of some texts, which stand for 0, 1, and so on;
/// `{prev_state?}` a text that does not tell all of the field; `{}` tells nothing, and `{*}` is all that the format prints.
struct TextKnownForm {
  enum Piece {
    case literal([UInt8])
    case field(String, TextPart)
    case choice(String, [[UInt8]])
    /// A text that tells less than the field holds.
    case partly(String)
    case nothing
    case format
  }

  let pieces: [Piece]

  init(_ text: String) {
    var all: [Piece] = []
    for part in text.split(separator: "}") {
      let halves = part.split(separator: "{", omittingEmptySubsequences: false)
      all.append(.literal(Array(halves[0].utf8)))
      if halves.count > 1 { all.append(TextKnownForm.piece(halves[1])) }
    }
    pieces = all
  }

  private static func piece(_ text: Substring) -> Piece {
    if let equals = text.firstIndex(of: "=") {
      let texts = text[equals...].dropFirst().split(separator: ",")
      return .choice(String(text[..<equals]), texts.map { Array($0.utf8) })
    }
    let name = String(text.dropLast())
    switch text.last {
    case nil: return .nothing
    case "*"?: return .format
    case "$"?: return .field(name, TextPart(kind: .string))
    case "?"?: return .partly(name)
    case "#"?: return .field(name, TextPart(kind: .number, base: 16))
    default: return .field(String(text), TextPart(kind: .number))
    }
  }

  /// What libtraceevent's plugins write for trace-cmd report and perf script in place of the event's format.
  /// Of a task's state they leave out that it was preempted, and versions differ in their letters.
  static let plugins: [String: [TextKnownForm]] = table(
    """
    sched_switch: {prev_comm$}:{prev_pid} [{prev_prio}] {prev_state?} ==> {next_comm$}:{next_pid} [{next_prio}]
    sched_wakeup sched_wakeup_new sched_waking: {comm$}:{pid} [{prio}] CPU:{target_cpu}
    sched_wakeup sched_wakeup_new sched_waking: {comm$}:{pid} [{prio}] success={success} CPU:{target_cpu}
    sched_wakeup sched_wakeup_new sched_waking: {comm$}:{pid} [{prio}]<CPU:{target_cpu}>
    kmalloc kmalloc_node kfree kmem_cache_alloc kmem_cache_alloc_node kmem_cache_free: ({}) {*}
    function: {ip$} <-- {parent_ip$}
    function: {ip$} <-{parent_ip$}
    print: {ip$}: {buf$}
    kvm_exit: reason {exit_reason?} rip {guest_rip#} info {info1#} {info2#}
    kvm_exit: vcpu {vcpu_id} reason {exit_reason?} rip {guest_rip#} info {info1#} {info2#}
    """)

  /// What the kernel prints, where the text alone does not tell names and types.
  static let kernel: [String: [TextKnownForm]] = table(
    """
    sched_switch: prev_comm={prev_comm$} prev_pid={prev_pid} prev_prio={prev_prio} prev_state={prev_state$} ==> \
    next_comm={next_comm$} next_pid={next_pid} next_prio={next_prio}
    sched_wakeup sched_wakeup_new sched_waking: comm={comm$} pid={pid} prio={prio} target_cpu={target_cpu}
    sched_wakeup sched_wakeup_new: comm={comm$} pid={pid} prio={prio} success={success} target_cpu={target_cpu}
    mark_victim: pid={pid} comm={comm$} total-vm={total_vm}kB anon-rss={anon_rss}kB file-rss:{file_rss}kB \
    shmem-rss:{shmem_rss}kB uid={uid} pgtables={pgtables}kB oom_score_adj={oom_score_adj}
    mm_compaction_begin: zone_start={zone_start#} migrate_pfn={migrate_pfn#} free_pfn={free_pfn#} \
    zone_end={zone_end#}, mode={sync=async,sync}
    mm_compaction_end: zone_start={zone_start#} migrate_pfn={migrate_pfn#} free_pfn={free_pfn#} \
    zone_end={zone_end#}, mode={sync=async,sync} status={status$}
    sys_enter: NR {id} ({})
    sys_exit: NR {id} = {ret}
    block_rq_issue block_rq_insert block_rq_merge block_io_start block_io_done: \
    {dev$} {rwbs$} {bytes} ({cmd$}) {sector} + {nr_sector} [{comm$}]
    block_rq_issue block_rq_insert block_rq_merge block_io_start block_io_done: \
    {dev$} {rwbs$} {bytes} ({cmd$}) {sector} + {nr_sector} {} [{comm$}]
    block_rq_complete block_rq_requeue block_rq_error: \
    {dev$} {rwbs$} ({cmd$}) {sector} + {nr_sector} [{error}]
    block_rq_complete block_rq_requeue block_rq_error: \
    {dev$} {rwbs$} ({cmd$}) {sector} + {nr_sector} {} [{error}]
    block_bio_complete: {dev$} {rwbs$} {sector} + {nr_sector} [{error}]
    block_bio_queue block_bio_backmerge block_bio_frontmerge block_bio_bounce block_getrq block_sleeprq: \
    {dev$} {rwbs$} {sector} + {nr_sector} [{comm$}]
    block_plug: [{comm$}]
    block_unplug: [{comm$}] {nr_rq}
    workqueue_execute_start workqueue_execute_end: work struct {work$}: function {function$}
    workqueue_execute_start workqueue_execute_end workqueue_activate_work: work struct {work$}
    tlb_flush: pages:{pages} reason:{reason$} ({})
    kvm_entry: vcpu {vcpu_id}, rip {rip#}
    kvm_entry: vcpu {vcpu_id}, rip {rip#} {}
    kvm_exit: vcpu {vcpu_id} reason {exit_reason?} rip {guest_rip#} info1 {info1#} info2 {info2#} {}
    console: {msg$}
    """)

  /// Of an event without a format: in this order.
  static func forms(of event: String) -> [TextKnownForm] {
    (kernel[event] ?? []) + (plugins[event] ?? []).filter { !$0.needsFormat }
  }

  private var needsFormat: Bool {
    pieces.contains { if case .format = $0 { true } else { false } }
  }

  /// Rows of events and one form.
  private static func table(_ rows: String) -> [String: [TextKnownForm]] {
    var all: [String: [TextKnownForm]] = [:]
    for row in rows.split(separator: "\n") {
      guard let colon = row.firstIndex(of: ":") else { continue }
      let form = TextKnownForm(String(row[row.index(colon, offsetBy: 2)...]))
      for event in row[..<colon].split(separator: " ") {
        all[String(event), default: []].append(form)
      }
    }
    return all
  }
}
