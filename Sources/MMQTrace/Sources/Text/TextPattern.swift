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
  /// The last 8 bytes of a literal that is longer.
  var tail: UInt64 = 0
  /// Its first byte, 8 times.
  var firsts: UInt64 = 0
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
        part.setLiteral(draft.literal, at: literals.count)
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
      parts[index].endsBefore(parts[index + 1])
    }
    (self.parts, self.literals, self.targets, self.names) = (parts, literals, targets, names)
  }
}

extension TextPart {
  fileprivate mutating func setLiteral(_ literal: [UInt8], at start: Int) {
    (self.start, count) = (start, literal.count)
    let head = literal.prefix(8)
    word = TextPart.word(head)
    mask = TextPart.word(head.map { _ in 0xff })
    tail = TextPart.word(literal.suffix(8))
    firsts = UInt64(literal.first ?? 0) &* 0x0101_0101_0101_0101
  }

  /// An open part has the literal behind it.
  fileprivate mutating func endsBefore(_ literal: TextPart) {
    (start, count) = (literal.start, literal.count)
    (word, mask, tail, firsts) = (literal.word, literal.mask, literal.tail, literal.firsts)
  }

  /// As a load of 8 bytes sees them.
  private static func word(_ bytes: some Collection<UInt8>) -> UInt64 {
    let all = Array(bytes) + [UInt8](repeating: 0, count: 8 - bytes.count)
    return all.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
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
