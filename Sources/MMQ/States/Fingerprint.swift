// A number that stands for bytes.

/// FNV-1a of 64 bits. Each step is a bijection of what was before, so that a single changed byte always
/// changes the result.
struct Fingerprint {
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(_ bytes: some Sequence<UInt8>) {
    var value = value
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
    self.value = value
  }

  mutating func add(_ number: UInt64) { withUnsafeBytes(of: number.littleEndian) { add($0) } }

  /// Its length first, so that two texts in a row are not one.
  mutating func add(_ text: String) {
    add(UInt64(text.utf8.count))
    add(text.utf8)
  }
}
