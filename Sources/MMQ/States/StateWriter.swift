// Values to the bytes of a state file.

/// Collects numbers, texts and lists. A number takes 7 bits a byte, lowest first, as most numbers are
/// small (LEB128); whatever has a length begins with it.
struct StateWriter {
  private(set) var bytes: [UInt8] = []

  mutating func number(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  mutating func count(_ value: Int) { number(UInt64(value)) }

  mutating func signed(_ value: Int64) { number(UInt64(bitPattern: value)) }

  mutating func flag(_ value: Bool) { bytes.append(value ? 1 : 0) }

  mutating func raw(_ data: some Collection<UInt8>) {
    count(data.count)
    bytes.append(contentsOf: data)
  }

  mutating func text(_ text: String) { raw(text.utf8) }

  mutating func optional<T>(_ value: T?, _ write: (inout StateWriter, T) -> Void) {
    flag(value != nil)
    if let value { write(&self, value) }
  }

  mutating func list<Items: Collection>(
    _ items: Items, _ write: (inout StateWriter, Items.Element) -> Void
  ) {
    count(items.count)
    for item in items { write(&self, item) }
  }

  /// Without a length: the reader knows it.
  mutating func words(_ words: [UInt64]) {
    bytes.reserveCapacity(bytes.count + words.count * 2)
    for word in words { number(word) }
  }

  /// Eight bytes, lowest first.
  mutating func fixed(_ value: UInt64) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }
}
