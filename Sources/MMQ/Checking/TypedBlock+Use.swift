// What a checked block uses: fields of its event, and maps.

internal import MMQTrace

extension TypedBlock {
  /// It calls some function of this kind.
  func calls(_ isWanted: @escaping (HostFunction) -> Bool) -> Bool {
    var isFound = false
    let walk = BlockWalk(expression: { typed in
      if case .call(let function, _) = typed.kind, isWanted(function) { isFound = true }
    })
    walk(self)
    return isFound
  }

  /// Names of fields, and indices of maps.
  var use: (fields: Set<String>, maps: Set<Int>) {
    var fields: Set<String> = []
    var maps: Set<Int?> = []
    let walk = BlockWalk { statement in
      switch statement.kind {
      case .set(let place, _): maps.insert(place.map)
      case .aggregate(let map, _, _), .each(_, let map, _): maps.insert(map)
      default: break
      }
    } expression: { typed in
      switch typed.kind {
      case .field(let field): fields.insert(field.name)
      case .map(let map, _), .deleteKey(let map, _), .hasKey(let map, _): maps.insert(map)
      case .step(let place, _, _): maps.insert(place.map)
      default: break
      }
    }
    walk(self)
    return (fields, Set(maps.compactMap { $0 }))
  }
}
