// Rows of bytes as `__print_hex_dump` writes them.

/// Follows hex_dump_to_buffer in lib/hexdump.c.
struct HexDump {
  var prefix: [UInt8]
  var hasOffsets: Bool
  /// 16 or 32.
  var rowSize: Int
  /// 1, 2, 4 or 8; others count as 1.
  var groupSize: Int
  var hasText: Bool

  func write(_ bytes: UnsafeRawBufferPointer, _ record: EventRef, _ out: inout [UInt8]) {
    var offset = 0
    while offset < bytes.count {
      out.append(contentsOf: prefix)
      if hasOffsets {
        out.appendHex(UInt64(offset), digits: 8)
        out.append(": ")
      }
      let row = UnsafeRawBufferPointer(rebasing: bytes[offset...].prefix(rowSize))
      writeRow(row, record, &out)
      out.append(UInt8(ascii: "\n"))
      offset += rowSize
    }
  }

  private func writeRow(
    _ row: UnsafeRawBufferPointer, _ record: EventRef, _ out: inout [UInt8]
  ) {
    let isWhole = [2, 4, 8].contains(groupSize) && row.count % groupSize == 0
    let size = isWhole ? groupSize : 1
    let start = out.count
    for index in 0..<row.count / size {
      if index > 0 { out.append(UInt8(ascii: " ")) }
      out.appendHex(record.element(row, index, size), digits: size * 2)
    }
    guard hasText else { return }
    // The column stands where a full row would end, two blanks behind it.
    let column = rowSize * 2 + rowSize / size + 1
    out.appendFill(UInt8(ascii: " "), column - (out.count - start))
    for byte in row { out.append((0x20...0x7e).contains(byte) ? byte : UInt8(ascii: ".")) }
  }
}
