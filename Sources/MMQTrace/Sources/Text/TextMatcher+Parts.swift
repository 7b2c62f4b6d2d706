// What a matcher does with the parts of a text.

internal import Glibc

extension TextMatcher {
  func take(_ part: TextPart, _ text: TextSpan, _ record: inout TextRecord) -> Bool {
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
  func set(_ part: TextPart, _ value: UInt64, _ record: borrowing TextRecord) {
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

  func takeNumber(
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

  func takeText(
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
      let known = kinds[slot]
      if known.contains(.number), text.isShortNumber { return true }
      // Once there was text, numbers change nothing.
      let kind = known.isString ? nil : LineValue.number(text)?.kind
      if kind == nil, TextKeys.hasKey(text) { return false }
      kinds[slot].formUnion(kind ?? .string)
    case .number(let target):
      guard let value = LineValue.number(text), value.kind.isDisjoint(with: target.refused) else {
        return false
      }
      record.store(target.bits(of: value), target)
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
