// The order of a map's rows when they are printed.

/// Rows by the number that is their value, then by their key; where the value is no number, by key. A map
/// may have millions of rows: they stay where they are, and numbers of rows are sorted.
struct RowOrder {
  private let count: Int
  /// For each row a word in the order of the values; nil where only the key counts.
  private let values: [UInt64]?
  private let isKeyBefore: (Int, Int) -> Bool

  init(_ run: Run, _ map: Int) {
    count = run.tables[map].count
    values = RowOrder.values(run, map)
    isKeyBefore = RowOrder.keyOrder(run, map)
  }

  var sorted: [UInt32] {
    // Rows of one key have no order, and there is one of them.
    (0..<UInt32(count)).sorted { a, b in
      let (a, b) = (Int(a), Int(b))
      if let values, values[a] != values[b] { return values[a] < values[b] }
      return isKeyBefore(a, b)
    }
  }

  private static func values(_ run: Run, _ map: Int) -> [UInt64]? {
    var words: [UInt64] = []
    words.reserveCapacity(run.tables[map].count)
    for row in 0..<run.tables[map].count {
      guard let number = number(run, map, row) else { return nil }
      words.append(number.sortWord)
    }
    return words
  }

  private static func number(_ run: Run, _ map: Int, _ row: Int) -> Value.Number? {
    let cell = run.tables[map].value(row)
    switch run.shapes[map].content {
    case .plain(let type):
      if case .number(let number) = Value(type, cell, run.strings) { return number }
      return nil
    case .aggregation(let kind, let parameters): return kind.number(cell, parameters)
    }
  }

  /// Keys of one number are compared where they are, others are made into values first.
  private static func keyOrder(_ run: Run, _ map: Int) -> (Int, Int) -> Bool {
    guard let type = run.shapes[map].key else { return { _, _ in false } }
    if let flip = type.signFlip {
      let tables = run.tables
      return { a, b in tables[map].key(a)[0] ^ flip < tables[map].key(b)[0] ^ flip }
    }
    let keys = (0..<run.tables[map].count).map {
      Value(type, run.tables[map].key($0), run.strings)
    }
    return { a, b in keys[a].isBefore(keys[b]) }
  }
}

private let signBit: UInt64 = 1 << 63

extension Type {
  /// What makes words of the type sort as unsigned ones; nil where they don't sort by their words.
  fileprivate var signFlip: UInt64? {
    switch self {
    case .integer(let integer) where integer.symbols == nil: integer.isSigned ? signBit : 0
    case .pointer, .bool, .unknown: 0
    default: nil
    }
  }
}

extension Value.Number {
  /// Words of numbers of one kind, in the numbers' order.
  fileprivate var sortWord: UInt64 {
    switch self {
    case .signed(let value): UInt64(bitPattern: value) ^ signBit
    case .unsigned(let value): value
    case .float(let value):
      // Zero has one word, whatever its sign.
      value.sign == .minus && value != 0
        ? ~value.bitPattern : (value == 0 ? 0 : value.bitPattern) | signBit
    }
  }
}
