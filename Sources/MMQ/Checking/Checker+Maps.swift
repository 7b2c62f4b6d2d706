// Maps: their shapes grow from how they are used.

internal import MMQLanguage

extension Checker {
  /// The map of a name; new ones get their shape later.
  mutating func map(_ name: String) -> Int {
    if let index = mapIndex[name] { return index }
    let shape = MapShape(name: name, key: nil, content: .plain(.unknown))
    maps.append(MapFact(shape: shape))
    mapIndex[name] = maps.count - 1
    hasChanged = true
    return maps.count - 1
  }

  /// bpftrace's kinds of maps: the per-CPU ones are the same here.
  private static let kinds: [String: Bool] = [
    "hash": false, "percpuhash": false, "lruhash": true, "percpulruhash": true,
  ]

  /// `let @name = hash(N);`
  mutating func declare(_ declaration: MapDeclaration) {
    isFinal = true
    defer { isFinal = false }
    guard let evicts = Checker.kinds[declaration.kind] else {
      let nearest = Nearest.name(to: declaration.kind, among: Checker.kinds.keys.sorted())
      return report(.unknownMapKind(declaration.span, declaration.kind, nearest: nearest))
    }
    guard let limit = constantOutsideOfBlocks(declaration.limit) else { return }
    guard (1...Int64(UInt32.max) - 1).contains(limit) else {
      return report(
        .badArgument(declaration.limit.span, "a map can be bound to 1 to 4294967294 keys"))
    }
    if let index = mapIndex[declaration.name], maps[index].shape.limit != nil {
      return report(.declaredTwice(declaration.span, "@" + declaration.name))
    }
    let index = map(declaration.name)
    maps[index].shape.limit = Int(limit)
    maps[index].shape.evicts = evicts
  }

  /// A bound on keys says that the map has some.
  mutating func reportScalarDeclarations() {
    for declaration in declaredMaps {
      guard let index = mapIndex[declaration.name], maps[index].shape.key == nil,
        let first = maps[index].contentSpan
      else { continue }
      report(.scalarDeclared(declaration.span, declaration.name, first))
    }
  }

  /// Maps that the program reads and does not assign may be those of earlier runs. False where none is.
  mutating func takeKeptMaps() -> Bool {
    var hasTaken = false
    for kept in target.keptMaps {
      guard let index = mapIndex[kept.name], maps[index].contentSpan == nil else { continue }
      maps[index].shape = kept
      maps[index].shape.isKept = true
      // They have no place in this script.
      maps[index].contentSpan = Span(0, 0)
      maps[index].keySpan = maps[index].keySpan ?? Span(0, 0)
      hasTaken = true
    }
    return hasTaken
  }

  /// Maps of a saved state have the types that they had in the whole script, and no bounds.
  mutating func takeSavedMaps() {
    for shape in target.savedMaps {
      let index = map(shape.name)
      maps[index].shape = shape
      maps[index].keySpan = Span(0, 0)
      if shape.content != .plain(.unknown) { maps[index].contentSpan = Span(0, 0) }
    }
  }

  /// A map that is read: it must be assigned somewhere.
  mutating func existingMap(_ name: String, _ span: Span) throws -> Int {
    let index = map(name)
    if isFinal, maps[index].contentSpan == nil {
      let others = mapIndex.filter { maps[$0.value].contentSpan != nil }.keys.sorted()
      throw fail(.unknownMap(span, name, nearest: Nearest.name(to: name, among: others)))
    }
    return index
  }

  // MARK: Keys

  /// The key of an access, converted to the map's key type.
  mutating func key(_ index: Int, _ written: [Expression]?, _ span: Span) throws -> Typed? {
    guard let written else {
      if maps[index].keySpan != nil, maps[index].shape.key != nil {
        throw fail(
          placed(.keyNeeded(span, maps[index].shape.name, maps[index].keySpan ?? span), index))
      }
      if maps[index].keySpan == nil { maps[index].keySpan = span }
      return nil
    }
    let parts = try written.map { try keyPart($0) }
    let typed = parts.count == 1 ? parts[0] : try tuple(of: parts, span)
    return try key(index, typed, span)
  }

  /// The first use of a map of an earlier question has no place in this script.
  private func placed(_ diagnostic: Diagnostic, _ index: Int) -> Diagnostic {
    let shape = maps[index].shape
    guard shape.isKept else { return diagnostic }
    var said = diagnostic
    said.notes = []
    said.hint = "@\(shape.name) is of an earlier question: \(shape.description)"
    return said
  }

  /// A float's integer part serves as a key.
  mutating func keyPart(_ expression: Expression) throws -> Typed {
    let typed = try value(expression)
    guard typed.type == .float else { return typed }
    report(.floatKey(typed.span))
    return Typed(.unary(.integerFromF, typed), .int64, typed.span)
  }

  /// The most registers that a tuple or a record may take: sizes double where they hold each other.
  private static let largestTuple = 1024
  /// How deep they may hold each other; a map that holds itself has no end.
  private static let deepestTuple = 32

  mutating func tuple(of parts: [Typed], _ span: Span) throws -> Typed {
    guard parts.allSatisfy({ ($0.type?.depth ?? 0) < Checker.deepestTuple }),
      parts.reduce(0, { $0 + $1.words }) <= Checker.largestTuple
    else { throw fail(.tooManyParts(span, Checker.largestTuple, Checker.deepestTuple)) }
    return Checker.tuple(parts, span)
  }

