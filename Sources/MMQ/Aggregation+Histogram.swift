// hist() and lhist(): their cells, and the ranges of their buckets.

/// The buckets of hist(n, k): each power of two is cut into 2^k parts. Slot 0 counts negative
/// values; slot 1 + i the i-th bucket. Values below 2^k have a bucket each.
struct PowerBuckets {
  /// 0 … 5.
  let subBits: UInt64

  var slots: Int { Int(((63 - subBits) << subBits) + (2 << subBits)) + 1 }

  func slot(of value: UInt64) -> Int {
    guard value >> subBits != 0 else { return 1 + Int(value) }
    let exponent = 63 - UInt64(value.leadingZeroBitCount) - subBits
    return 1 + Int((exponent << subBits) + (value >> exponent))
  }

  /// As above where powers of two are not cut.
  @inline(__always)
  static func wholeSlot(of value: UInt64) -> Int { 65 &- value.leadingZeroBitCount }

  /// The first value of a slot, and the last.
  func range(of slot: Int) -> ClosedRange<UInt64> {
    let index = UInt64(slot - 1)
    if index >> (subBits + 1) == 0 { return index...index }
    let exponent = (index >> subBits) - 1
    let first = (index - (exponent << subBits)) << exponent
    return first...(first + ((1 << exponent) - 1))
  }
}

/// The buckets of lhist(n, min, max, step): slot 0 below min, the last slot from max on.
struct LinearBuckets {
  let minimum: Int64
  let maximum: Int64
  let step: Int64

  init(_ constants: [Int64]) {
    (minimum, maximum, step) = (constants[0], constants[1], constants[2])
  }

  /// More would be a typing slip, and a cell of each key has them all.
  static let limit = 1000

  /// As in bpftrace, a last part shorter than `step` belongs to the open end.
  var slots: Int { Int((maximum - minimum) / step) + 2 }

  func slot(of value: Int64) -> Int {
    if value < minimum { return 0 }
    return value >= maximum ? slots - 1 : 1 + Int((value - minimum) / step)
  }

  func start(of slot: Int) -> Int128 { Int128(minimum) + Int128(slot - 1) * Int128(step) }
}

extension Aggregation {
  static let histogram = Aggregation(
    name: "hist", signature: "hist(n[, k])",
    summary: "how often n fell between powers of two, each cut into 2^k parts",
    values: 1, constants: 0...1,
    validate: {
      $0.allSatisfy { (0...5).contains($0) } ? nil : "the sub-bits of hist() are 0 to 5"
    },
    words: { PowerBuckets($0).slots }, showsZero: false, jsonType: "hist",
    instruction: { parameters in
      guard PowerBuckets(parameters).subBits == 0, !parameters.isFloat else { return .aggregate }
      return parameters.isSigned ? .histogramS : .histogramU
    },
    update: { cell, words, parameters in
      let number = parameters.isFloat ? truncated(words[0]) : words[0]
      let isNegative = (parameters.isSigned || parameters.isFloat) && Int64(bitPattern: number) < 0
      cell[isNegative ? 0 : PowerBuckets(parameters).slot(of: number)] &+= 1
    },
    merge: addSlots,
    view: { cell, parameters in
      let buckets = PowerBuckets(parameters)
      return .histogram(
        rows(cell, buckets.slots) { slot in
          if slot == 0 { return (nil, -1) }
          let range = buckets.range(of: slot)
          return (Int128(range.lowerBound), Int128(range.upperBound))
        }, .powers(subBits: Int(buckets.subBits)))
    },
    number: total, isReadable: false)

  static let linearHistogram = Aggregation(
    name: "lhist", signature: "lhist(n, min, max, step)",
    summary: "how often n fell between min and max, in steps",
    values: 1, constants: 3...3,
    validate: { constants in
      let (low, high, step) = (constants[0], constants[1], constants[2])
      if step <= 0 { return "the step of lhist() is above 0" }
      if low >= high { return "the min of lhist() is below its max" }
      let span = high.subtractingReportingOverflow(low)
      if span.overflow || span.partialValue / step >= LinearBuckets.limit {
        return "lhist() has at most \(LinearBuckets.limit) buckets"
      }
      return nil
    },
    words: { LinearBuckets($0.constants).slots }, showsZero: false, jsonType: "hist",
    update: { cell, words, parameters in
      cell[LinearBuckets(parameters.constants).slot(of: integer(words[0], parameters))] &+= 1
    },
    merge: addSlots,
    view: { cell, parameters in
      let buckets = LinearBuckets(parameters.constants)
      return .histogram(
        rows(cell, buckets.slots) { slot in
          if slot == 0 { return (nil, Int128(buckets.minimum) - 1) }
          let start = buckets.start(of: slot)
          return (start, slot == buckets.slots - 1 ? nil : start + Int128(buckets.step) - 1)
        }, .linear(step: buckets.step))
    },
    number: total, isReadable: false)

  private static func truncated(_ word: UInt64) -> UInt64 {
    UInt64(bitPattern: Int64(truncating: Double(bitPattern: word)))
  }

  /// Of an unsigned value that int64 can't hold: the largest, since it is above every max.
  private static func integer(_ word: UInt64, _ parameters: Parameters) -> Int64 {
    if parameters.isFloat { return Int64(bitPattern: truncated(word)) }
    return parameters.isSigned ? Int64(bitPattern: word) : Int64(clamping: word)
  }

  @Sendable private static func addSlots(_ cell: Cell, _ other: Cell, _ parameters: Parameters) {
    let slots =
      parameters.constants.count == 3
      ? LinearBuckets(parameters.constants).slots : PowerBuckets(parameters).slots
    for slot in 0..<slots { cell[slot] &+= other[slot] }
  }

  @Sendable private static func total(_ cell: Cell, _ parameters: Parameters) -> Value.Number {
    let slots =
      parameters.constants.count == 3
      ? LinearBuckets(parameters.constants).slots : PowerBuckets(parameters).slots
    return .unsigned((0..<slots).reduce(0) { $0 &+ cell[$1] })
  }

  /// The rows from the first to the last that counted anything.
  private static func rows(
    _ cell: Cell, _ slots: Int, _ bounds: (Int) -> (Int128?, Int128?)
  ) -> [Value.Bucket] {
    guard let first = (0..<slots).first(where: { cell[$0] != 0 }),
      let last = (0..<slots).last(where: { cell[$0] != 0 })
    else { return [] }
    return (first...last).map { slot in
      let (low, high) = bounds(slot)
      return Value.Bucket(low: low, high: high, count: cell[slot])
    }
  }
}

extension PowerBuckets {
  init(_ parameters: AggregationParameters) {
    subBits = UInt64(parameters.constants.first ?? 0)
  }
}
