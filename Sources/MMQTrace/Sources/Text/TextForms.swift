// The forms that the text of an event may have: that of its format, and those that programs write instead.

enum TextForms {
  /// What libtraceevent's plugins write, for trace-cmd report and perf script. In braces are fields, as the
  /// format shows them, or nothing for text that does not tell: of a task's state the plugin leaves out
  /// that it was preempted, and versions differ in their letters. `*` is all of the format.
  private static let plugins: [String: [String]] = [
    "sched_switch": [
      "{prev_comm}:{prev_pid} [{prev_prio}] {} ==> {next_comm}:{next_pid} [{next_prio}]"
    ],
    "sched_wakeup": wakeup, "sched_wakeup_new": wakeup, "sched_waking": wakeup,
    "kmalloc": slab, "kmalloc_node": slab, "kfree": slab, "kmem_cache_alloc": slab,
    "kmem_cache_alloc_node": slab, "kmem_cache_free": slab,
  ]

  private static let wakeup = [
    "{comm}:{pid} [{prio}] CPU:{target_cpu}", "{comm}:{pid} [{prio}]<CPU:{target_cpu}>",
  ]

  private static let slab = ["({}) {*}"]

  /// Fields of which the format shows all bits that the kernel ever sets (`__trace_sched_switch_state` of
  /// include/trace/events/sched.h).
  private static let whole: Set<String> = ["sched_switch.prev_state"]

  static func isWhole(_ field: Field, of schema: EventSchema) -> Bool {
    whole.contains("\(schema.name).\(field.name)")
  }

  /// The first one is the format's, or the kernel's own.
  static func drafts(of schema: EventSchema, longSize: Int) -> [[TextDraft]] {
    if schema.fullName == "ftrace:print" { return marker(schema) }
    var all: [[TextDraft]] = []
    if let format = schema.printFormat {
      all.append(TextInverter.drafts(of: format, schema, longSize: longSize))
    }
    all += systemCall(schema)
    if let first = all.first {
      all += (plugins[schema.name] ?? []).compactMap { TextForms.plugin($0, first) }
    }
    return all
  }

  /// nil where the format lacks a field.
  private static func plugin(_ form: String, _ format: [TextDraft]) -> [TextDraft]? {
    var drafts: [TextDraft] = []
    for part in form.split(separator: "}") {
      let pieces = part.split(separator: "{", omittingEmptySubsequences: false)
      drafts.append(TextDraft(literal: Array(pieces[0].utf8)))
      guard pieces.count > 1 else { continue }
      guard let part = self.drafts(of: String(pieces[1]), format) else { return nil }
      drafts += part
    }
    return TextDraft.joined(drafts)
  }

  private static func drafts(of field: String, _ format: [TextDraft]) -> [TextDraft]? {
    switch field {
    case "": [TextDraft(TextPart(kind: .skip))]
    case "*": format
    default: format.first { $0.fieldName == field }.map { [$0] }
    }
  }

  /// `sys_read(fd: 3, buf: 7ffe91085ec0, count: 20)` and `sys_read -> 0x20`: the kernel prints them by hand
  /// (kernel/trace/trace_syscalls.c).
  private static func systemCall(_ schema: EventSchema) -> [[TextDraft]] {
    guard schema.system == "syscalls" else { return [] }
    func number(_ field: Field) -> TextDraft? {
      FieldBits(field).map { TextDraft(TextPart(kind: .number, base: 16), .bits($0)) }
    }
    let own = schema.ownFields.filter { $0.name != "__syscall_nr" && $0.name != "nr" }
    if schema.name.hasPrefix("sys_exit_") {
      guard let result = own.first(where: { $0.name == "ret" }).flatMap(number) else { return [] }
      return [[result]]
    }
    var drafts: [TextDraft] = []
    for field in own {
      guard let value = number(field) else { return [] }
      drafts.append(TextDraft(literal: Array("\(drafts.isEmpty ? "" : ", ")\(field.name): ".utf8)))
      drafts.append(value)
    }
    return [TextDraft.joined(drafts + [TextDraft(literal: Array(")".utf8))])]
  }

  /// What was written to `trace_marker`.
  private static func marker(_ schema: EventSchema) -> [[TextDraft]] {
    guard var text = schema.field(named: "buf") else { return [] }
    text.shape = .dynamicString(relative: false)
    return [[TextDraft(TextPart(kind: .string), .string(text))]]
  }
}

extension TextDraft {
  /// The field that it tells of.
  fileprivate var fieldName: String? {
    switch subject {
    case .bits(let bits)?: bits.field.name
    case .string(let field)?, .symbol(let field)?: field.name
    case .slot?, nil: nil
    }
  }
}
