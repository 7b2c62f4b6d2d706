// Numbers that the kernel's filters can compare: fields, the thread, the CPU.

internal import MMQTrace

/// One side of a comparison, as the kernel stores it, and which of its bits count.
struct FilterNumber {
  /// What of the stored number the script looks at.
  enum View: Equatable {
    case whole
    /// The low bits, with their sign or without: a cast, or an argument of a system call.
    case low(bits: Int, isSigned: Bool)
  }

  let name: String
  let bits: Int
  let isSigned: Bool
  /// Only the CPU has no test of bits: the kernel takes `CPU & 1`, and lets nothing pass.
  let hasBits: Bool
  var view = View.whole
  /// `args.flags & mask`.
  var mask: UInt64?

  init?(_ typed: Typed, of event: EventSchema) {
    switch typed.kind {
    case .field(let field): self.init(field)
    case .context(.tid): self.init("common_pid", bits: 32, isSigned: true)
    case .context(.cpu):
      // Of fields and of what all events have, those of the event come first.
      guard event.field(named: "CPU") == nil else { return nil }
      self.init("CPU", bits: 32, isSigned: true, hasBits: false)
    case .unary(let opcode, let operand):
      guard let cut = FilterNumber.cut(opcode), let inner = FilterNumber(operand, of: event),
        inner.view == .whole, inner.mask == nil, inner.hasBits, cut.bits <= inner.bits
      else { return nil }
      self = inner
      view = .low(bits: cut.bits, isSigned: cut.isSigned)
    case .binary(.and, let left, let right): self.init(left, and: right, of: event)
    default: return nil
    }
  }

  private init(_ name: String, bits: Int, isSigned: Bool, hasBits: Bool = true) {
    (self.name, self.bits, self.isSigned, self.hasBits) = (name, bits, isSigned, hasBits)
  }

  private init?(_ field: Field) {
    guard [1, 2, 4, 8].contains(field.size), !field.isCommon || field.name == "common_pid" else {
      return nil
    }
    switch field.shape {
    case .integer, .bool: break
    case .pointer:
      // A `char *` is a string to the kernel.
      guard !field.typeText.contains("char") else { return nil }
    default: return nil
    }
    self.init(field.name, bits: field.size * 8, isSigned: field.isSigned)
  }

  private init?(_ left: Typed, and right: Typed, of event: EventSchema) {
    let (value, other) = left.isConstant ? (right, left) : (left, right)
    guard let mask = other.filterConstant, let inner = FilterNumber(value, of: event),
      inner.hasBits
    else { return nil }
    self = inner
    self.mask = mask & (inner.mask ?? .max)
  }

  private static func cut(_ opcode: Opcode) -> (bits: Int, isSigned: Bool)? {
    switch opcode {
    case .extend8: (8, true)
    case .extend16: (16, true)
    case .extend32: (32, true)
    case .truncate8: (8, false)
    case .truncate16: (16, false)
    case .truncate32: (32, false)
    default: nil
    }
  }

  /// The words that the number may be, without the mask.
  private var domain: WordSet {
    if !hasBits { return WordSet(0...UInt64(Int32.max)) }
    let (bits, isSigned) = width
    guard isSigned else { return WordSet(0 ... .low(bits)) }
    return WordSet(joining: [0 ... .low(bits - 1), ~UInt64.low(bits - 1) ... .max])
  }

  /// Bits that count, and whether the highest of them is a sign.
  var width: (bits: Int, isSigned: Bool) {
    switch view {
    case .whole: (bits, isSigned)
    case .low(let bits, let isSigned): (bits, isSigned)
    }
  }

  /// That the number is one of some words.
  func isIn(_ words: WordSet) -> FilterFormula {
    if let mask { return isIn(words, mask) }
    let wanted = words.intersection(domain)
    if wanted == domain { return .always }
    if wanted.ranges.isEmpty { return .never }
    return view == .whole ? whole(wanted) : bitPattern(wanted)
  }

  // MARK: Whole numbers

  private func whole(_ wanted: WordSet) -> FilterFormula {
    if let one = domain.intersection(wanted.complement).only {
      return equal(one).negation
    }
    let (least, most) = limits
    let ranges = numbers(wanted)
    return .disjunction(
      ranges.map { range in
        if range.lowerBound == range.upperBound { return equal(word(range.lowerBound)) }
        return .conjunction([
          range.lowerBound == least ? .always : term(">=", range.lowerBound, "<"),
          range.upperBound == most ? .always : term("<=", range.upperBound, ">"),
        ])
      })
  }

  private func equal(_ word: UInt64) -> FilterFormula { term("==", number(word), "!=") }

  private func term(_ symbol: String, _ number: Int128, _ opposite: String) -> FilterFormula {
    .term("\(name) \(symbol) \(number)", opposite: "\(name) \(opposite) \(number)")
  }

  /// A word as the number that the kernel compares.
  private func number(_ word: UInt64) -> Int128 {
    isSigned ? Int128(Int64(bitPattern: word)) : Int128(word)
  }

  private func word(_ number: Int128) -> UInt64 { UInt64(truncatingIfNeeded: number) }

  private var limits: (Int128, Int128) {
    let numbers = numbers(domain)
    return (numbers[0].lowerBound, numbers[numbers.count - 1].upperBound)
  }

  /// Ranges of words in the kernel's order of numbers, those that touch as one.
  private func numbers(_ words: WordSet) -> [ClosedRange<Int128>] {
    var joined: [ClosedRange<Int128>] = []
    let pieces = words.split(at: .sign).map { number($0.lowerBound)...number($0.upperBound) }
    for piece in pieces.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = joined.last, last.upperBound + 1 == piece.lowerBound {
        joined[joined.count - 1] = last.lowerBound...piece.upperBound
      } else {
        joined.append(piece)
      }
    }
    return joined
  }
}

extension Typed {
  /// An integer that is known; nil of anything else.
  var filterConstant: UInt64? {
    guard case .constant(let word) = kind, type?.isIntegral == true else { return nil }
    return word
  }
}
