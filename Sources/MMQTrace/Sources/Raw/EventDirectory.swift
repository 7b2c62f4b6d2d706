// A copy of tracefs' `events/`: what the events of a recording without metadata look like.

/// `SYSTEM/EVENT/format` and `header_page` below one directory.
struct EventDirectory {
  let path: String

  /// The directory that was named, else `events/` or `formats/` beside the data. A directory that holds
  /// an `events/` of its own, as a copy of tracefs does, means that one. nil where nothing is there.
  static func find(in directory: String, given: String?) -> EventDirectory? {
    let candidates =
      given.map { [$0 + "/events", $0] } ?? [directory + "/events", directory + "/formats"]
    return candidates.first { !KernelFile.entries(of: $0).isEmpty }.map { EventDirectory(path: $0) }
  }

  /// The text of `header_page`, if it is there.
  var headerPage: String? { KernelFile.line(of: path + "/header_page") }

  /// All events whose formats can be read.
  func schemas(longSize: Int, _ damage: DamageLog) -> [EventSchema] {
    var schemas = SchemaList(damage)
    for system in KernelFile.entries(of: path) {
      for event in KernelFile.entries(of: "\(path)/\(system)") {
        let file = "\(path)/\(system)/\(event)/format"
        // Files such as `enable` and `filter` lie beside the events.
        guard let text = try? KernelFile.text(of: file) else { continue }
        schemas.take(text, system: system, longSize: longSize, file)
      }
    }
    return schemas.all
  }
}
