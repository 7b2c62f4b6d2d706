// Strings of the kernel's memory that a recording keeps: the file `printk_formats`.

/// Texts by address: the formats of `trace_printk`, and strings that events point to.
public struct KernelStrings: Sendable {
  private var texts: [UInt64: [UInt8]] = [:]

  /// No strings.
  public init() {}

  /// Reads lines of `0xaddress : "text"`; lines of another form are skipped. Of two texts at one
  /// address the first counts.
  public init(printkFormats: String) {
    for line in printkFormats.utf8.split(separator: 10) {
      guard let (address, text) = KernelStrings.entry([UInt8](line)) else { continue }
      if texts[address] == nil { texts[address] = text }
    }
  }

  public subscript(_ address: UInt64) -> [UInt8]? { texts[address] }

  /// How many addresses have a text.
  public var count: Int { texts.count }

  private static func entry(_ line: [UInt8]) -> (UInt64, [UInt8])? {
    guard line.starts(with: Array("0x".utf8)) else { return nil }
    var address: UInt64 = 0
    var position = 2
    while position < line.count, position < 18, let digit = line[position].hexDigit {
      address = address << 4 | UInt64(digit)
      position += 1
    }
    let opening = Array(" : \"".utf8)
    guard position > 2, line[position...].starts(with: opening), line.last == UInt8(ascii: "\""),
      line.count > position + opening.count
    else { return nil }
    // From quote to quote.
    return (address, PrintFormatLiterals.unquoted(line[(position + opening.count - 1)...]))
  }
}
