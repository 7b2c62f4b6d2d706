// A map as a state holds it: its shape, how it merges, and its rows as words.

/// How values of one key, from two states, become one.
enum MergeRule: UInt8, Sendable {
  /// As the aggregation says.
  case aggregates
  /// The program only ever adds to the map: numbers are added.
  case adds
  /// They should be equal. Where they are not, the greater one stays, and that is said: it depends on
  /// nothing but the two.
  case equals
}

struct SavedMap: Sendable {
  var shape: MapShape
  var rule: MergeRule
  /// Its keys or values are moments of a clock, which mean nothing to another clock.
  var holdsTimes: Bool
  /// Values of one key were different.
  var hasConflicts = false
  var rows = 0
  /// Row by row the words of the key, then those of the value. A word of a string is its number among the
  /// state's strings. Of a cell that owns a table, the first word says how many rows of it follow the
  /// cell.
  var words: [UInt64] = []

  init(_ shape: MapShape, _ rule: MergeRule, holdsTimes: Bool) {
    (self.shape, self.rule, self.holdsTimes) = (shape, rule, holdsTimes)
  }
}

extension SavedMap {
  /// What came before it was saved, and comes in another state again, counts twice when they are merged.
  var addsUp: Bool {
    if case .aggregation(let kind, _) = shape.content { return !kind.isIdempotent }
    return rule == .adds
  }
}

// MARK: From a table

extension SavedMap {
  mutating func take(_ table: inout Table, _ strings: inout StringSaver) {
    let stringWords = shape.stringWords
    let stackWords = shape.stackWords
    rows = table.count
    words.reserveCapacity(rows * (shape.keyWords + shape.valueWords))
    for row in 0..<rows {
      let start = words.count
      words += UnsafeBufferPointer(start: table.key(row), count: shape.keyWords)
      for (word, mode) in stackWords.key { strings.nameStack(&words[start + word], mode) }
      for word in stringWords.key {
        words[start + word] = strings.number(of: words[start + word])
      }
      let value = words.count
      words += UnsafeBufferPointer(start: table.value(row), count: shape.valueWords)
      for (word, mode) in stackWords.value { strings.nameStack(&words[value + word], mode) }
      for word in stringWords.value {
        words[value + word] = strings.number(of: words[value + word])
      }
      if let ownedWords = shape.ownedWords { takeOwned(table.value(row), ownedWords, at: value) }
    }
  }

  private mutating func takeOwned(
    _ cell: UnsafeMutablePointer<UInt64>, _ ownedWords: Int, at place: Int
  ) {
    words[place] = 0
    guard let owned = cell.table else { return }
    words[place] = UInt64(owned.pointee.count)
    for row in 0..<owned.pointee.count {
      words += UnsafeBufferPointer(start: owned.pointee.key(row), count: 1 + ownedWords)
    }
  }
}

// MARK: In a file

extension SavedMap {
  func write(to writer: inout StateWriter) {
    shape.write(to: &writer)
    writer.number(UInt64(rule.rawValue))
    writer.flag(holdsTimes)
    writer.flag(hasConflicts)
    writer.count(rows)
    writer.words(words)
  }

  /// `strings`: how many strings there are.
  init(from reader: inout StateReader, strings: Int) throws(StateError) {
    let shape = try MapShape(from: &reader)
    guard let rule = MergeRule(rawValue: try reader.byte()), rule.suits(shape.content) else {
      throw .damaged
    }
    self.init(shape, rule, holdsTimes: try reader.flag())
    hasConflicts = try reader.flag()
    rows = try reader.count(bytesEach: max(1, shape.keyWords + shape.valueWords))
    guard shape.keyWords > 0 || rows <= 1 else { throw .damaged }
    try readRows(&reader, strings)
  }

  private mutating func readRows(
    _ reader: inout StateReader, _ strings: Int
  ) throws(StateError) {
    let stringWords = shape.stringWords
    let (width, keyWords) = (shape.keyWords + shape.valueWords, shape.keyWords)
    var isString = [Bool](repeating: false, count: width)
    for word in stringWords.key { isString[word] = true }
    for word in stringWords.value { isString[keyWords + word] = true }
    words.reserveCapacity(rows * width)
    for _ in 0..<rows {
      let start = words.count
      for word in 0..<width {
        let value = try reader.number()
        if isString[word], value >= UInt64(strings) { throw .damaged }
        words.append(value)
      }
      guard let ownedWords = shape.ownedWords else { continue }
      guard words[start + keyWords] <= UInt64(reader.remaining / (1 + ownedWords)) else {
        throw .damaged
      }
      for _ in 0..<Int(words[start + keyWords]) * (1 + ownedWords) {
        words.append(try reader.number())
      }
    }
  }
}

extension MergeRule {
  fileprivate func suits(_ content: MapShape.Content) -> Bool {
    switch content {
    case .aggregation: self == .aggregates
    case .plain(let type): self == .equals || self == .adds && type.isNumeric
    }
  }
}
