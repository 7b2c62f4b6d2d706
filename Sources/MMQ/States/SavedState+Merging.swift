// Several states become one. It does not matter in which order: recordings are sorted, values are added,
// or the greater one stays.

internal import MMQTrace

extension SavedState {
  /// What states of one script have found together; nil of none. Throws where they are of different
  /// scripts, have the same events in them, or where the parts of a recording do not add up.
  public static func merged(_ states: [SavedState]) throws(StateError) -> SavedState? {
    // Sums of floats depend on their order: it is that of the recordings.
    let states = states.sorted { $0.isBefore($1) }
    guard var all = states.first else { return nil }
    guard states.count > 1 else { return all }
    for state in states.dropFirst() { try all.takeAllButMaps(state) }
    let maps = MergedMaps()
    for state in states { try maps.join(state.maps) }
    for state in states { try maps.take(state) }
    (all.maps, all.strings) = maps.saved()
    return all
  }

  private func isBefore(_ other: SavedState) -> Bool {
    place.lexicographicallyPrecedes(other.place)
  }

  private var place: [UInt64] {
    recordings.flatMap { recording in
      [recording.identity] + recording.parts.flatMap { [$0.first, $0.last] }
    }
  }

  private mutating func takeAllButMaps(_ other: SavedState) throws(StateError) {
    if let difference = script.difference(from: other.script) { throw StateError(difference) }
    if other.script.text.lexicographicallyPrecedes(script.text) { script = other.script }
    partProblem = [partProblem, other.partProblem].compactMap { $0 }.min()
    endAsksForTime = endAsksForTime || other.endAsksForTime
    for recording in other.recordings { try take(recording) }
    machine.join(other.machine)
  }

  private mutating func take(_ recording: StateRecording) throws(StateError) {
    guard let index = recordings.firstIndex(where: { $0.identity == recording.identity }) else {
      recordings.append(recording)
      return recordings.sort { ($0.name, $0.identity) < ($1.name, $1.identity) }
    }
    for part in recordings[index].parts {
      if recording.parts.contains(where: part.overlaps) {
        throw StateError(
          "\(recording.name): some of its events would count twice: two states have them")
      }
    }
    if let partProblem {
      throw StateError("\(recording.name): its parts do not add up to it: \(partProblem)")
    }
    recordings[index].take(recording)
  }
}

extension TracedMachine {
  /// What is not the same of both is not known.
  fileprivate mutating func join(_ other: TracedMachine) {
    if uname != other.uname { uname = nil }
    if cpuCount != other.cpuCount { cpuCount = nil }
    longSize = max(longSize, other.longSize)
    pageSize = max(pageSize, other.pageSize)
    if byteOrder != other.byteOrder { byteOrder = .host }
  }
}

/// The maps of several states: first what they hold together, then their rows.
private final class MergedMaps {
  private var shapes: [String: SavedMap] = [:]
  private var tables: [String: UnsafeMutablePointer<Table>] = [:]
  private let strings = StringPool()

  deinit {
    for table in tables.values { table.deinitialize(count: 1).deallocate() }
  }

  /// Widens the types, so that they hold these rows too.
  func join(_ maps: [SavedMap]) throws(StateError) {
    for map in maps {
      guard var known = shapes[map.shape.name] else {
        shapes[map.shape.name] = SavedMap(map.shape, map.rule, holdsTimes: map.holdsTimes)
        continue
      }
      guard let shape = known.shape.joined(with: map.shape), known.rule == map.rule else {
        throw StateError(
          "@\(map.shape.name) cannot be merged: it is \(known.shape.description) in one state and "
            + "\(map.shape.description) in another")
      }
      known.shape = shape
      known.holdsTimes = known.holdsTimes || map.holdsTimes
      shapes[map.shape.name] = known
    }
  }

  func take(_ state: SavedState) throws(StateError) {
    let numbers = state.strings.intern(in: strings)
    for map in state.maps {
      guard let shape = shapes[map.shape.name]?.shape else { continue }
      var taker = RowTaker(shape, strings, map.rule)
      guard taker.take(map, numbers, into: &table(of: shape).pointee) else { throw .damaged }
      if taker.hasConflicts || map.hasConflicts { shapes[shape.name]?.hasConflicts = true }
    }
  }

  private func table(of shape: MapShape) -> UnsafeMutablePointer<Table> {
    if let table = tables[shape.name] { return table }
    let table = UnsafeMutablePointer<Table>.allocate(capacity: 1)
    table.initialize(to: Table(shape))
    tables[shape.name] = table
    return table
  }

  func saved() -> (maps: [SavedMap], strings: SavedStrings) {
    var saver = StringSaver(strings)
    let names = shapes.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let maps = names.compactMap { name -> SavedMap? in
      guard var map = shapes[name] else { return nil }
      if let table = tables[name] { map.take(&table.pointee, &saver) }
      return map
    }
    return (maps, saver.strings)
  }
}
