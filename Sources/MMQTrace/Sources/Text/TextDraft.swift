// Parts of patterns before it is known where in a record things go.

/// A part of a pattern before it is known where things go.
struct TextDraft {
  /// What a part of the text tells.
  enum Subject {
    case bits(FieldBits)
    case string(Field)
    /// The name of the function that the field is the address of.
    case symbol(Field)
    case slot(Int)
  }

  var part: TextPart
  var literal: [UInt8] = []
  var subject: Subject?
  var names: TextNames?
  /// One of some texts right behind names, such as the `+` of a task that was preempted.
  var suffix: (subject: Subject, names: TextNames)?

  init(_ part: TextPart, _ subject: Subject? = nil, _ names: TextNames? = nil) {
    (self.part, self.subject, self.names) = (part, subject, names)
  }

  init(literal: [UInt8]) {
    part = TextPart(kind: .literal)
    self.literal = literal
  }

  /// Joins literals. What has no end of its own ends where a literal begins: with anything else behind it
  /// nobody knows where it ends, and together they tell nothing.
  static func joined(_ drafts: [TextDraft]) -> [TextDraft] {
    var all: [TextDraft] = []
    for draft in drafts {
      guard let last = all.last else {
        all.append(draft)
        continue
      }
      if draft.part.kind == .literal, last.part.kind == .literal {
        all[all.count - 1].literal += draft.literal
      } else if last.takesSuffix, draft.part.kind == .oneOf, let subject = draft.subject,
        let names = draft.names
      {
        all[all.count - 1].suffix = (subject, names)
      } else if last.part.isOpen, draft.part.kind != .literal {
        all[all.count - 1] = TextDraft(TextPart(kind: .skip))
      } else {
        all.append(draft)
      }
    }
    return all.filter { $0.part.kind != .literal || !$0.literal.isEmpty }
  }
}

extension TextDraft {
  private var takesSuffix: Bool { suffix == nil && (part.kind == .flags || part.kind == .symbols) }
}

extension TextDraft {
  /// A piece of a known form where no format tells more; `subject` of a field's name.
  init(_ piece: TextKnownForm.Piece, _ subject: (String) -> Subject?) {
    switch piece {
    case .literal(let text): self.init(literal: text)
    case .field(let name, let part): self.init(part, subject(name))
    case .choice(let name, let texts):
      let names = TextNames()
      for (value, text) in texts.enumerated() { names.add(text, UInt64(value)) }
      self.init(TextPart(kind: .oneOf), subject(name), names)
    case .partly(let name): self.init(TextPart(kind: .string), subject(name))
    case .nothing, .format: self.init(TextPart(kind: .skip))
    }
  }
}
