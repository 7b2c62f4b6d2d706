// Tests of bits: masks, and numbers of which only the low bits count.

extension FilterNumber {
  /// More tests than this are not asked of the kernel for one comparison.
  private static let mostTests = 40

  /// That the number with a mask on it is one of some words: only that it is a given one, or is not.
  func isIn(_ words: WordSet, _ mask: UInt64) -> FilterFormula {
    if words == .all { return .always }
    if words.ranges.isEmpty { return .never }
    if let word = words.only { return isEqual(word, mask) ?? .unknown }
    if let word = words.complement.only { return isEqual(word, mask)?.negation ?? .unknown }
    return .unknown
  }

  /// `(x & mask) == word`; nil where that is not so simple.
  private func isEqual(_ word: UInt64, _ mask: UInt64) -> FilterFormula? {
    let (bits, isSigned) = width
    let low = UInt64.low(bits)
    guard isSigned, mask & ~low != 0 else {
      return word & ~(mask & low) == 0 ? hasBits(word, of: mask & low) : .never
    }
    // Above the number's own bits there are copies of its sign.
    guard word == 0 else { return nil }
    return hasBits(0, of: mask & low | 1 << UInt64(bits - 1))
  }

  /// That of the bits of a mask exactly these are set.
  private func hasBits(_ set: UInt64, of mask: UInt64) -> FilterFormula {
    var parts: [FilterFormula] = []
    for bit in 0..<64 as Range<UInt64> where set >> bit & 1 != 0 { parts.append(any(1 << bit)) }
    let clear = mask & ~set
    if clear != 0 { parts.append(any(clear).negation) }
    return .conjunction(parts)
  }

  /// That one of these bits is set. A signed field takes signed numbers.
  private func any(_ mask: UInt64) -> FilterFormula {
    let text =
      isSigned && mask & .sign != 0
      ? String(Int64(bitPattern: mask)) : "0x" + String(mask, radix: 16)
    return .term("\(name) & \(text)", opposite: nil)
  }

  /// That the low bits stand for one of some words: by blocks of patterns that begin alike, of those
  /// that are wanted or of the others, whichever takes less.
  func bitPattern(_ wanted: WordSet) -> FilterFormula {
    let patterns = patterns(wanted)
    let others = patterns.complement.intersection(WordSet(0 ... .low(width.bits)))
    let formula = blocks(patterns)
    let opposite = blocks(others).negation
    let shortest = opposite.terms < formula.terms ? opposite : formula
    return shortest.terms > FilterNumber.mostTests ? .unknown : shortest
  }

  /// The low bits of words.
  private func patterns(_ words: WordSet) -> WordSet {
    let low = UInt64.low(width.bits)
    return WordSet(
      joining: words.split(at: .sign).map { ($0.lowerBound & low)...($0.upperBound & low) })
  }

  private func blocks(_ patterns: WordSet) -> FilterFormula {
    .disjunction(patterns.ranges.flatMap { blocks($0) })
  }

  /// A range in blocks: each is all patterns that begin with the same bits.
  private func blocks(_ range: ClosedRange<UInt64>) -> [FilterFormula] {
    var blocks: [FilterFormula] = []
    var start = range.lowerBound
    while true {
      var free = min(start == 0 ? 64 : start.trailingZeroBitCount, width.bits)
      while start + .low(free) > range.upperBound { free -= 1 }
      blocks.append(hasBits(start, of: .low(width.bits) & ~.low(free)))
      let last = start + .low(free)
      guard last < range.upperBound else { return blocks }
      start = last + 1
    }
  }
}
