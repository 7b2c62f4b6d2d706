// Buffers as text.

/// The three forms that bpftrace gives to bytes.
enum BufferText {
  enum Form: Sendable {
    /// `%r`: ASCII as it is, all else as `\x0a`.
    case readable
    /// `%rx`: all as `\x0a`.
    case escaped
    /// `%rh`: `0a 1b`.
    case digits
  }

  static func text(_ bytes: [UInt8], _ form: Form) -> [UInt8] {
    switch form {
    case .readable: readable(bytes)
    case .escaped: bytes.flatMap { Array("\\x".utf8) + hexadecimal($0) }
    case .digits: Array(bytes.map(hexadecimal).joined(separator: [UInt8(ascii: " ")]))
    }
  }

  static func readable(_ bytes: [UInt8]) -> [UInt8] {
    bytes.flatMap { (32...126).contains($0) ? [$0] : Array("\\x".utf8) + hexadecimal($0) }
  }

  private static func hexadecimal(_ byte: UInt8) -> [UInt8] {
    let digits = Array(String(byte, radix: 16).utf8)
    return digits.count == 1 ? [UInt8(ascii: "0")] + digits : digits
  }
}
