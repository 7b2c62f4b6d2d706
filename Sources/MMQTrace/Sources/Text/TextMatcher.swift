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
  ///
  /// Nearly always each string ends where what follows it stands for the first time: that is tried at once,
  /// and only if it fails is each other end tried. Both find the same, as the first ends are the first ones there, too.
  func match(_ text: TextSpan, _ record: inout TextRecord) -> Bool {
    let size = record.size
    switch matchAtOnce(text, &record) {
    case .yes: return true
    case .no: return false
    case .perhaps: break
    }
    record.restart(at: size)
    return matchSlowly(text, &record)
  }

  /// Without the short cut; tests compare the two.
  func matchSlowly(_ text: TextSpan, _ record: inout TextRecord) -> Bool {
    record.patience = TextMatcher.patience
    return match(0, text, &record)
  }

  private enum Answer { case yes, no, perhaps }

  /// Takes the first end of each string. `perhaps`: other ends were there.
  private func matchAtOnce(_ text: TextSpan, _ record: inout TextRecord) -> Answer {
    var at = text.start
    var index = 0
    var answer = Answer.no
    while index < parts.count {
      let part = parts[index]
      if !part.isOpen {
        guard let next = takeClosed(part, at, text.end, record) else { return answer }
        at = next
        index += 1
        continue
      }
      let rest = TextSpan(start: at, end: text.end)
      guard part.count > 0 else { return take(part, rest, &record) ? .yes : answer }
      guard let end = find(part, from: at, to: text.end - part.count) else { return answer }
      answer = .perhaps
      guard take(part, TextSpan(start: at, end: end), &record) else { return answer }
      at = end + part.count
      index += 2
    }
    return isBlank(at, text.end) ? .yes : answer
  }

  private func match(_ first: Int, _ text: TextSpan, _ record: inout TextRecord) -> Bool {
    var at = text.start
    for index in first..<parts.count {
      let part = parts[index]
      if part.isOpen {
        return matchOpen(index, part, TextSpan(start: at, end: text.end), &record)
      }
      guard let next = takeClosed(part, at, text.end, record) else { return false }
      at = next
    }
    return isBlank(at, text.end)
  }

  /// Ends where the next literal begins: usually the first time that it stands there, but strings may
  /// hold it, too.
  private func matchOpen(
    _ index: Int, _ part: TextPart, _ text: TextSpan, _ record: inout TextRecord
  ) -> Bool {
    guard part.count > 0 else { return take(part, text, &record) }
    let size = record.size
    var from = text.start
    while let end = find(part, from: from, to: text.end - part.count) {
      if record.patience == 0 { return false }
      record.patience -= 1
      if take(part, TextSpan(start: text.start, end: end), &record),
        match(index + 2, TextSpan(start: end + part.count, end: text.end), &record)
      {
        return true
      }
      record.restart(at: size)
      from = end + 1
    }
    return false
  }

  // MARK: Bytes

  /// A part that ends by itself: where it does, or nil where it is not there.
  @inline(__always)
  private func takeClosed(
    _ part: TextPart, _ at: TextPointer, _ end: TextPointer, _ record: borrowing TextRecord
  ) -> TextPointer? {
    if part.kind == .literal {
      return end - at >= part.count && stands(part, at) ? at + part.count : nil
    }
    var cursor = TextCursor(at, end)
    switch part.kind {
    case .number, .pointer:
      if part.isPadded { cursor.skipBlanks() }
      guard takeNumber(part, &cursor, record) else { return nil }
      while cursor.at - at < part.leftWidth, cursor.take(0x20) {}
    case .character:
      guard !cursor.isAtEnd else { return nil }
      set(part, UInt64(at.pointee), record)
      cursor.at += 1
    default:
      guard takeText(part, &cursor, record) else { return nil }
    }
    return cursor.at
  }

  /// The first place of a literal; 8 bytes at a time are looked at for its first one.
  @inline(__always)
  private func find(_ part: TextPart, from: TextPointer, to last: TextPointer) -> TextPointer? {
    var at = from
    while at <= last {
      let other = UInt64(littleEndian: TextMatcher.word(at)) ^ part.firsts
      // A byte that is the same one is 0 here: its top bit is then set, and none of those before it.
      let same = (other &- 0x0101_0101_0101_0101) & ~other & 0x8080_8080_8080_8080
      at += same == 0 ? 8 : same.trailingZeroBitCount >> 3
      if same == 0 { continue }
      if at > last { break }
      if stands(part, at) { return at }
      at += 1
    }
    return nil
  }

  /// Whether a literal stands there; behind a line lies enough to load whole words.
  @inline(__always)
  private func stands(_ part: TextPart, _ at: TextPointer) -> Bool {
    guard (TextMatcher.word(at) ^ part.word) & part.mask == 0 else { return false }
    if part.count <= 8 { return true }
    return TextMatcher.word(at + (part.count - 8)) == part.tail
      && (part.count <= 16 || memcmp(at + 8, literals + part.start + 8, part.count - 16) == 0)
  }

  @inline(__always)
  private static func word(_ at: TextPointer) -> UInt64 {
    UnsafeRawPointer(at).loadUnaligned(as: UInt64.self)
  }

  @inline(__always)
  private func isBlank(_ from: TextPointer, _ end: TextPointer) -> Bool {
    var at = from
    while at < end, at.pointee.isBlank { at += 1 }
    return at == end
  }
}
