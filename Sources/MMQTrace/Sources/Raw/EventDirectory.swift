// A copy of tracefs' `events/`: what the events of a recording without metadata look like.

/// `SYSTEM/EVENT/format` and `header_page` below one directory.
struct EventDirectory {
  let path: String

  /// `events/` or `formats/` beside the data; nil where neither is there.
  static func find(in directory: String) -> EventDirectory? {
    [directory + "/events", directory + "/formats"]
      .first { !KernelFile.entries(of: $0).isEmpty }.map { EventDirectory(path: $0) }
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
        schemas.take(text[...], system: system, longSize: longSize, file)
      }
    }
    return schemas.all
  }
}
