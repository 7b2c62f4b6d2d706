// The arguments of aggregations: constants, and what a cell takes in.

internal import MMQLanguage

extension Checker {
  /// The constant arguments of an aggregation's call, each as one word.
  mutating func constants(
    of aggregation: Aggregation, _ arguments: ArraySlice<Expression>
  ) throws -> [Int64] {
    var constants: [Int64] = []
    for argument in arguments {
      let kind = aggregation.constantKind(constants.count)
      constants.append(try constant(argument, kind, aggregation.name))
    }
    return constants
  }

  private mutating func constant(
    _ expression: Expression, _ kind: Aggregation.Constant, _ function: String
  ) throws -> Int64 {
    switch kind {
    case .integer: return try constant(expression)
    case .number:
      let typed = try value(expression)
      guard typed.type?.isNumeric == true else {
        throw fail(.wrongType(typed.span, "an argument of \(function)()", typed.type))
      }
      guard case .constant(let word) = try converted(typed, to: .float).kind else {
        throw fail(.notConstant(expression.span))
      }
      return Int64(bitPattern: word)
    case .word(let words):
      let text = String(decoding: try literal(expression), as: UTF8.self)
      guard let index = words.firstIndex(of: text) else {
        throw fail(.badWord(expression.span, text, words))
      }
      return Int64(index)
    }
  }

  /// What the cells of a map take in: the value, a float where the map holds floats, and behind it
  /// the time if they want it.
  mutating func update(of map: Int, with value: Typed) throws -> Typed {
    guard case .aggregation(let kind, let parameters) = maps[map].shape.content else {
      return value
    }
    let value = parameters.isFloat ? try converted(value, to: .float) : value
    guard kind.takesTime else { return value }
    return Checker.tuple([value, Typed(.context(.time), .uint64, value.span)], value.span)
  }
}
