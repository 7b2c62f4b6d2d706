// Bytes in the byte order of a recording.

public import MMQTrace

/// Collects integers and strings in one byte order.
public struct ByteWriter {
  public let order: ByteOrder
  public private(set) var bytes: [UInt8] = []

  public init(_ order: ByteOrder) {
    self.order = order
  }

  public mutating func integer<T: FixedWidthInteger>(_ value: T) {
    withUnsafeBytes(of: order == .little ? value.littleEndian : value.bigEndian) {
      bytes.append(contentsOf: $0)
    }
  }

  /// A string and its NUL.
  public mutating func string(_ text: String) {
    bytes.append(contentsOf: text.utf8)
    bytes.append(0)
  }

  public mutating func raw(_ data: some Sequence<UInt8>) {
    bytes.append(contentsOf: data)
  }

  /// Zeros up to `size` bytes.
  public mutating func pad(to size: Int) {
    bytes.append(contentsOf: repeatElement(0, count: max(0, size - bytes.count)))
  }
}
