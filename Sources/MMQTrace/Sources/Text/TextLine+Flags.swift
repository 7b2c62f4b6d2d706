// The columns of flags, back to the bits that they stand for.

extension TextLine {
  /// Bits of `common_flags`, TRACE_FLAG_* of include/linux/trace_events.h.
  private enum Flag {
    static let irqsOff: UInt8 = 0x01
    static let noIrqInfo: UInt8 = 0x02
    static let lazyResched: UInt8 = 0x02
    static let needResched: UInt8 = 0x04
    static let hardIrq: UInt8 = 0x08
    static let softIrq: UInt8 = 0x10
    static let preemptResched: UInt8 = 0x20
    static let nmi: UInt8 = 0x40
    static let bhOff: UInt8 = 0x80
  }

  /// By column: interrupts, rescheduling, context. What trace_print_lat_fmt writes.
  private static let columns: [[UInt8: UInt8]] = [
    [
      UInt8(ascii: "."): 0, UInt8(ascii: "d"): Flag.irqsOff, UInt8(ascii: "b"): Flag.bhOff,
      UInt8(ascii: "D"): Flag.irqsOff | Flag.bhOff, UInt8(ascii: "X"): Flag.noIrqInfo,
    ],
    [
      UInt8(ascii: "."): 0, UInt8(ascii: "n"): Flag.needResched,
      UInt8(ascii: "p"): Flag.preemptResched, UInt8(ascii: "l"): Flag.lazyResched,
      UInt8(ascii: "N"): Flag.needResched | Flag.preemptResched,
      UInt8(ascii: "L"): Flag.lazyResched | Flag.preemptResched,
      UInt8(ascii: "b"): Flag.needResched | Flag.lazyResched,
      UInt8(ascii: "B"): Flag.needResched | Flag.lazyResched | Flag.preemptResched,
    ],
    [
      UInt8(ascii: "."): 0, UInt8(ascii: "h"): Flag.hardIrq, UInt8(ascii: "s"): Flag.softIrq,
      UInt8(ascii: "H"): Flag.hardIrq | Flag.softIrq, UInt8(ascii: "z"): Flag.nmi,
      UInt8(ascii: "Z"): Flag.nmi | Flag.hardIrq,
    ],
  ]

  /// A table for each column: the bits by character, and a mark for what cannot be.
  private static let bits: [UInt16] = columns.flatMap { column in
    (0..<256).map { column[UInt8($0)].map(UInt16.init) ?? 0x100 }
  }

  /// Five columns, four of kernels before 5.16: without the depth of disabled migration.
  @inline(__always)
  mutating func takeFlags(_ cursor: inout TextCursor) -> Bool {
    guard cursor.end - cursor.at >= 4 else { return false }
    var found: UInt16 = 0
    TextLine.bits.withUnsafeBufferPointer { bits in
      for column in 0..<3 { found |= bits[column << 8 | Int(cursor.at[column])] }
    }
    guard found < 0x100, let depth = TextLine.depth(cursor.at[3]) else { return false }
    cursor.at += 4
    var migration: UInt8 = 0
    if cursor.at < cursor.end, let nibble = TextLine.depth(cursor.at.pointee) {
      migration = nibble
      cursor.at += 1
    }
    guard cursor.isAtEnd || cursor.at.pointee.isBlank else { return false }
    (flags, preemptCount) = (UInt8(found), depth | migration << 4)
    columns.insert(.flags)
    return true
  }

  @inline(__always)
  private static func depth(_ byte: UInt8) -> UInt8? {
    byte == UInt8(ascii: ".") ? 0 : byte.hexValue
  }
}
