// The events of a text, by their names in lines.

/// All events that lines can be of: those of the formats, and those of which only lines tell. Does not
/// change while the text is read.
final class TextCatalog {
  let common: TextCommon
  private(set) var events: [TextEvent] = []
  /// Behind a pointer, as matchers say.
  private let names: UnsafeMutablePointer<TextNameTable>
  /// Of option `raw`: by the types of the machine that the text is from.
  private var types: [Int: Int] = [:]

  /// What lines hold.
  let columns: TextLine.Columns

  init(_ common: TextCommon, _ columns: TextLine.Columns) {
    (self.common, self.columns) = (common, columns)
    names = .allocate(capacity: 1)
    names.initialize(to: TextNameTable())
  }

  deinit { names.deinitialize(count: 1).deallocate() }

  var schemas: [EventSchema] { events.map(\.schema) }

  /// The number of the next event: `common_type` of its records.
  var nextID: Int { events.count + 1 }

  /// No more fit into 16 bits.
  static let mostEvents = 60_000

  func add(_ event: TextEvent, type: Int? = nil) {
    let index = events.count
    events.append(event)
    for (name, kind) in TextCatalog.names(of: event.schema) { names.pointee.add(name, kind, index) }
    if let type, types[type] == nil { types[type] = index }
  }

  /// As lines name it.
  private static func names(of schema: EventSchema) -> [(String, TextName.Kind)] {
    var all: [(String, TextName.Kind)] = [(schema.name, .usual), (schema.fullName, .usual)]
    if schema.system == "syscalls" {
      for (start, kind) in [("sys_enter_", TextName.Kind.call), ("sys_exit_", .callEnd)]
      where schema.name.hasPrefix(start) {
        all.append(("sys_" + schema.name.dropFirst(start.count), kind))
      }
    }
    switch schema.fullName {
    case "ftrace:print": all.append(("tracing_mark_write", .usual))
    case "ftrace:function": all.append(("", .function))
    default: break
    }
    return all
  }

  @inline(__always)
  func find(_ name: TextName, type: Int) -> Int? {
    switch name.kind {
    case .type: types[type]
    case .function: function
    default:
      names.pointee.find(name.whole, name.kind)
    }
  }

  private lazy var function = events.firstIndex { $0.schema.fullName == "ftrace:function" }
}
