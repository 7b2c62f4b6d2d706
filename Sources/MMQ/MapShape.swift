// What a map holds: its key's type, and either plain values or cells of an aggregation.

/// A map's type, inferred over the whole program.
public struct MapShape: Sendable, Equatable {
  public enum Content: Sendable, Equatable {
    case plain(Type)
    case aggregation(Aggregation, AggregationParameters)
  }

  public var name: String
  /// nil for a map without keys. Several keys are one tuple.
  public var key: Type?
  public var content: Content
  /// The most keys that it may have; nil for no limit.
  public var limit: Int?
  /// A full map makes room by dropping an old key; else new keys are dropped and counted.
  public var evicts = false
  /// It comes from an earlier run, and nothing assigns it in this one.
  public var isKept = false

  public init(name: String, key: Type?, content: Content) {
    self.name = name
    self.key = key
    self.content = content
  }

  var keyWords: Int { key?.words ?? 0 }

  /// The key columns that it needs in a `CSVRenderer`.
  public var keyColumns: Int { keyParts }

  /// Parts of a key as written: several keys are one tuple.
  var keyParts: Int {
    if case .tuple(let items)? = key { return items.count }
    return key == nil ? 0 : 1
  }

  var valueWords: Int {
    switch content {
    case .plain(let type): type.words
    case .aggregation(let aggregation, let parameters): aggregation.words(parameters)
    }
  }

  /// Words that reading the map in an expression gives.
  var readWords: Int { readType?.words ?? 0 }

  /// Words of what one update of the map's aggregation brings.
  var updateWords: Int {
    if case .aggregation(let aggregation, _) = content { return aggregation.updateWords }
    return 0
  }

  /// Words of the values in the tables that the cells own, if they do.
  var ownedWords: Int? {
    if case .aggregation(let aggregation, _) = content { return aggregation.ownedWords }
    return nil
  }

  /// Which words of a key, and of a value, are ids of strings.
  var stringWords: (key: [Int], value: [Int]) {
    var value: [Int] = []
    if case .plain(let type) = content { value = type.stringWords }
    return (key?.stringWords ?? [], value)
  }

  /// Which words of a key, and of a value, are stacks.
  var stackWords: (key: [(word: Int, mode: StackMode)], value: [(word: Int, mode: StackMode)]) {
    guard case .plain(let type) = content else { return (key?.stackWords ?? [], []) }
    return (key?.stackWords ?? [], type.stackWords)
  }

  /// The type that reading the map in an expression gives; nil where it has no single number.
  var readType: Type? {
    switch content {
    case .plain(let type): type
    case .aggregation(let aggregation, let parameters): aggregation.readType(parameters)
    }
  }

  /// As messages and `-d types` name it.
  public var description: String {
    let content =
      switch content {
      case .plain(let type): type.name
      case .aggregation(let aggregation, _): aggregation.name + "()"
      }
    return key.map { "\(content) by \($0.name)" } ?? content
  }
}
