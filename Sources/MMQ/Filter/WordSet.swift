// Sets of 64-bit words: those that a comparison holds for.

/// Ranges of words, taken as unsigned numbers, in order and apart from each other.
struct WordSet: Equatable {
  let ranges: [ClosedRange<UInt64>]

  static let all = WordSet(ranges: [0 ... .max])

  private init(ranges: [ClosedRange<UInt64>]) { self.ranges = ranges }

  init(_ range: ClosedRange<UInt64>) { ranges = [range] }

  /// Any ranges; those that touch become one.
  init(joining ranges: [ClosedRange<UInt64>]) {
    var joined: [ClosedRange<UInt64>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = joined.last, last.upperBound == .max || range.lowerBound <= last.upperBound + 1
      {
        joined[joined.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        joined.append(range)
      }
    }
    self.ranges = joined
  }

  /// The words x for which `x opcode number` holds, or `number opcode x` where it stands on the right;
  /// nil where the opcode is no comparison of integers.
  init?(_ opcode: Opcode, _ number: UInt64, isMirrored: Bool) {
    switch opcode {
    case .equal: self.init(number...number)
    case .notEqual: self = WordSet(number...number).complement
    case .lessU: self = .below(number, includes: false, isMirrored)
    case .lessOrEqualU: self = .below(number, includes: true, isMirrored)
    case .lessS: self = WordSet.below(number ^ .sign, includes: false, isMirrored).signed
    case .lessOrEqualS: self = WordSet.below(number ^ .sign, includes: true, isMirrored).signed
    default: return nil
    }
  }

  /// Below a number, or above it where that stands on the left.
  private static func below(_ number: UInt64, includes: Bool, _ isMirrored: Bool) -> WordSet {
    if includes { return WordSet(isMirrored ? number ... .max : 0...number) }
    if isMirrored { return WordSet(ranges: number == .max ? [] : [number + 1 ... .max]) }
    return WordSet(ranges: number == 0 ? [] : [0...number - 1])
  }

  /// Of words whose sign bit was turned, so that they compare as signed numbers do.
  private var signed: WordSet {
    WordSet(
      joining: split(at: .sign).map { ($0.lowerBound ^ .sign)...($0.upperBound ^ .sign) })
  }

  /// The same words, with no range across a limit.
  func split(at limit: UInt64) -> [ClosedRange<UInt64>] {
    ranges.flatMap { range in
      range.lowerBound < limit && limit <= range.upperBound
        ? [range.lowerBound...limit - 1, limit...range.upperBound] : [range]
    }
  }

  var complement: WordSet {
    var others: [ClosedRange<UInt64>] = []
    var next: UInt64 = 0
    for range in ranges {
      if range.lowerBound > next { others.append(next...range.lowerBound - 1) }
      if range.upperBound == .max { return WordSet(ranges: others) }
      next = range.upperBound + 1
    }
    return WordSet(ranges: others + [next ... .max])
  }

  func intersection(_ other: WordSet) -> WordSet {
    WordSet(
      joining: ranges.flatMap { a in
        other.ranges.compactMap { b in a.overlaps(b) ? a.clamped(to: b) : nil }
      })
  }

  /// The one word that is in it; nil where there are none or several.
  var only: UInt64? {
    guard ranges.count == 1, ranges[0].lowerBound == ranges[0].upperBound else { return nil }
    return ranges[0].lowerBound
  }

  func contains(_ word: UInt64) -> Bool { ranges.contains { $0.contains(word) } }
}

extension UInt64 {
  static let sign = UInt64(1) << 63

  /// The low bits.
  static func low(_ bits: Int) -> UInt64 { bits >= 64 ? .max : (1 << UInt64(bits)) - 1 }
}