  static func tuple(_ parts: [Typed], _ span: Span) -> Typed {
    Typed(.tuple(parts), .tuple(parts.map { $0.type ?? .unknown }), span)
  }

  mutating func key(_ index: Int, _ typed: Typed, _ span: Span) throws -> Typed {
    let new = (typed.type ?? .unknown).asKey
    if maps[index].keySpan != nil, maps[index].shape.key == nil {
      throw fail(
        placed(.noKeyNeeded(span, maps[index].shape.name, maps[index].keySpan ?? span), index))
    }
    let old = maps[index].shape.key ?? .unknown
    guard let joined = old.joined(with: new) else {
      let first = maps[index].keySpan ?? span
      throw fail(
        placed(.keyConflict(typed.span, maps[index].shape.name, new, first, old), index))
    }
    if joined != maps[index].shape.key {
      maps[index].shape.key = joined
      hasChanged = true
    }
    if maps[index].keySpan == nil { maps[index].keySpan = typed.span }
    return try converted(typed, to: joined)
  }

  // MARK: Values

  mutating func assignMap(
    _ name: String, _ written: [Expression]?, _ value: Typed, _ span: Span
  ) throws -> TypedStatement.Kind {
    let index = map(name)
    let key = try key(index, written, span)
    return .set(.map(index, key: key), try widen(index, with: value, span))
  }

  /// Makes the map's value type hold this value too.
  mutating func widen(_ index: Int, with value: Typed, _ span: Span) throws -> Typed {
    if value.isQuotient { assignedQuotients.insert(index) }
    let fact = maps[index]
    guard case .plain(let old) = fact.shape.content else {
      throw fail(
        .mapConflict(
          value.span, fact.shape.name, value.type?.name ?? "nothing", fact.contentSpan ?? span,
          fact.shape.description))
    }
    let new = value.type ?? .unknown
    guard let joined = old.joined(with: new) else {
      throw fail(
        .mapConflict(
          value.span, fact.shape.name, new.name, fact.contentSpan ?? span, old.name))
    }
    if joined != old || fact.contentSpan == nil {
      maps[index].shape.content = .plain(joined)
      if fact.contentSpan == nil { maps[index].contentSpan = span }
      hasChanged = true
    }
    return try converted(value, to: joined)
  }

  // MARK: Aggregations

  mutating func aggregate(
    _ name: String, _ written: [Expression]?, _ aggregation: Aggregation,
    _ arguments: [Expression], _ span: Span, _ callSpan: Span
  ) throws -> TypedStatement.Kind {
    let index = map(name)
    let key = try key(index, written, span)
    let allowed = aggregation.values + aggregation.constants.lowerBound
    let most = aggregation.values + aggregation.constants.upperBound
    guard (allowed...most).contains(arguments.count) else {
      throw fail(.argumentCount(callSpan, aggregation.signature, arguments.count))
    }
    let value = aggregation.values == 0 ? nil : try self.value(arguments[0])
    if let value, let type = value.type, !type.isNumeric, type != .unknown {
      throw fail(.wrongType(value.span, "the argument of \(aggregation.name)()", type))
    }
    let constants = try self.constants(of: aggregation, arguments.dropFirst(aggregation.values))
    if let problem = aggregation.validate(constants) {
      throw fail(.badArgument(callSpan, problem))
    }
    if let doubt = aggregation.doubt(constants) {
      report(.doubtfulArgument(callSpan, doubt.sentence, hint: doubt.hint))
    }
    let parameters = AggregationParameters(
      isSigned: value?.type.map { $0.isSigned && !$0.isLiteral } ?? true,
      isFloat: value?.type == .float, constants: constants)
    try widen(index, aggregation, parameters, span, callSpan)
    if value?.isQuotient == true { assignedQuotients.insert(index) }
    return .aggregate(index, key: key, value: try value.map { try update(of: index, with: $0) })
  }

  /// The map's cells are of this aggregation; signed if any of its values is.
  private mutating func widen(
    _ index: Int, _ aggregation: Aggregation, _ parameters: AggregationParameters, _ span: Span,
    _ callSpan: Span
  ) throws {
    let fact = maps[index]
    let content: MapShape.Content
    switch fact.shape.content {
    case .aggregation(let old, var known)
    where old == aggregation && known.constants == parameters.constants:
      known.isSigned = known.isSigned || parameters.isSigned
      known.isFloat = known.isFloat || parameters.isFloat
      content = .aggregation(aggregation, known)
    // Where an assignment had a mistake, nothing is known either.
    case .plain(.unknown):
      content = .aggregation(aggregation, parameters)
    default:
      var isSame = false
      if case .aggregation(let old, _) = fact.shape.content { isSame = old == aggregation }
      throw fail(
        .mapConflict(
          callSpan, fact.shape.name,
          aggregation.name + (isSame ? "() with other arguments" : "()"), fact.contentSpan ?? span,
          fact.shape.description))
    }
    if content != fact.shape.content {
      maps[index].shape.content = content
      if fact.contentSpan == nil { maps[index].contentSpan = span }
      hasChanged = true
    }
  }
}
