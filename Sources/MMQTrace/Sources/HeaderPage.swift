// `events/header_page`: where the parts of a sub-buffer are on the traced kernel.

/// Reads the text of `events/header_page`.
enum HeaderPage {
  /// The layout that the text declares; nil where it declares none that can be true.
  static func layout(_ text: String, _ order: ByteOrder) -> RingLayout? {
    var commitSize = 0
    var data = (offset: 0, size: 0)
    for line in text.split(separator: "\n") {
      guard let field = numbers(line) else { continue }
      if field.name == "commit" { commitSize = field.size }
      if field.name == "data" { data = (field.offset, field.size) }
    }
    guard commitSize == 4 || commitSize == 8, data.offset >= 8 + commitSize, data.offset <= 64,
      data.size > 0, data.size <= 1 << 20
    else { return nil }
    let size = data.offset + data.size
    guard isPossible(size) else { return nil }
    return RingLayout(
      byteOrder: order, commitSize: commitSize, dataOffset: data.offset, subBufferSize: size)
  }

  /// What a kernel with these longs has unless it says otherwise.
  static func usual(longSize: Int, pageSize: Int, _ order: ByteOrder) -> RingLayout {
    RingLayout(
      byteOrder: order, commitSize: longSize, dataOffset: 8 + longSize,
      subBufferSize: isPossible(pageSize) ? pageSize : 4096)
  }

  /// Sub-buffers are powers of two; larger ones than 1 MiB don't occur.
  static func isPossible(_ size: Int) -> Bool {
    size >= 256 && size <= 1 << 20 && size & (size - 1) == 0
  }

  /// Name, offset and size of `field: local_t commit;  offset:8;  size:8;  signed:1;`.
  private static func numbers(_ line: Substring) -> (name: Substring, offset: Int, size: Int)? {
    var name: Substring?
    var offset: Int?
    var size: Int?
    for part in line.split(separator: ";") {
      let trimmed = part.drop { $0 == " " || $0 == "\t" }
      if trimmed.hasPrefix("field:") { name = trimmed.split(separator: " ").last }
      if trimmed.hasPrefix("offset:") { offset = Int(trimmed.dropFirst(7)) }
      if trimmed.hasPrefix("size:") { size = Int(trimmed.dropFirst(5)) }
    }
    guard let name, let offset, let size, offset >= 0, size >= 0 else { return nil }
    return (name, offset, size)
  }
}
