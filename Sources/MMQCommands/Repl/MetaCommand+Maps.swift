// Commands about the maps of the runs so far.

internal import Glibc
internal import MMQ
internal import MMQLanguage

extension MetaCommand {
  static let mapCommands = [
    MetaCommand(".maps", "", .nothing, "lists the maps that are there, with their types") {
      session, _ in
      for shape in session.maps.shapes {
        let count = session.maps.count(shape.name) ?? 0
        Console.print(
          "@\(shape.name): \(shape.description), \(count) \(count == 1 ? "row" : "rows")\n")
      }
    },
    MetaCommand(".print", "@MAP [N]", .map, "prints a map, or its N largest rows") {
      session, argument in
      let words = argument.split(separator: " ").map(String.init)
      guard (1...2).contains(words.count), words[0].hasPrefix("@"),
        let top = words.count == 2 ? Int(words[1]) : 0, top >= 0
      else { throw Stop.wants(".print @MAP [N]") }
      let report = try session.report(words[0], top: top)
      let sink = session.settings.format.sink(
        keyColumns: session.keyColumns, escapes: Console.outputIsTerminal
      ) { Console.write($0) }
      sink.map(report)
      sink.flush()
    },
    MetaCommand(
      ".save", "FILE [@MAP…]", .file,
      "writes maps to a file: .json, .csv, or anything else for text"
    ) { session, argument in
      let words = argument.split(separator: " ").map(String.init)
      guard let path = words.first, words.dropFirst().allSatisfy({ $0.hasPrefix("@") }) else {
        throw Stop.wants(".save FILE [@MAP…]")
      }
      try session.save(to: FileNames.expanded(path), Array(words.dropFirst()))
    },
  ]
}

extension ReplSession {
  /// The map of a name with its `@`.
  fileprivate func report(_ name: String, top: Int = 0) throws -> MapReport {
    if let report = maps.report(String(name.dropFirst()), top: top) { return report }
    let nearest = Nearest.name(to: name, among: maps.shapes.map { "@" + $0.name })
    throw Stop(
      status: Stop.usageError,
      message: "mmq: no run so far left a map \(name)"
        + (nearest.map { "; did you mean \($0)?" } ?? ""))
  }

  fileprivate var keyColumns: Int { maps.shapes.map(\.keyColumns).max() ?? 0 }

  fileprivate func save(to path: String, _ names: [String]) throws {
    let reports = try (names.isEmpty ? maps.shapes.map { "@" + $0.name } : names).map {
      try report($0)
    }
    let ending = path.split(separator: ".").last.map(String.init) ?? ""
    let format = OutputFormat(rawValue: ending) ?? .text
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    var problem: Int32 = 0
    let sink = format.sink(keyColumns: keyColumns) { bytes in
      if problem == 0 { problem = FileWriting.write(bytes, to: descriptor) }
    }
    for report in reports { sink.map(report) }
    sink.flush()
    errno = problem
    if problem != 0 { throw failure(path) }
  }

  private func failure(_ path: String) -> Stop {
    Stop(status: Stop.dataError, message: "mmq: \(path): \(String(cString: strerror(errno)))")
  }
}
