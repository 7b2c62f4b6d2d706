// The forms that the text of an event may have: that of its format, and those that programs write instead.

enum TextForms {
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
      all += (TextKnownForm.plugins[schema.name] ?? []).compactMap { drafts($0, first) }
    }
    return all
  }

  /// nil where the format lacks a field.
  private static func drafts(_ form: TextKnownForm, _ format: [TextDraft]) -> [TextDraft]? {
    var drafts: [TextDraft] = []
    for piece in form.pieces {
      switch piece {
      case .literal(let text): drafts.append(TextDraft(literal: text))
      case .field(let name, _), .choice(let name, _):
        guard let draft = format.first(where: { $0.fieldName == name }) else { return nil }
        drafts.append(draft)
      case .partly, .nothing: drafts.append(TextDraft(TextPart(kind: .skip)))
      case .format: drafts += format
      }
    }
    return TextDraft.joined(drafts)
  }

  /// `sys_read(fd: 3, buf: 7ffe91085ec0, count: 20)` and `sys_read -> 0x20`: the kernel prints them by hand
  /// (kernel/trace/trace_syscalls.c). What others print is `fd: 0x00000003, buf: …` without the bracket.
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
    return [
      TextDraft.joined(drafts + [TextDraft(literal: Array(")".utf8))]), TextDraft.joined(drafts),
    ]
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
