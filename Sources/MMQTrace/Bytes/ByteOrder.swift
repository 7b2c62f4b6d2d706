// The byte order of a recording, and loads that follow it.

/// The order in which the traced machine stores the bytes of an integer.
public enum ByteOrder: Sendable, Equatable {
  case little, big

  /// The order of the machine that mmq itself runs on.
  public static var host: ByteOrder { UInt16(littleEndian: 1) == 1 ? .little : .big }
}

extension UnsafeRawPointer {
  /// An integer at any alignment, stored in `order`. The caller has checked the bounds.
  @inlinable @inline(__always)
  public func load<T: FixedWidthInteger>(_ type: T.Type, at offset: Int, _ order: ByteOrder) -> T {
    let raw = loadUnaligned(fromByteOffset: offset, as: type)
    return order == .little ? T(littleEndian: raw) : T(bigEndian: raw)
  }
}
