// A `print fmt` the other way round: what the text of an event consists of, and where each part goes.

/// A part of a pattern. What it consists of lies in the pattern, so that matching counts no references.
struct TextPart {
  enum Kind: UInt8 {
    /// Bytes as they are.
    case literal
    /// A number of a base, with a sign or `0x`.
    case number
    /// A number of the base 16 that may be a null pointer's.
    case pointer
    /// One character.
    case character
    /// One of some texts, each of which stands for a number; ends where the text does.
    case oneOf
    // The rest ends where the next literal begins.
    /// Some texts that stand for numbers, else names of bits.
    case flags
    /// Some texts that stand for numbers, else names of values.
    case symbols
    case string
    /// A value whose type nobody told: of `name=value`.
    case value
    /// Text that tells nothing.
    case skip
  }

  var kind: Kind
  /// The first 8 bytes of the literal, and which of them count.
  var word: UInt64 = 0
  var mask: UInt64 = 0
  /// Of a literal; of others where they end: the literal that follows. Empty at the end of the line.
  var start = 0
  var count = 0
  /// Of a number: 8, 10 or 16.
  var base: UInt8 = 10
  /// Blanks before it belong to its width.
  var isPadded = false
  /// Blanks behind it do, up to this width.
  var leftWidth = 0
  /// Which target; -1 for none.
  var target = -1
  /// Which list of texts and names; -1 for none.
  var names = -1
  /// Of names: the target of one of some texts behind them, and which texts; -1 for none.
  var suffixTarget = -1
  var suffixNames = -1

  /// It ends where something else begins.
  var isOpen: Bool { kind.rawValue >= Kind.flags.rawValue }
}

/// Where a part of the text goes.
enum TextDestination {
  case number(TextTarget)
  /// Into a fixed array of characters.
  case fixed(offset: Int, size: Int)
  /// Behind the fields; the offset is that of the word which says where.
  case dynamic(offset: Int)
  /// What `name=value` says; without a type yet, while lines are looked at for the first time.
  case slot(Int)
}

/// A pattern with all that its parts refer to. Immutable once made.
final class TextPattern {
  let parts: [TextPart]
  /// Made of names in the text, not by a format: a value then holds no name.
  let isInferred: Bool
  let literals: [UInt8]
  let targets: [TextDestination]
  let names: [TextNames]

  /// `destination`: where the text of each draft's subject goes; nil for nowhere.
  init(
    _ drafts: [TextDraft], isInferred: Bool = false,
    _ destination: (TextDraft.Subject) -> TextDestination?
  ) {
    self.isInferred = isInferred
    var (parts, literals, names) = ([TextPart](), [UInt8](), [TextNames]())
    var targets: [TextDestination] = []
    for draft in drafts {
      var part = draft.part
      if part.kind == .literal {
        (part.start, part.count) = (literals.count, draft.literal.count)
        (part.word, part.mask) = TextPattern.word(draft.literal)
        literals += draft.literal
      }
      if let place = draft.subject.flatMap(destination) {
        part.target = targets.count
        targets.append(place)
      }
      if let texts = draft.names {
        part.names = names.count
        names.append(texts)
      }
      if let suffix = draft.suffix {
        if let place = destination(suffix.subject) {
          part.suffixTarget = targets.count
          targets.append(place)
        }
        part.suffixNames = names.count
        names.append(suffix.names)
      }
      parts.append(part)
    }
    for index in parts.indices.dropLast() where parts[index].isOpen {
      let next = parts[index + 1]
      (parts[index].start, parts[index].count) = (next.start, next.count)
      (parts[index].word, parts[index].mask) = (next.word, next.mask)
    }
    (self.parts, self.literals, self.targets, self.names) = (parts, literals, targets, names)
  }

  /// As a load of 8 bytes sees them.
  private static func word(_ literal: [UInt8]) -> (word: UInt64, mask: UInt64) {
    let count = min(8, literal.count)
    let bytes = literal.prefix(count) + [UInt8](repeating: 0, count: 8 - count)
    let mask = [UInt8](repeating: 0xff, count: count) + [UInt8](repeating: 0, count: 8 - count)
    return (
      Array(bytes).withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) },
      mask.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
    )
  }
}

/// Texts that stand for numbers.
final class TextNames {
  /// Whole texts, such as `none`; longest first.
  private(set) var texts: [(text: [UInt8], value: UInt64)] = []
  /// Of flags what joins them; of symbols empty.
  let delimiter: [UInt8]
  private(set) var byName: [[UInt8]: UInt64]

  /// The first of equal names is the one that the kernel prints.
  init(_ entries: [(name: [UInt8], value: UInt64)] = [], delimiter: [UInt8] = []) {
    self.delimiter = delimiter
    byName = Dictionary(
      entries.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
  }

  func add(_ text: [UInt8], _ value: UInt64) {
    texts.append((text, value))
    texts.sort { $0.text.count > $1.text.count }
  }
}

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

/// Some bits of a field, as a print format shows them: `(value >> shift) & mask`.
struct FieldBits {
  var field: Field
  /// Which element of an array.
  var element = 0
  var shift: UInt64 = 0
  var mask: UInt64

  /// nil for what is no number.
  init?(_ field: Field) {
    guard [.integer, .bool, .pointer].contains(field.shape), [1, 2, 4, 8].contains(field.size)
    else {
      return nil
    }
    self.field = field
    mask = DecodedField.ones(field.size)
  }

  /// nil for what is no such element.
  init?(_ field: Field, element: Int) {
    guard case .array(let size, let count?, _) = field.shape, (0..<min(count, 64)) ~= element else {
      return nil
    }
    (self.field, self.element) = (field, element)
    mask = DecodedField.ones(size)
  }

  var size: Int {
    if case .array(let size, _, _) = field.shape { return size }
    return field.size
  }

  /// What the expression shows; nil where it cannot be undone.
  static func find(_ expression: PrintExpression, _ fields: [String: Field]) -> FieldBits? {
    switch expression {
    case .field(let name): return fields[name].flatMap { FieldBits($0) }
    case .index(let base, let index):
      guard case .field(let name) = base, let element = index.constant else { return nil }
      return fields[name].flatMap { FieldBits($0, element: Int(truncatingIfNeeded: element.bits)) }
    case .cast(let type, let operand):
      guard var found = find(operand, fields) else { return nil }
      if type.text == "bool" || type.text == "_Bool" {
        return found.field.shape == .bool ? found : nil
      }
      if let size = type.size { found.mask &= DecodedField.ones(size) }
      return found
    case .binary(.bitAnd, let left, let right):
      let (operand, constant) = right.constant == nil ? (right, left) : (left, right)
      guard let mask = constant.constant, var found = find(operand, fields) else { return nil }
      found.mask &= mask.bits
      return found
    case .binary(.shiftRight, let operand, let distance):
      guard let distance = distance.constant, distance.bits < 64, var found = find(operand, fields)
      else { return nil }
      found.mask >>= distance.bits
      found.shift += distance.bits
      return found.shift < 64 ? found : nil
    default: return nil
    }
  }
}
