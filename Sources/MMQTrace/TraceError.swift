// What stops the reading of an input, in plain words.

/// An input that cannot be read at all. Damage that leaves something to read goes to `DamageLog`.
public struct TraceError: Error, Sendable, Equatable, CustomStringConvertible {
  /// One sentence without the input's name and without a full stop, with the place if there is one.
  public var message: String

  public init(_ message: String) {
    self.message = message
  }

  /// A message that ends with the byte of the file that it is about.
  public init(_ message: String, at offset: UInt64) {
    self.message = "\(message) at byte \(hex(offset))"
  }

  public var description: String { message }
}

/// `0x1f`, as all messages write places in a file.
func hex(_ value: UInt64) -> String {
  "0x" + String(value, radix: 16)
}
