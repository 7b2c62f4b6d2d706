// A record where it lies, and checked reading of its fields.

/// A record in a sub-buffer: valid until the stream moves on.
@frozen
public struct EventRef {
  /// The first byte, where `common_type` is.
  public var base: UnsafeRawPointer
  /// Bytes of the payload, rounded up to 4 by the kernel.
  public var size: Int
  /// That of the traced machine.
  public var byteOrder: ByteOrder

  @inlinable
  public init(base: UnsafeRawPointer, size: Int, byteOrder: ByteOrder) {
    self.base = base
    self.size = size
    self.byteOrder = byteOrder
  }

  /// An integer field of 1, 2, 4 or 8 bytes; nil if the record is too short for it.
  public func integer(_ field: Field) -> Int64? {
    guard field.offset >= 0, field.end <= size else { return nil }
    switch (field.size, field.isSigned) {
    case (1, true): return Int64(base.load(Int8.self, at: field.offset, byteOrder))
    case (1, false): return Int64(base.load(UInt8.self, at: field.offset, byteOrder))
    case (2, true): return Int64(base.load(Int16.self, at: field.offset, byteOrder))
    case (2, false): return Int64(base.load(UInt16.self, at: field.offset, byteOrder))
    case (4, true): return Int64(base.load(Int32.self, at: field.offset, byteOrder))
    case (4, false): return Int64(base.load(UInt32.self, at: field.offset, byteOrder))
    case (8, _): return base.load(Int64.self, at: field.offset, byteOrder)
    default: return nil
    }
  }

  /// The bytes of a string field, without its NUL; nil where they lie outside of the record.
  public func string(_ field: Field) -> UnsafeRawBufferPointer? {
    guard field.offset >= 0, field.end <= size else { return nil }
    switch field.shape {
    case .string: return string(at: field.offset, capacity: field.size == 0 ? size : field.size)
    case .dynamicString(let relative): return dynamicString(at: field.offset, isRelative: relative)
    default: return nil
    }
  }

  /// A string of at most `capacity` bytes, up to its NUL or the record's end. The caller has checked
  /// that `offset` lies in the record.
  public func string(at offset: Int, capacity: Int) -> UnsafeRawBufferPointer {
    let room = min(capacity, size - offset)
    var length = 0
    while length < room, base.load(fromByteOffset: offset + length, as: UInt8.self) != 0 {
      length += 1
    }
    return UnsafeRawBufferPointer(start: base + offset, count: length)
  }

  /// A `__data_loc` string: the word at `offset` holds where it starts (low half) and how long it is
  /// (high half); of a `__rel_loc` one the start counts from behind the word. nil if it does not lie
  /// in the record. The caller has checked the word's own bounds.
  public func dynamicString(at offset: Int, isRelative: Bool) -> UnsafeRawBufferPointer? {
    let word = base.load(UInt32.self, at: offset, byteOrder)
    let start = Int(word & 0xffff) + (isRelative ? offset + 4 : 0)
    let length = Int(word >> 16)
    guard length > 0 else { return UnsafeRawBufferPointer(start: base, count: 0) }
    guard start + length <= size else { return nil }
    return string(at: start, capacity: length)
  }
}
