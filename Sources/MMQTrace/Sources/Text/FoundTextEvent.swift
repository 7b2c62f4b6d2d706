// What the first look at a text finds of one event.

/// An event that lines name.
final class FoundTextEvent {
  let schema: EventSchema?
  let type: Int?
  let inference: TextInference
  private let hasFormat: Bool
  private let kind: TextName.Kind
  /// What a system call is given, in whoever's form.
  private let isCall: Bool
  /// Of the kernel's own form of a system call: made from its first line.
  private var callFields: [Field]?
  private let name: String
  /// Of each form, until a line has one.
  private var matchers: [TextMatcher] = []
  private(set) var form: Int?
  private var hasMatched = false
  private var failures = 0

  /// Lines without a match, after which none is expected.
  private static let enough = 1000

  init(_ name: TextName, _ type: Int, _ schema: EventSchema?) {
    self.schema = schema
    self.type = name.kind == .type ? type : nil
    hasFormat = schema != nil
    kind = name.kind
    self.name = name.name.text
    let (system, event) = FoundTextEvent.fullName(name, type)
    isCall = system == "syscalls" && event.hasPrefix("sys_enter_")
    inference = TextInference(schema?.system ?? system, schema?.name ?? event)
    guard let schema else { return }
    matchers = TextForms.drafts(of: schema, longSize: 8).map {
      TextMatcher(TextPattern($0) { _ in nil })
    }
    hasMatched = matchers.isEmpty || name.kind == .type
  }

  /// The system is that of the event's name where the line doesn't say it.
  private static func fullName(_ name: TextName, _ type: Int) -> (system: String, name: String) {
    let text = name.name.text
    switch name.kind {
    case .call: return ("syscalls", "sys_enter_" + text.withoutSys)
    case .callEnd: return ("syscalls", "sys_exit_" + text.withoutSys)
    case .function: return ("ftrace", "function")
    case .type: return (EventSystems.unknown, "type_\(type)")
    default:
      if text == "tracing_mark_write" { return ("ftrace", "print") }
      return (name.system.isEmpty ? EventSystems.system(of: text) : name.system.text, text)
    }
  }

  /// No line has the form that the format says, and there were some.
  var isUnlikeFormat: Bool { schema != nil && !hasMatched && failures > 0 }

  @inline(__always)
  func take(_ text: TextSpan, _ record: inout TextRecord) {
    if hasFormat { return takeFormatted(text, &record) }
    if isCall, callFields == nil { callFields = FoundTextEvent.arguments(text) }
    inference.learn(text, &record)
  }

  private func takeFormatted(_ text: TextSpan, _ record: inout TextRecord) {
    if hasMatched || failures > FoundTextEvent.enough { return }
    record.begin(TextCommon.size)
    form = matchers.firstIndex { $0.match(text, &record) }
    if form != nil {
      hasMatched = true
      matchers = []
      return
    }
    failures += 1
    inference.learn(text, &record)
  }

  /// Without a format.
  func made(_ id: Int, _ common: TextCommon, _ damage: DamageLog) -> TextEvent {
    var fields: [Field]?
    if isCall {
      fields = callFields
    } else if inference.system == "syscalls", inference.name.hasPrefix("sys_exit_") {
      fields = [FoundTextEvent.long("ret", isSigned: true)]
    } else if name == "tracing_mark_write" {
      fields = [
        Field(name: "buf", typeText: "char[]", offset: 0, size: 0, isSigned: false, shape: .string)
      ]
    }
    guard let fields else { return inference.event(id, common, nil, damage) }
    let schema = EventSchema(id: id, system: inference.system, name: inference.name, fields: fields)
    return TextEvent.of(schema, id: id, common, longSize: 8)
  }

  /// `fd: 3, buf: 7ffe91085ec0)`, without the bracket where it is not the kernel's own form; nil for names and
  /// values in yet another one.
  private static func arguments(_ text: TextSpan) -> [Field]? {
    guard text.find(UInt8(ascii: "=")) == nil else { return nil }
    return text.text.split(separator: ", ").compactMap { part in
      part.firstIndex(of: ":").map { long(String(part[..<$0]), isSigned: false) }
    }
  }

  private static func long(_ name: String, isSigned: Bool) -> Field {
    Field(
      name: name, typeText: isSigned ? "long" : "unsigned long", offset: 0, size: 8,
      isSigned: isSigned,
      shape: .integer)
  }
}

extension String {
  fileprivate var withoutSys: Substring { hasPrefix("sys_") ? dropFirst(4) : self[...] }
}
