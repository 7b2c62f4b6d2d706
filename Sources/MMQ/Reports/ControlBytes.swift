// Bytes of strings that are shown instead of sent to a terminal.

/// Bytes that a terminal would obey.
package enum ControlBytes {
  static func obeyed(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x7f }

  /// Of text in lines: what only lays it out stays.
  package static func escapedInLines(_ text: [UInt8]) -> [UInt8] {
    guard text.contains(where: obeyed) else { return text }
    let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    return Array(lines.map { escaped(Array($0), besides: "\t") }.joined(separator: "\n".utf8))
  }

  /// As below, but a text of mmq's own that is in it stays as it is.
  static func escaped(_ text: [UInt8], besides own: String) -> [UInt8] {
    let separator = Array(own.utf8)
    let pieces = text.split(separator: separator, omittingEmptySubsequences: false)
    return Array(pieces.map { escaped(Array($0)) }.joined(separator: separator))
  }

  /// Control bytes as `\x1b`, `\n`; all else as it is.
  static func escaped(_ text: [UInt8]) -> [UInt8] {
    guard text.contains(where: obeyed) else { return text }
    return text.flatMap { byte -> [UInt8] in
      if !obeyed(byte) { return [byte] }
      let digits = String(byte, radix: 16)
      return Array("\\x\(digits.count == 1 ? "0" : "")\(digits)".utf8)
    }
  }
}
