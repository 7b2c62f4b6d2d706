// Bytes of a line, where they lie. Nothing of a line becomes a String before it must.

internal import Glibc

typealias TextPointer = UnsafePointer<UInt8>

/// A part of a line. Behind each line lie at least `TextLines.padding` bytes that may be read.
struct TextSpan {
  var start: TextPointer
  var end: TextPointer

  var count: Int { end - start }
  var isEmpty: Bool { start == end }
  var text: String {
    String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }
  var bytes: [UInt8] { Array(UnsafeBufferPointer(start: start, count: count)) }

  /// Without blanks at both ends.
  @inline(__always)
  var trimmed: TextSpan {
    var span = self
    while span.start < span.end, span.start.pointee.isBlank { span.start += 1 }
    while span.start < span.end, span.end[-1].isBlank { span.end -= 1 }
    return span
  }

  @inline(__always)
  func equals(_ bytes: TextPointer, _ count: Int) -> Bool {
    self.count == count && memcmp(start, bytes, count) == 0
  }

  func equals(_ text: StaticString) -> Bool { equals(text.utf8Start, text.utf8CodeUnitCount) }

  func starts(with text: StaticString) -> Bool {
    count >= text.utf8CodeUnitCount && memcmp(start, text.utf8Start, text.utf8CodeUnitCount) == 0
  }

  func find(_ text: StaticString) -> TextPointer? { find(text.utf8Start, text.utf8CodeUnitCount) }

  @inline(__always)
  func find(_ byte: UInt8) -> TextPointer? {
    memchr(start, Int32(byte), count).map { TextPointer($0.assumingMemoryBound(to: UInt8.self)) }
  }

  /// The first place of some bytes.
  @inline(__always)
  func find(_ bytes: TextPointer, _ size: Int) -> TextPointer? {
    guard size > 0 else { return start }
    var at = start
    let first = bytes[0]
    while end - at >= size {
      guard let found = memchr(at, Int32(first), end - at - size + 1) else { return nil }
      at = TextPointer(found.assumingMemoryBound(to: UInt8.self))
      if size == 1 || memcmp(at + 1, bytes + 1, size - 1) == 0 { return at }
      at += 1
    }
    return nil
  }

  /// Few of different texts have the same number; it looks at both ends only.
  @inline(__always)
  var hash: UInt64 {
    let raw = UnsafeRawPointer(start)
    let head = raw.loadUnaligned(as: UInt64.self)
    let size = UInt64(truncatingIfNeeded: count)
    if count < 8 {
      let mask = count == 0 ? 0 : UInt64.max >> (64 &- 8 &* size)
      return ((UInt64(littleEndian: head) & mask) &+ size) &* 0x9e37_79b9_7f4a_7c15
    }
    let tail = (raw + (count - 8)).loadUnaligned(as: UInt64.self)
    let middle = (raw + (count / 2 - 4)).loadUnaligned(as: UInt64.self)
    var mixed = (head &+ size) &* 0x9e37_79b9_7f4a_7c15
    mixed = (mixed ^ (mixed >> 29) ^ middle) &* 0xbf58_476d_1ce4_e5b9
    return (mixed ^ (mixed >> 32) ^ tail) &* 0x94d0_49bb_1331_11eb
  }
}

/// Goes through a line from left to right.
struct TextCursor {
  var at: TextPointer
  let end: TextPointer

  init(_ span: TextSpan) { (at, end) = (span.start, span.end) }
  init(_ at: TextPointer, _ end: TextPointer) { (self.at, self.end) = (at, end) }

  var isAtEnd: Bool { at >= end }
  var rest: TextSpan { TextSpan(start: at, end: end) }

  @inline(__always)
  mutating func skipBlanks() {
    while at < end, at.pointee.isBlank { at += 1 }
  }

  @inline(__always)
  mutating func take(_ byte: UInt8) -> Bool {
    guard at < end, at.pointee == byte else { return false }
    at += 1
    return true
  }

  mutating func take(_ text: StaticString) -> Bool {
    guard rest.starts(with: text) else { return false }
    at += text.utf8CodeUnitCount
    return true
  }

  /// Decimal digits; nil where there are none, or too many.
  @inline(__always)
  mutating func number() -> UInt64? {
    let start = at
    var value: UInt64 = 0
    while at < end {
      let digit = at.pointee &- 0x30
      guard digit < 10 else { break }
      value = value &* 10 &+ UInt64(digit)
      at += 1
    }
    // 19 digits always fit.
    if at - start - 1 < 19 { return at > start ? value : nil }
    return UInt64(TextSpan(start: start, end: at).text)
  }

  /// Hexadecimal or octal digits; nil where there are none, or too many.
  @inline(__always)
  mutating func digits(shift: UInt64) -> UInt64? {
    let start = at
    var value: UInt64 = 0
    while at < end, let digit = at.pointee.hexValue, digit >> shift == 0 {
      if value >> (64 &- shift) != 0 { return nil }
      value = value &<< shift | UInt64(digit)
      at += 1
    }
    return at > start ? value : nil
  }

  /// Letters, digits and underscores.
  @inline(__always)
  mutating func word() -> TextSpan {
    let start = at
    while at < end, at.pointee.isWordByte { at += 1 }
    return TextSpan(start: start, end: at)
  }
}

extension UInt8 {
  @inline(__always) var isBlank: Bool { self == 0x20 || self == 9 || self == 13 }

  @inline(__always)
  var isWordByte: Bool {
    (self | 0x20) &- 0x61 < 26 || self &- 0x30 < 10 || self == UInt8(ascii: "_")
  }

  /// nil for what is no hexadecimal digit.
  @inline(__always)
  var hexValue: UInt8? {
    let digit = self &- 0x30
    if digit < 10 { return digit }
    let letter = (self | 0x20) &- 0x61
    return letter < 6 ? letter &+ 10 : nil
  }
}
