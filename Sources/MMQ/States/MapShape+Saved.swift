// What a map holds, in a state file. A bound on its keys is not kept: which keys a bounded map has
// depends on their order, so a merged map holds those of all states.

extension MapShape {
  /// As the state holds it.
  var unbounded: MapShape {
    var shape = self
    (shape.limit, shape.evicts) = (nil, false)
    return shape
  }

  func write(to writer: inout StateWriter) {
    writer.text(name)
    writer.optional(key) { $1.write(to: &$0) }
    switch content {
    case .plain(let type):
      writer.flag(false)
      type.write(to: &writer)
    case .aggregation(let kind, let parameters):
      writer.flag(true)
      writer.text(kind.name)
      writer.flag(parameters.isSigned)
      writer.flag(parameters.isFloat)
      writer.list(parameters.constants) { $0.signed($1) }
    }
  }

  init(from reader: inout StateReader) throws(StateError) {
    let name = try reader.text()
    let key = try reader.optional { reader throws(StateError) in try Type(from: &reader) }
    // Keys and values of more words are refused by the checker, too.
    guard (key?.words ?? 0) <= MapShape.mostWords else { throw .damaged }
    guard try reader.flag() else {
      let type = try Type(from: &reader)
      guard type.words <= MapShape.mostWords else { throw .damaged }
      self.init(name: name, key: key, content: .plain(type))
      return
    }
    guard let kind = Aggregation.named(try reader.text()) else { throw .damaged }
    let (isSigned, isFloat) = (try reader.flag(), try reader.flag())
    let constants = try reader.list { reader throws(StateError) in try reader.signed() }
    guard kind.takes(constants) else { throw .damaged }
    self.init(
      name: name, key: key,
      content: .aggregation(
        kind, AggregationParameters(isSigned: isSigned, isFloat: isFloat, constants: constants)))
  }

  private static let mostWords = 4096
}

extension Aggregation {
  /// Whether a script could have written these constants.
  fileprivate func takes(_ constants: [Int64]) -> Bool {
    guard self.constants.contains(constants.count) else { return false }
    for (index, constant) in constants.enumerated() {
      if case .word(let words) = constantKind(index), !words.indices.contains(Int(constant)) {
        return false
      }
    }
    return validate(constants) == nil
  }
}
