// Formats of events from elsewhere, for inputs that have none: `--formats`.

internal import Glibc

/// The events of the machine that a text is from.
public struct EventFormats {
  /// In no order that means something.
  public let schemas: [EventSchema]
  /// Bytes of a kernel `long`.
  let longSize: Int
  /// As `uname` says it, where that is known.
  let uname: String?
  private let byType: [Int: Int]
  private let byName: [String: Int]

  /// The running kernel's. Never by default: a log of another machine would be misread.
  public static let live = "live"

  /// `path` is a format file, a directory with such, a recording, or `live`.
  public init(path: String, _ damage: DamageLog) throws(TraceError) {
    if path == EventFormats.live {
      self.init(
        try Tracefs().schemas(damage), longSize: MemoryLayout<Int>.size,
        uname: TracedMachine.host.uname)
      return
    }
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw TraceError("cannot be opened: \(InputFile.reason())")
    }
    if status.st_mode & S_IFMT == S_IFDIR {
      var files: [String] = []
      EventFormats.find(path, &files, depth: 0)
      let schemas = try EventFormats.parse(files, damage)
      guard !schemas.isEmpty else {
        throw TraceError("holds no format files, as events/SYSTEM/NAME/format")
      }
      self.init(schemas, longSize: 8, uname: nil)
    } else if let text = EventFormats.formatText(path) {
      self.init(try EventFormats.parse([path], text), longSize: 8, uname: nil)
    } else {
      let source = try SourceFormat.open(path: path)
      guard !(source is TextSource) else { throw TraceError("is text, and no format file") }
      self.init(source.schemas, longSize: source.machine.longSize, uname: source.machine.uname)
    }
  }

  init(_ schemas: [EventSchema], longSize: Int, uname: String?) {
    (self.schemas, self.longSize, self.uname) = (schemas, longSize, uname)
    byType = Dictionary(
      schemas.indices.map { (schemas[$0].id, $0) }, uniquingKeysWith: { a, _ in a })
    byName = Dictionary(
      schemas.indices.flatMap { [(schemas[$0].name, $0), (schemas[$0].fullName, $0)] },
      uniquingKeysWith: { a, _ in a })
  }

  func schema(type: Int) -> EventSchema? { byType[type].map { schemas[$0] } }

  func schema(_ name: TextName) -> EventSchema? {
    let text = name.whole.text
    let known: String =
      switch name.kind {
      case .call: "syscalls:sys_enter_" + text.dropFirst(4)
      case .callEnd: "syscalls:sys_exit_" + text.dropFirst(4)
      case .function: "ftrace:function"
      default: text == "tracing_mark_write" ? "ftrace:print" : text
      }
    return byName[known].map { schemas[$0] }
  }

  // MARK: Files

  /// Directories inside of each other: links may go round.
  private static let deepest = 6

  private static func find(_ directory: String, _ files: inout [String], depth: Int) {
    guard depth < deepest else { return }
    for name in KernelFile.entries(of: directory).sorted() {
      let path = "\(directory)/\(name)"
      var status = stat()
      guard stat(path, &status) == 0 else { continue }
      if status.st_mode & S_IFMT == S_IFDIR {
        find(path, &files, depth: depth + 1)
      } else if name == "format" || name.hasSuffix(".format") || name.hasSuffix(".txt") {
        files.append(path)
      }
    }
  }

  private static func parse(_ files: [String], _ damage: DamageLog) throws(TraceError)
    -> [EventSchema]
  {
    var all: [EventSchema] = []
    for path in files {
      guard let text = formatText(path) else { continue }
      switch FormatParser.parse(text, system: system(of: path, text), longSize: 8) {
      case .success(let schema): all.append(schema)
      case .failure(let problem): damage.note("unreadable format", "\(path): \(problem)")
      }
    }
    return all
  }

  private static func parse(_ files: [String], _ text: [UInt8]) throws(TraceError) -> [EventSchema]
  {
    switch FormatParser.parse(text, system: system(of: files[0], text), longSize: 8) {
    case .success(let schema): return [schema]
    case .failure(let problem): throw TraceError("is no format file that can be read: \(problem)")
    }
  }

  /// nil for what is no format file.
  private static func formatText(_ path: String) -> [UInt8]? {
    let start = Array("name: ".utf8)
    guard let file = try? InputFile(path: path),
      (try? file.read(at: 0, count: start.count)) == start
    else {
      return nil
    }
    return try? file.read(at: 0, count: Int(clamping: file.size))
  }

  /// `…/SYSTEM/NAME/format`; elsewhere the event's name has to do.
  private static func system(of path: String, _ text: [UInt8]) -> String {
    let parts = path.split(separator: "/")
    let name = String(
      decoding: text.dropFirst(6).prefix { $0 != 10 }, as: UTF8.self)
    if parts.count >= 3, parts.last == "format", parts[parts.count - 2] == name {
      return String(parts[parts.count - 3])
    }
    return EventSystems.system(of: name)
  }
}
