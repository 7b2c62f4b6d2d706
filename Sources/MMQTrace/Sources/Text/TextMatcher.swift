// Matches the text of events against patterns, byte by byte.

internal import Glibc

/// Runs one pattern. What it remembers makes it belong to one pass.
///
/// What is written while a line is matched lies behind pointers: a property of a class would be checked for
/// others that use it at the same time.
final class TextMatcher {
  private let parts: UnsafeMutableBufferPointer<TextPart>
  private let literals: UnsafeMutablePointer<UInt8>
  private let targets: UnsafeMutableBufferPointer<TextDestination>
  private let names: [TextNames]
  private let isInferred: Bool
  /// Flags that were seen lately, and their values.
  private let memory: [TextMemory]
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

  // MARK: Parts

  private func take(_ part: TextPart, _ text: TextSpan, _ record: inout TextRecord) -> Bool {
    switch part.kind {
    case .string: return store(part, part.isPadded ? text.trimmed : text, &record)
    case .flags, .symbols: return takeNames(part, part.isPadded ? text.trimmed : text, record)
    case .value: return takeValue(part, text.trimmed, &record)
    default: return !isInferred || !TextKeys.hasKey(text, mayBegin: true)
    }
  }

  /// Names, and what may stand behind them.
  private func takeNames(_ part: TextPart, _ text: TextSpan, _ record: borrowing TextRecord) -> Bool
  {
    guard part.suffixNames >= 0 else { return setNames(part, text, record) }
    for (suffix, value) in names[part.suffixNames].texts {
      let rest = TextSpan(start: text.start, end: text.end - suffix.count)
      let isThere = suffix.withUnsafeBufferPointer {
        text.count >= $0.count && ($0.isEmpty || memcmp(rest.end, $0.baseAddress!, $0.count) == 0)
      }
      guard isThere, setNames(part, rest, record) else { continue }
      if part.suffixTarget >= 0, case .number(let target) = targets[part.suffixTarget] {
        record.store(value, target)
      }
      return true
    }
    return false
  }

  @inline(__always)
  private func setNames(_ part: TextPart, _ text: TextSpan, _ record: borrowing TextRecord) -> Bool
  {
    guard let value = memory[part.names].value(of: text, names[part.names], part.kind)
    else {
      return false
    }
    set(part, value, record)
    return true
  }

  @inline(__always)
  private func set(_ part: TextPart, _ value: UInt64, _ record: borrowing TextRecord) {
    guard part.target >= 0, case .number(let target) = targets[part.target] else { return }
    record.store(value, target)
  }

  private func store(_ part: TextPart, _ text: TextSpan, _ record: inout TextRecord) -> Bool {
    guard part.target >= 0 else { return true }
    switch targets[part.target] {
    case .fixed(let offset, let size): return record.store(text, at: offset, room: size)
    case .dynamic(let offset): record.append(text, at: offset)
    default: break
    }
    return true
  }

  private func takeNumber(
    _ part: TextPart, _ cursor: inout TextCursor, _ record: borrowing TextRecord
  ) -> Bool {
    let start = cursor.at
    let isNegative = cursor.take(UInt8(ascii: "-"))
    if !isNegative { _ = cursor.take(UInt8(ascii: "+")) }
    var value: UInt64?
    if part.base == 10 {
      value = cursor.number()
    } else {
      // `%#x`, and what trace-cmd and perf write for `%p`.
      if part.base == 16, cursor.rest.starts(with: "0x") { cursor.at += 2 }
      value = cursor.digits(shift: part.base == 16 ? 4 : 3)
    }
    // As the kernel and libtraceevent write it.
    if value == nil, part.kind == .pointer, cursor.take("(null)") || cursor.take("(nil)") {
      value = 0
    }
    guard var value else { return false }
    if part.names >= 0 {
      for (text, meant) in names[part.names].texts
      where TextSpan(start: start, end: cursor.at).means(text) { value = meant }
    }
    set(part, isNegative ? 0 &- value : value, record)
    return true
  }

  private func takeText(
    _ part: TextPart, _ cursor: inout TextCursor, _ record: borrowing TextRecord
  ) -> Bool {
    for (text, value) in names[part.names].texts {
      let isThere = text.withUnsafeBufferPointer { bytes in
        cursor.end - cursor.at >= bytes.count
          && (bytes.isEmpty || memcmp(cursor.at, bytes.baseAddress!, bytes.count) == 0)
      }
      if isThere {
        cursor.at += text.count
        set(part, value, record)
        return true
      }
    }
    return false
  }

  // MARK: Values of unknown types

  private func takeValue(_ part: TextPart, _ text: TextSpan, _ record: inout TextRecord) -> Bool {
    guard part.target >= 0 else { return !TextKeys.hasKey(text) }
    switch targets[part.target] {
    case .slot(let slot):
      // Once there was text, numbers change nothing.
      let kind = kinds[slot].isString ? nil : LineValue.number(text)?.kind
      if kind == nil, TextKeys.hasKey(text) { return false }
      kinds[slot].formUnion(kind ?? .string)
    case .number(let target):
      guard let value = LineValue.number(text), value.kind.isDisjoint(with: target.refused) else {
        return false
      }
      record.store(value.bits, target)
    default: return !TextKeys.hasKey(text) && store(part, text, &record)
    }
    return true
  }
}

extension TextSpan {
  /// The same digits, `0x` aside.
  fileprivate func means(_ text: [UInt8]) -> Bool {
    var span = self
    if span.starts(with: "0x") { span.start += 2 }
    return text.withUnsafeBufferPointer { span.equals($0.baseAddress!, $0.count) }
  }
}
