// Matches the text of events against patterns, byte by byte.

internal import Glibc

/// Runs one pattern. What it remembers makes it belong to one pass.
///
/// What is written while a line is matched lies behind pointers: a property of a class would be checked for
/// others that use it at the same time.
final class TextMatcher {
  private let parts: UnsafeMutableBufferPointer<TextPart>
  private let literals: UnsafeMutablePointer<UInt8>
  let targets: UnsafeMutableBufferPointer<TextDestination>
  let names: [TextNames]
  let isInferred: Bool
  /// Flags that were seen lately, and their values.
  let memory: [TextMemory]
  /// Of each slot what its values were, while types are looked for.
  let kinds: UnsafeMutableBufferPointer<LineValueKind>
  /// Texts matched while types are looked for.
  var matched: UInt64 = 0

  init(_ pattern: TextPattern, learning slots: Int = 0) {
    (names, isInferred) = (pattern.names, pattern.isInferred)
    parts = .allocate(capacity: pattern.parts.count)
    _ = parts.initialize(from: pattern.parts)
    literals = .allocate(capacity: pattern.literals.count)
    literals.initialize(from: pattern.literals, count: pattern.literals.count)
    targets = .allocate(capacity: pattern.targets.count)
    _ = targets.initialize(from: pattern.targets)
    memory = pattern.names.map { _ in TextMemory() }
    kinds = .allocate(capacity: slots)
    kinds.initialize(repeating: [])
  }

  deinit {
    parts.deallocate()
    literals.deallocate()
    targets.deallocate()
    kinds.deallocate()
  }

  /// How many places are tried for the ends of strings, in all.
  private static let patience = 64

  /// Whether the text is of this pattern; what it tells is then in the record.
  func match(_ text: TextSpan, _ record: inout TextRecord) -> Bool {
    record.patience = TextMatcher.patience
    return match(0, text, &record)
  }

  private func match(_ first: Int, _ text: TextSpan, _ record: inout TextRecord) -> Bool {
    var at = text.start
    var index = first
    while index < parts.count {
      let part = parts[index]
      var cursor = TextCursor(at, text.end)
      switch part.kind {
      case .literal:
        guard text.end - at >= part.count, stands(part, at) else { return false }
        at += part.count
        index += 1
        continue
      case .number, .pointer:
        if part.isPadded { cursor.skipBlanks() }
        guard takeNumber(part, &cursor, record) else { return false }
        while cursor.at - at < part.leftWidth, cursor.take(0x20) {}
      case .character:
        guard !cursor.isAtEnd else { return false }
        set(part, UInt64(at.pointee), record)
        cursor.at += 1
      case .oneOf:
        guard takeText(part, &cursor, record) else { return false }
      default: return matchOpen(index, part, TextSpan(start: at, end: text.end), &record)
      }
      at = cursor.at
      index += 1
    }
    while at < text.end, at.pointee.isBlank { at += 1 }
    return at == text.end
  }

  /// Whether a literal stands there; behind a line lies enough to load whole words.
  @inline(__always)
  private func stands(_ part: TextPart, _ at: TextPointer) -> Bool {
    let word = UnsafeRawPointer(at).loadUnaligned(as: UInt64.self)
    return (word ^ part.word) & part.mask == 0
      && (part.count <= 8 || memcmp(at + 8, literals + part.start + 8, part.count - 8) == 0)
  }

  /// Ends where the next literal begins: usually the first time that it stands there, but strings may
  /// hold it, too.
  private func matchOpen(
    _ index: Int, _ part: TextPart, _ text: TextSpan, _ record: inout TextRecord
  ) -> Bool {
    guard part.count > 0 else { return take(part, text, &record) }
    let size = record.size
    let last = text.end - part.count
    var at = text.start
    while at <= last {
      if stands(part, at) {
        if record.patience == 0 { return false }
        record.patience -= 1
        if take(part, TextSpan(start: text.start, end: at), &record),
          match(index + 2, TextSpan(start: at + part.count, end: text.end), &record)
        {
          return true
        }
        record.restart(at: size)
      }
      at += 1
    }
    return false
  }
}
