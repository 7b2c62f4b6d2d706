// The `print fmt` of an event, parsed when somebody first asks what it says.

internal import Synchronization

/// What a `print fmt` tells of an event. A recording describes many more events than a script names, and to
/// parse their texts would be most of the work of opening it. For any thread.
final class PrintText: Sendable {
  struct Content: Sendable {
    /// nil where it could not be parsed.
    var format: PrintFormat?
    var problem: String?
    /// The symbolic table of each field that it decodes by name.
    var symbols: [String: SymbolTable] = [:]
  }

  private enum State {
    case text(ArraySlice<UInt8>, fields: [Field], longSize: Int)
    case read(Content)
  }

  private let state: Mutex<State>

  /// What follows `print fmt:` in the format of an event with these fields.
  init(_ text: ArraySlice<UInt8>, fields: [Field], longSize: Int) {
    state = Mutex(.text(text, fields: fields, longSize: longSize))
  }

  init(_ content: Content) { state = Mutex(.read(content)) }

  var content: Content {
    state.withLock { state in
      switch state {
      case .read(let content): return content
      case .text(let text, let fields, let longSize):
        let content = PrintText.parse([UInt8](text), fields, longSize)
        state = .read(content)
        return content
      }
    }
  }

  private static func parse(_ text: [UInt8], _ fields: [Field], _ longSize: Int) -> Content {
    switch PrintFormat.parse(text, longSize: longSize) {
    case .success(let format):
      let tables = SymbolTable.tables(of: format, fields: fields, longSize: longSize)
      return Content(format: format, symbols: tables)
    case .failure(let problem): return Content(problem: problem.description)
    }
  }
}
