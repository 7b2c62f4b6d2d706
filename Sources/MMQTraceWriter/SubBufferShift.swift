// Moving a sub-buffer in time.

public import MMQTrace

/// Adds to every absolute time of a sub-buffer: that of its header, and those of its TIME_STAMP
/// records.
public enum SubBufferShift {
  /// Changes `page` in place. Where its records make no sense, the rest is left as it is.
  public static func apply(
    _ shift: UInt64, to page: UnsafeMutableRawBufferPointer, _ layout: RingLayout
  ) {
    guard shift != 0, page.count >= layout.dataOffset else { return }
    add(shift, to: page, at: 0, layout.byteOrder)
    let commit =
      layout.commitSize == 8
      ? UInt32(truncatingIfNeeded: load(UInt64.self, page, 8, layout.byteOrder))
      : load(UInt32.self, page, 8, layout.byteOrder)
    let end = min(page.count, layout.dataOffset + Int(commit & ((1 << 27) - 1)))
    var place = layout.dataOffset
    while end - place >= 4 {
      place = step(shift, page, place, end, layout.byteOrder)
    }
  }

  /// Moves the record at `place` if it is an absolute time; returns the place of the next one.
  private static func step(
    _ shift: UInt64, _ page: UnsafeMutableRawBufferPointer, _ place: Int, _ end: Int,
    _ order: ByteOrder
  ) -> Int {
    let word = load(UInt32.self, page, place, order)
    let type = order == .little ? word & 31 : word >> 27
    let delta = order == .little ? word >> 5 : word & ((1 << 27) - 1)
    if (1...28).contains(type) { return place + 4 + Int(type) * 4 }
    guard !(type == 29 && delta == 0), end - place >= 8 else { return end }
    let second = load(UInt32.self, page, place + 4, order)
    switch type {
    case 0: return place + 4 + max(4, (Int(second) + 3) & ~3)
    case 29: return place + 4 + Int(second)
    case 31:
      let time = (UInt64(second) << 27 | UInt64(delta)) &+ shift
      let low = UInt32(truncatingIfNeeded: time & ((1 << 27) - 1))
      store(order == .little ? low << 5 | 31 : 31 << 27 | low, page, place, order)
      store(UInt32(truncatingIfNeeded: time >> 27), page, place + 4, order)
    default: break
    }
    return place + 8
  }

  private static func add(
    _ shift: UInt64, to page: UnsafeMutableRawBufferPointer, at place: Int, _ order: ByteOrder
  ) {
    store(load(UInt64.self, page, place, order) &+ shift, page, place, order)
  }

  private static func load<T: FixedWidthInteger>(
    _ type: T.Type, _ page: UnsafeMutableRawBufferPointer, _ place: Int, _ order: ByteOrder
  ) -> T {
    let raw = page.loadUnaligned(fromByteOffset: place, as: type)
    return order == .little ? T(littleEndian: raw) : T(bigEndian: raw)
  }

  private static func store<T: FixedWidthInteger>(
    _ value: T, _ page: UnsafeMutableRawBufferPointer, _ place: Int, _ order: ByteOrder
  ) {
    let raw = order == .little ? value.littleEndian : value.bigEndian
    page.storeBytes(of: raw, toByteOffset: place, as: T.self)
  }
}
