// Where a line becomes a record.

internal import Glibc

/// A record that is being made: what is common to all, then fields at their places, then strings.
struct TextRecord: ~Copyable {
  private let memory = UnsafeMutableRawPointer.allocate(byteCount: 1 << 16, alignment: 16)
  /// Bytes so far.
  private(set) var size = 0
  /// How often a matcher may still look for another end of a string.
  var patience = 0

  /// Longer ones are cut; lines are shorter.
  private static let longestString = 40 << 10

  deinit { memory.deallocate() }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: memory, count: size) }

  /// A new record with so many bytes of fields, all of them zero.
  @inline(__always)
  mutating func begin(_ fixedSize: Int) {
    memset(memory, 0, fixedSize)
    size = fixedSize
  }

  /// Back to a record without strings: a matcher begins anew.
  @inline(__always)
  mutating func restart(at size: Int) { self.size = size }

  @inline(__always)
  func store<T: FixedWidthInteger>(_ value: T, at offset: Int) {
    memory.storeBytes(of: value, toByteOffset: offset, as: T.self)
  }

  /// Replaces some bits of a number of 1, 2, 4 or 8 bytes.
  @inline(__always)
  func store(_ value: UInt64, _ target: TextTarget) {
    let place = memory + target.offset
    let bits = (value & target.mask) &<< target.shift
    let kept = ~(target.mask &<< target.shift)
    switch target.size {
    case 1:
      let old = place.load(as: UInt8.self)
      store(
        old & UInt8(truncatingIfNeeded: kept) | UInt8(truncatingIfNeeded: bits), at: target.offset)
    case 2:
      let old = place.loadUnaligned(as: UInt16.self)
      store(
        old & UInt16(truncatingIfNeeded: kept) | UInt16(truncatingIfNeeded: bits), at: target.offset
      )
    case 4:
      let old = place.loadUnaligned(as: UInt32.self)
      store(
        old & UInt32(truncatingIfNeeded: kept) | UInt32(truncatingIfNeeded: bits), at: target.offset
      )
    default:
      let old = place.loadUnaligned(as: UInt64.self)
      store(old & kept | bits, at: target.offset)
    }
  }

  /// Copies a string into the field itself; false where it does not fit.
  @inline(__always)
  func store(_ text: TextSpan, at offset: Int, room: Int) -> Bool {
    guard text.count <= room else { return false }
    memcpy(memory + offset, text.start, text.count)
    return true
  }

  /// Appends a string, and stores where it is.
  @inline(__always)
  mutating func append(_ text: TextSpan, at offset: Int) {
    let count = min(text.count, TextRecord.longestString, (1 << 16) - 1 - size)
    guard count >= 0 else { return }
    memcpy(memory + size, text.start, count)
    (memory + size + count).storeBytes(of: 0, as: UInt8.self)
    store(UInt32(size) | UInt32(count + 1) << 16, at: offset)
    size += count + 1
  }
}

/// Which bits of which number of the record a number in the text is.
struct TextTarget {
  var offset: Int
  var size: Int
  var shift: UInt64 = 0
  var mask: UInt64 = .max
  /// What a number of 8 bytes may be, where only lines tell its type.
  var refused: LineValueKind = []
  /// What 0 stands for.
  var zero: UInt64 = 0
  /// `10` in the text is 8, 10 or 16.
  var base: UInt8 = 10

  func bits(of value: LineValue) -> UInt64 { value.bits == 0 ? zero : value.bits }
}
