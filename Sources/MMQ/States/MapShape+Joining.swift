// What a map holds once states of two kernels are one: where their types differ, names stand for
// numbers.

internal import MMQTrace

extension MapShape {
  /// The shape that holds rows of both; nil where there is none.
  func joined(with other: MapShape) -> MapShape? {
    guard name == other.name, let key = MapShape.joined(key, other.key),
      let content = content.joined(with: other.content)
    else { return nil }
    return MapShape(name: name, key: key.type, content: content)
  }

  /// The outer nil is a failure, the inner one no key.
  private static func joined(_ a: Type?, _ b: Type?) -> (type: Type?, Void)? {
    guard let a, let b else { return a == nil && b == nil ? (nil, ()) : nil }
    return a.joinedByName(with: b).map { ($0, ()) }
  }
}

extension MapShape.Content {
  fileprivate func joined(with other: MapShape.Content) -> MapShape.Content? {
    switch (self, other) {
    case (.plain(let a), .plain(let b)): return a.joinedByName(with: b).map { .plain($0) }
    case (.aggregation(let kind, var a), .aggregation(let other, let b))
    where kind == other && a.isFloat == b.isFloat && a.constants == b.constants:
      a.isSigned = a.isSigned || b.isSigned
      return .aggregation(kind, a)
    default: return nil
    }
  }
}

extension Type {
  /// The type that holds values of both, whose numbers may mean different things: values with names that
  /// are not those of one table are held by name. It does not matter which one is asked.
  func joinedByName(with other: Type) -> Type? {
    if self == other { return self }
    switch (self, other) {
    case (.tuple(let a), .tuple(let b)) where a.count == b.count:
      let items = zip(a, b).compactMap { $0.joinedByName(with: $1) }
      return items.count == a.count ? .tuple(items) : nil
    case (.record(let a), .record(let b)) where a.map(\.name) == b.map(\.name):
      let members = zip(a, b).compactMap { a, b in
        a.type.joinedByName(with: b.type).map { Member(name: a.name, type: $0) }
      }
      return members.count == a.count ? .record(members) : nil
    case (.integer(let a), .integer(let b)) where a.symbols != b.symbols: return .string
    case (.integer, .string), (.string, .integer): return .string
    case (.float, _), (_, .float): return nil
    default: return joined(with: other)
    }
  }
}

/// What becomes of one word of a key or a value.
enum WordStep: Equatable {
  case same
  /// A number of a string of the state.
  case string
  /// A number becomes its name; or its digits, if the kernel gives it none.
  case name(SymbolTable)
  case digits(isSigned: Bool)
}

extension Type {
  /// How values become those of a type that holds them; nil where the type does not.
  func steps(to wanted: Type) -> [WordStep]? {
    if let items = parts, let others = wanted.parts, items.count == others.count {
      let steps = zip(items, others).compactMap { $0.steps(to: $1) }
      return steps.count == items.count ? steps.flatMap { $0 } : nil
    }
    if !stringWords.isEmpty { return wanted.stringWords == [0] ? [.string] : nil }
    if case .integer(let integer) = self, wanted == .string {
      return [integer.symbols.map { .name($0) } ?? .digits(isSigned: integer.isSigned)]
    }
    return words == 1 && wanted.words == 1 && wanted.stringWords.isEmpty ? [.same] : nil
  }
}
