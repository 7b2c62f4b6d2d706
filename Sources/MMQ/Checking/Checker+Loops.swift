// for and unroll.

internal import MMQLanguage

extension Checker {
  /// Runs a body with a variable of its own.
  private mutating func loopBody(
    _ name: String, _ type: Type, _ body: Block, _ span: Span
  ) throws -> (variable: Int, body: [TypedStatement]) {
    try requireNew(name, span)
    scopes.append([:])
    loopDepth += 1
    defer {
      scopes.removeLast()
      loopDepth -= 1
    }
    let index = add(name, span)
    if variables[index] != type { variables[index] = type }
    return (index, block(body))
  }

  mutating func forRange(
    _ name: String, _ first: Expression, _ end: Expression, _ body: Block, _ span: Span
  ) throws -> TypedStatement.Kind {
    let low = try value(first)
    let high = try value(end)
    try requireIntegral(low, "a range")
    try requireIntegral(high, "a range")
    let (variable, statements) = try loopBody(name, .int64, body, span)
    return .range(variable: variable, first: low, end: high, statements)
  }

  mutating func forMap(
    _ name: String, _ map: Expression, _ body: Block, _ span: Span
  ) throws -> TypedStatement.Kind {
    guard case .map(let mapName, key: nil) = map.kind else {
      throw fail(.needsMap(map.span, "for "))
    }
    let index = try existingMap(mapName, map.span)
    let shape = maps[index].shape
    guard let content = shape.readType else {
      throw fail(.notReadable(map.span, shape.name, shape.description))
    }
    if isFinal, shape.key == nil { throw fail(.loopNeedsKeys(map.span, shape.name)) }
    let pair = Type.tuple([shape.key ?? .unknown, content])
    let (variable, statements) = try loopBody(name, pair, body, span)
    return .each(variable: variable, map: index, statements)
  }

  /// The most that bpftrace unrolls.
  private static let unrollLimit: Int64 = 100
  /// Of loops in each other, in all.
  private static let unrolledLimit: Int64 = 10_000

  mutating func unroll(_ count: Expression, _ body: Block) throws -> TypedStatement.Kind {
    let times = try constant(count)
    guard (1...Checker.unrollLimit).contains(times) else {
      throw fail(.unrollCount(count.span, times, Checker.unrollLimit))
    }
    unrolled *= times
    defer { unrolled /= times }
    guard unrolled <= Checker.unrolledLimit else {
      throw fail(.unrollCount(count.span, unrolled, Checker.unrolledLimit))
    }
    let once = block(body)
    return .block((0..<times).map { _ in TypedStatement(kind: .block(once), span: body.span) })
  }
}
