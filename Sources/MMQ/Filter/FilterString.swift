// Strings that the kernel's filters can compare: fields, and the task's name.

internal import MMQLanguage
internal import MMQTrace

/// A string, as the kernel stores it. `==` looks at no more than its room; `~ "x*"` and `~ "*x*"` are its
/// only patterns that do the same for each kind of string, the second also finding what lies behind
/// the NUL (regex_match_*() of kernel/trace/trace_events_filter.c).
struct FilterString {
  private enum Storage: Equatable {
    /// `char name[N]`.
    case fixed(Int)
    /// `__data_loc char[]`. Those that the kernel itself prints as strings end with their NUL.
    case dynamic(isTerminated: Bool)
    /// The name of the task that the event happens in, at that time.
    case task
  }

  private let name: String
  private let storage: Storage

  /// The kernel takes less than MAX_FILTER_STR_VAL, 256.
  private static let longest = 250
  /// Bytes of a task's name.
  private static let taskName = 15

  init?(_ typed: Typed, of event: EventSchema) {
    switch typed.kind {
    case .field(let field):
      name = field.name
      switch field.shape {
      case .string where field.size > 0: storage = .fixed(field.size)
      case .dynamicString:
        storage = .dynamic(isTerminated: event.printsAsString(field.name))
      default: return nil
      }
    case .context(.comm):
      // A field `comm` is another matter than the task; a field of this name would hide the task.
      guard event.field(named: "COMM") == nil else { return nil }
      (name, storage) = ("COMM", .task)
    default: return nil
    }
  }

  /// That it equals a text, or does not.
  func equals(_ text: [UInt8], holds: Bool) -> FilterFormula {
    guard !isUnknown(text == FilterString.unknown) else { return .unknown }
    switch storage {
    case .fixed(let size) where text.count > size: return holds ? .never : .always
    case .task where text.count > FilterString.taskName: return holds ? .never : .always
    // Without a NUL the beginning of the text would do, and without a byte whatever lies behind.
    case .dynamic(isTerminated: false) where !holds || text.isEmpty: return .unknown
    default: break
    }
    guard let quoted = FilterString.quoted(text) else { return .unknown }
    let (is_, not) = ("\(name) == \(quoted)", "\(name) != \(quoted)")
    return holds ? atMost(.term(is_, opposite: not)) : .term(not, opposite: is_)
  }

  /// That it begins with a text, or does not.
  func begins(with text: [UInt8], holds: Bool) -> FilterFormula {
    if text.isEmpty { return holds ? .always : .never }
    // A digit in front makes a number of the pattern, '!' its opposite.
    guard FilterString.isPlain(text), text[0] != UInt8(ascii: "!"), !(48...57).contains(text[0]),
      !isUnknown(FilterString.unknown.starts(with: text)),
      holds || storage != .dynamic(isTerminated: false),
      let quoted = FilterString.quoted(text + [UInt8(ascii: "*")])
    else { return .unknown }
    let term = FilterFormula.term("\(name) ~ \(quoted)", opposite: nil)
    return holds ? atMost(term) : term.negation
  }

  /// That a text is somewhere in it, or is not.
  func contains(_ text: [UInt8], holds: Bool) -> FilterFormula {
    if text.isEmpty { return holds ? .always : .never }
    let star = UInt8(ascii: "*")
    guard FilterString.isPlain(text), !isUnknown(text.allSatisfy(FilterString.unknown.contains)),
      holds || storage == .dynamic(isTerminated: true),
      let quoted = FilterString.quoted([star] + text + [star])
    else { return .unknown }
    let term = FilterFormula.term("\(name) ~ \(quoted)", opposite: nil)
    if !holds { return term.negation }
    // Elsewhere it may lie behind the NUL.
    return storage == .dynamic(isTerminated: true) ? term : .conjunction([term, .unknown])
  }

  /// That a pattern of `=~` matches: as much of it as the kernel is good for.
  func matches(_ pattern: Glob, holds: Bool) -> FilterFormula {
    guard let texts = pattern.texts, let first = texts.first, let last = texts.last else {
      return .unknown
    }
    if texts.count == 1 { return equals(first, holds: holds) }
    let middle = texts.dropFirst().dropLast().filter { !$0.isEmpty }
    if last.isEmpty, middle.isEmpty { return begins(with: first, holds: holds) }
    if first.isEmpty, last.isEmpty, middle.count == 1 {
      return contains(middle[0], holds: holds)
    }
    guard holds else { return .unknown }
    return .conjunction(
      [begins(with: first, holds: true)] + middle.map { contains($0, holds: true) }
        + [contains(last, holds: true), .unknown])
  }

  /// A string without a NUL may also have only the beginning of what is asked for.
  private func atMost(_ term: FilterFormula) -> FilterFormula {
    storage == .dynamic(isTerminated: false) ? .conjunction([term, .unknown]) : term
  }

  /// What the script sees where a task's name is not known; the kernel knows it.
  private static let unknown = Array("<...>".utf8)

  /// Whether that may be what a script asks for.
  private func isUnknown(_ fits: Bool) -> Bool { fits && storage == .task }

  /// Without characters that mean something in a pattern.
  private static func isPlain(_ text: [UInt8]) -> Bool {
    !text.contains { "*?[\\".utf8.contains($0) }
  }

  /// In quotes; nil where the kernel cannot take it.
  private static func quoted(_ text: [UInt8]) -> String? {
    guard text.count <= longest, !text.contains(where: { $0 < 32 || $0 == 127 }),
      let string = String(validating: text, as: UTF8.self),
      // A name that is no UTF-8 is read with this in the place of what is wrong.
      !string.unicodeScalars.contains("\u{fffd}")
    else { return nil }
    if !string.contains("\"") { return "\"\(string)\"" }
    return string.contains("'") ? nil : "'\(string)'"
  }
}

extension EventSchema {
  /// Whether the kernel prints a dynamic field up to its NUL: it then has one.
  fileprivate func printsAsString(_ field: String) -> Bool {
    func isString(_ expression: PrintExpression) -> Bool {
      switch expression {
      case .dynamic(.string, field), .dynamic(.relString, field): true
      default: expression.children.contains(where: isString)
      }
    }
    return printFormat?.arguments.contains(where: isString) ?? false
  }
}
