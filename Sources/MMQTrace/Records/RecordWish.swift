// Which records a pass over sub-buffers stops at.

internal import Glibc

/// Types of records that have a slot, and the first record at or after a time.
@frozen
public struct RecordWish {
  /// A word for each of the 65536 types: `unwanted`, or what is the owner's matter.
  public let slots: UnsafePointer<UInt16>
  /// Raw time stamps from here on stop a pass, wanted or not. It may change during a pass.
  public let limit: UnsafePointer<UInt64>
  /// Not nil: whoever has a wanted record may ask for the one behind it, as its stack is. The last record of
  /// what there is waits until the next one comes, but no longer where it is older than this raw stamp: of
  /// a recording no record comes later.
  public let settled: UnsafePointer<UInt64>?

  /// All are owned by somebody who lives longer than the pass.
  public init(
    slots: UnsafePointer<UInt16>, limit: UnsafePointer<UInt64>,
    settled: UnsafePointer<UInt64>? = nil
  ) {
    (self.slots, self.limit, self.settled) = (slots, limit, settled)
  }

  /// All values of `common_type`, which has 16 bits.
  public static let typeCount = 1 << 16
  /// The slot of types that nobody wants.
  public static let unwanted = UInt16.max
  /// The slot of a record that is too short to have a type. Such records are always kept.
  public static let withoutType = UInt16.max - 1

  /// Slots for all types, of which each is `slot`: of 0, what nobody writes to takes no memory. For `free(3)`.
  public static func makeSlots(_ slot: UInt16 = 0) -> UnsafeMutablePointer<UInt16> {
    guard let memory = calloc(typeCount, MemoryLayout<UInt16>.stride) else {
      fatalError("out of memory")
    }
    let slots = memory.assumingMemoryBound(to: UInt16.self)
    if slot != 0 { slots.update(repeating: slot, count: typeCount) }
    return slots
  }

  /// All records. Nobody frees it, and nobody writes to it.
  public static var all: RecordWish { everything.wish }

  private struct Everything: @unchecked Sendable {
    let wish: RecordWish
  }

  private static let everything: Everything = {
    let limit = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
    limit.initialize(to: .max)
    return Everything(wish: RecordWish(slots: makeSlots(), limit: limit))
  }()
}

/// A record in a sub-buffer, as `RingCursor.gather` finds it: valid until the stream moves on.
@frozen
public struct WantedRecord {
  /// The payload: it starts with `common_type`.
  public var base: UnsafeRawPointer
  /// The raw time stamp.
  public var stamp: UInt64
  /// Bytes of the payload, rounded up to 4 by the kernel.
  public var size: UInt32
  /// What the wish has for its type.
  public var slot: UInt16

  @inlinable
  init(base: UnsafeRawPointer, stamp: UInt64, size: UInt32, slot: UInt16) {
    (self.base, self.stamp, self.size, self.slot) = (base, stamp, size, slot)
  }

  /// The record for whoever reads its fields; `order` is that of the traced machine.
  @inlinable
  public func record(_ order: ByteOrder) -> EventRef {
    EventRef(base: base, size: Int(size), byteOrder: order)
  }
}
