// mmq.h: maps.
// The names are those of the header.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

internal import CMMQ
internal import Glibc
internal import MMQ

/// The maps at one moment. Nothing changes in it, so that any thread may read it.
final class CMaps {
  let snapshots: [MapSnapshot]
  let maps: [CMap]
  private let strings = CStrings()

  init(_ snapshots: [MapSnapshot]) {
    self.snapshots = snapshots
    maps = snapshots.map { [strings] in CMap($0, strings) }
  }
}

final class CMap {
  let name: UnsafePointer<CChar>?
  let aggregation: UnsafePointer<CChar>?
  /// nil for maps without keys.
  let keys: [CValue]?
  let values: [CValue]

  init(_ map: MapSnapshot, _ strings: CStrings) {
    name = strings.add(map.name)
    aggregation = map.aggregation.flatMap { strings.add($0) }
    keys = map.hasKeys ? map.rows.compactMap { $0.key.map { CValue($0, strings) } } : nil
    values = map.rows.map { CValue($0.value, strings) }
  }
}

@c @implementation
public func mmq_session_maps(_ session: OpaquePointer?) -> OpaquePointer? {
  Handle.object(session, as: CSession.self).map { Handle.give(CMaps($0.session.snapshots())) }
}

@c @implementation
public func mmq_maps_count(_ maps: OpaquePointer?) -> Int {
  Handle.object(maps, as: CMaps.self)?.maps.count ?? 0
}

@c @implementation
public func mmq_maps_at(_ maps: OpaquePointer?, _ index: Int) -> OpaquePointer? {
  guard let all = Handle.object(maps, as: CMaps.self)?.maps, all.indices.contains(index) else {
    return nil
  }
  return Handle.lend(all[index])
}

@c @implementation
public func mmq_maps_find(
  _ maps: OpaquePointer?, _ name: UnsafePointer<CChar>?
) -> OpaquePointer? {
  guard let holder = Handle.object(maps, as: CMaps.self),
    let index = holder.snapshots.firstIndex(where: { $0.name == text(name) })
  else { return nil }
  return Handle.lend(holder.maps[index])
}

@c @implementation
public func mmq_maps_json(_ maps: OpaquePointer?) -> UnsafeMutablePointer<CChar>? {
  var bytes: [UInt8] = []
  let renderer = JSONRenderer(announcesProbes: false) { bytes += Array($0) }
  for snapshot in Handle.object(maps, as: CMaps.self)?.snapshots ?? [] {
    renderer.map(MapReport(snapshot))
  }
  renderer.flush()
  return strdup(String(decoding: bytes, as: UTF8.self))
}

@c @implementation
public func mmq_maps_free(_ maps: OpaquePointer?) { Handle.free(maps, as: CMaps.self) }

@c @implementation
public func mmq_map_name(_ map: OpaquePointer?) -> UnsafePointer<CChar>? {
  Handle.object(map, as: CMap.self)?.name
}

@c @implementation
public func mmq_map_aggregation(_ map: OpaquePointer?) -> UnsafePointer<CChar>? {
  Handle.object(map, as: CMap.self)?.aggregation
}

@c @implementation
public func mmq_map_rows(_ map: OpaquePointer?) -> Int {
  Handle.object(map, as: CMap.self)?.values.count ?? 0
}

@c @implementation
public func mmq_map_key(_ map: OpaquePointer?, _ row: Int) -> OpaquePointer? {
  guard let keys = Handle.object(map, as: CMap.self)?.keys, keys.indices.contains(row) else {
    return nil
  }
  return Handle.lend(keys[row])
}

@c @implementation
public func mmq_map_value(_ map: OpaquePointer?, _ row: Int) -> OpaquePointer? {
  guard let values = Handle.object(map, as: CMap.self)?.values, values.indices.contains(row) else {
    return nil
  }
  return Handle.lend(values[row])
}
