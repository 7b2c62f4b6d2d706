// Maps that outlive their run: what a later question at a prompt can read.

internal import MMQTrace

/// The maps of earlier runs, by name. They hold their runs' memory as long as they are here.
public struct KeptMaps {
  private struct Place {
    let run: Run
    let map: Int
  }

  private var places: [String: Place] = [:]

  public init() {}

  /// What a `Target` must know for a script to read them, in byte order of names.
  public var shapes: [MapShape] {
    places.values.map { $0.run.shapes[$0.map] }
      .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// How many keys a map has; nil where there is none of that name.
  public func count(_ name: String) -> Int? { places[name].map { $0.run.tables[$0.map].count } }

  /// A map as it is printed: the `top` largest rows, or all for 0.
  public func report(_ name: String, top: Int = 0) -> MapReport? {
    places[name].map { $0.run.report($0.map, top: top, divisor: 0) }
  }

  /// Takes the maps of a run that has ended; those of these names go.
  public mutating func take(from session: Session) {
    for (index, shape) in session.run.shapes.enumerated() {
      let old = places.updateValue(Place(run: session.run, map: index), forKey: shape.name)
      // Other maps may still need the run.
      if let old, old.run !== session.run { old.run.tables[old.map].clear() }
    }
  }

  /// Forgets all.
  public mutating func removeAll() { places = [:] }

  /// The maps that a script only reads.
  fileprivate func fill(_ run: Run) {
    for (index, shape) in run.shapes.enumerated() where shape.isKept {
      if let place = places[shape.name] { run.load(index, from: place.run, place.map) }
    }
  }
}

extension Session {
  /// Before the start: what the script reads of these maps is there.
  public func use(_ maps: KeptMaps) { maps.fill(run) }
}

extension Run {
  /// Copies a map of another run; aggregations add up. Types may be wider here: the script may ask for more
  /// than was held.
  func load(_ map: Int, from other: Run, _ source: Int) {
    let (old, new) = (other.shapes[source], shapes[map])
    var key = [UInt64](repeating: 0, count: max(1, new.keyWords))
    for row in 0..<other.tables[source].count {
      if let from = old.key, let to = new.key {
        key = words(of: other.tables[source].key(row), from, as: to, other.strings)
      }
      guard let cell = tables[map].findOrInsert(key) else { continue }
      let value = other.tables[source].value(row)
      switch (old.content, new.content) {
      case (.plain(let from), .plain(let to)):
        let copied = words(of: value, from, as: to, other.strings)
        for (index, word) in copied.enumerated() { cell[index] = word }
      case (.aggregation, .aggregation(let kind, let parameters)):
        kind.merge(cell, value, parameters)
      default: break
      }
    }
  }

  /// A value of another run in this one's words, converted as the checker would have it.
  private func words(
    of words: UnsafePointer<UInt64>, _ from: Type, as to: Type, _ pool: StringPool
  ) -> [UInt64] {
    if let old = from.parts, let new = to.parts, old.count == new.count {
      var next = words
      return zip(old, new).flatMap { from, to in
        defer { next += from.words }
        return self.words(of: next, from, as: to, pool)
      }
    }
    if from.stringWords.isEmpty, to == .string, let symbols = from.symbols {
      return [strings.intern(symbols.name(of: words[0]))]
    }
    if !from.stringWords.isEmpty {
      return [strings.intern(UnsafeRawBufferPointer(pool.bytes(of: words[0])))]
    }
    return Array(UnsafeBufferPointer(start: words, count: to.words))
  }
}
