// quantile(): a sketch of a distribution in buckets of equal relative width.

/// The buckets of quantile(). Each power of two is cut into 64 equal parts, so that the middle of a
/// bucket is within 1/128 of each value in it. A bucket's number is the top of a double's bits: no
/// logarithm is needed, and integers and floats share one scheme. Bucket 0 is zero, with whatever is
/// nearer to it than 2^-1022.
enum QuantileBuckets {
  /// Bits of a double below its sign, its exponent and six bits of its mantissa.
  private static let shift: UInt64 = 46

  /// The bucket of a value, in the order of values; a nan lies above all.
  static func bucket(of value: Double) -> Int64 {
    if value.isNaN { return Int64(Double.nan.bitPattern >> shift) }
    let magnitude = Int64(value.magnitude.bitPattern >> shift)
    if value.magnitude < .leastNormalMagnitude { return 0 }
    return value < 0 ? -magnitude : magnitude
  }

  /// The middle of a bucket; of the integers in it where values are integers.
  static func middle(of bucket: Int64, isInteger: Bool) -> Double {
    if bucket == 0 { return 0 }
    let low = Double(bitPattern: bucket.magnitude << shift)
    let high = Double(bitPattern: (bucket.magnitude + 1) << shift)
    guard low.isFinite, high.isFinite else { return bucket < 0 ? -low : low }
    var middle = low + (high - low) / 2
    if isInteger {
      let first = low.rounded(.up)
      let last = high.rounded(.up) - 1
      middle = first + ((last - first) / 2).rounded(.down)
    }
    return bucket < 0 ? -middle : middle
  }
}

extension Aggregation {
  /// A cell is four words: a table of counts by bucket, the count of all, the least and the greatest
  /// value. A dense sketch would take 8000 words a key; values of a key lie in few buckets, so the
  /// table takes three words for each that was hit.
  static let quantile = Aggregation(
    name: "quantile", signature: "quantile(n, p…)",
    summary: "values below which p percent of all n lie, within 1 percent",
    values: 1, constants: 1...32, constantKinds: [.number],
    validate: { constants in
      let percents = constants.map { Double(bitPattern: UInt64(bitPattern: $0)) }
      if !percents.allSatisfy({ (0...100).contains($0) }) {
        return "the percentages of quantile() are 0 to 100"
      }
      return Set(percents).count == percents.count
        ? nil : "a percentage of quantile() stands there twice"
    },
    doubt: { constants in
      let percents = constants.map { Double(bitPattern: UInt64(bitPattern: $0)) }
      guard percents.allSatisfy({ $0 < 1 }), let most = percents.max(), most > 0 else { return nil }
      return (
        "quantile() takes percentages: this asks for the lowest percent only",
        "the median is quantile(n, 50), the highest percent begins at quantile(n, 99)"
      )
    },
    words: { _ in 4 }, ownedWords: 1, showsZero: false, jsonType: "stats",
    update: { cell, words, parameters in
      let number = parameters.number(words[0])
      let bucket = UInt64(bitPattern: QuantileBuckets.bucket(of: number.double))
      guard let count = cell.ownTable(valueWords: 1).value(under: bucket) else { return }
      count[0] &+= 1
      extend(cell, words[0], words[0], parameters)
      cell[1] &+= 1
    },
    merge: { cell, other, parameters in
      guard other[1] != 0, let counts = other.table else { return }
      extend(cell, other[2], other[3], parameters)
      cell[1] &+= other[1]
      let own = cell.ownTable(valueWords: 1)
      for row in 0..<counts.pointee.count {
        let count = own.value(under: counts.pointee.key(row)[0])
        count?[0] &+= counts.pointee.value(row)[0]
      }
    },
    view: { cell, parameters in .quantiles(quantiles(cell, parameters)) },
    number: { cell, _ in .unsigned(cell[1]) }, isReadable: false)

  /// Widens the least and the greatest value of a cell.
  private static func extend(
    _ cell: Cell, _ least: UInt64, _ greatest: UInt64, _ parameters: Parameters
  ) {
    let isFirst = cell[1] == 0
    if isFirst || parameters.number(least).isNewLeast(after: parameters.number(cell[2])) {
      cell[2] = least
    }
    if isFirst || parameters.number(greatest).isNewGreatest(after: parameters.number(cell[3])) {
      cell[3] = greatest
    }
  }

  private static func quantiles(_ cell: Cell, _ parameters: Parameters) -> [Value.Quantile] {
    let buckets = sortedBuckets(cell)
    return parameters.constants.map { constant in
      let percent = Double(bitPattern: UInt64(bitPattern: constant))
      let rank = rank(of: percent, among: cell[1])
      let value = bucket(at: rank, buckets).map { bucket in
        number(of: bucket, at: rank, cell, parameters)
      }
      return Value.Quantile(percent: percent, value: value)
    }
  }

  private static func sortedBuckets(_ cell: Cell) -> [(bucket: Int64, count: UInt64)] {
    guard let table = cell.table else { return [] }
    return (0..<table.pointee.count).map { row in
      (Int64(bitPattern: table.pointee.key(row)[0]), table.pointee.value(row)[0])
    }.sorted { $0.bucket < $1.bucket }
  }

  /// The nearest rank, from 1. The product is off by an ulp or so: 99.9 % of 1000 is the 999th.
  private static func rank(of percent: Double, among count: UInt64) -> UInt64 {
    let exact = percent * Double(count) / 100
    let rank = (exact - exact * 1e-12).rounded(.up)
    return max(1, min(count, UInt64(exactly: rank) ?? count))
  }

  private static func bucket(
    at rank: UInt64, _ buckets: [(bucket: Int64, count: UInt64)]
  ) -> Int64? {
    var seen: UInt64 = 0
    for (bucket, count) in buckets {
      seen &+= count
      if seen >= rank { return bucket }
    }
    return nil
  }

  /// A bucket's middle, not outside of what was seen. The first and the last value are known as they
  /// are, but for nans, which are in no order.
  private static func number(
    of bucket: Int64, at rank: UInt64, _ cell: Cell, _ parameters: Parameters
  ) -> Value.Number {
    let middle = QuantileBuckets.middle(of: bucket, isInteger: !parameters.isFloat)
    let number = parameters.number(nearest: middle)
    let (least, greatest) = (parameters.number(cell[2]), parameters.number(cell[3]))
    if middle.isNaN { return number }
    if rank == cell[1] { return greatest }
    if rank == 1 { return least }
    if number.isLess(than: least) { return least }
    return greatest.isLess(than: number) ? greatest : number
  }
}

extension AggregationParameters {
  /// A double as a number of the value's type; out of range the nearest.
  fileprivate func number(nearest value: Double) -> Value.Number {
    if isFloat { return .float(value) }
    if isSigned { return .signed(Int64(truncating: value)) }
    return .unsigned(value >= 0x1p64 ? .max : UInt64(max(0, value)))
  }
}
