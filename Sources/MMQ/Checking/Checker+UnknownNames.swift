// Words that mean nothing where they stand: what was probably meant.

internal import MMQLanguage
internal import MMQTrace

extension Checker {
  /// A word that is no builtin. Beside a string it may be one without its quotes.
  func unknownName(_ word: String, _ span: Span, isBesideText: Bool = false) -> Diagnostic {
    let hint = fieldHint(word) ?? (isBesideText ? "a string needs quotes: \"\(word)\"" : nil)
    if hint == nil, let reason = Unsupported.name(word) {
      return .unsupportedName(span, word, reason)
    }
    return .unknownName(span, word, hint: hint ?? nameHint(word))
  }

  /// A side of a comparison.
  mutating func compared(_ side: Expression, with other: Expression) throws -> Typed {
    try requireQuotes(side, beside: other)
    return try value(side)
  }

  /// `comm == load` lacks quotes.
  mutating func requireQuotes(_ side: Expression, beside other: Expression) throws {
    guard isFinal, case .name(let word) = side.kind, !isKnown(word),
      let type = (try? value(other))?.type, type == .string || type.symbols != nil
    else { return }
    throw fail(unknownName(word, side.span, isBesideText: true))
  }

  private func isKnown(_ word: String) -> Bool {
    word == "args" || enumerations.constants[word] != nil || builtin(named: word) != nil
  }

  private var events: [EventSchema] {
    if case .event(let events) = place { return events }
    return []
  }

  /// The word is a field of the block's events, or a name that one of their fields has for a value.
  private func fieldHint(_ word: String) -> String? {
    if events.contains(where: { $0.field(named: word) != nil }) {
      return "did you mean args.\(word)?"
    }
    let isValue = events.contains { event in
      event.symbols.values.contains { $0.value(named: word) != nil }
    }
    return isValue ? "names of values are strings: \"\(word)\"" : nil
  }

  /// What others call the builtins, and no slip of the fingers would make of their names.
  private static let otherNames = [
    "tgid": "pid, the thread group",
    "execname": "comm", "timestamp": "nsecs", "cpuid": "cpu",
  ]

  private func nameHint(_ word: String) -> String? {
    if let hint = EventHints(target).text(ofSystem: word) { return hint }
    if let meant = Checker.otherNames[word] { return "did you mean \(meant)?" }
    if let nearest = Nearest.name(to: word, among: builtins.keys.sorted()) {
      return "did you mean '\(nearest)'?"
    }
    let fields = events.first?.ownFields.map(\.name) ?? []
    return Nearest.name(to: word, among: fields).map { "did you mean args.\($0)?" }
  }
}
