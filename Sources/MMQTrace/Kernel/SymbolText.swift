// What a text says where a record has the address of a function.

/// `kmem_cache_alloc+0x1c/0x20 [module]` of the kernel, `kmem_cache_alloc+0x1c` of other programs, or an address that
/// they knew no name for.
public enum SymbolText: Equatable {
  /// The function's name alone.
  case name([UInt8])
  case address(UInt64)

  /// Anything else is a name, too.
  public init(_ text: some Collection<UInt8>) {
    let word = Array(text.prefix { $0 != 0x20 })
    if let address = SymbolText.address(word) {
      self = .address(address)
      return
    }
    let plus = Array("+0x".utf8)
    let end = word.indices.last { word[$0...].starts(with: plus) }
    self = .name(Array(word[..<(end ?? word.count)]))
  }

  /// With `0x`, or with all of its digits.
  private static func address(_ word: [UInt8]) -> UInt64? {
    let isMarked = word.starts(with: Array("0x".utf8))
    guard isMarked || word.count == 16 else { return nil }
    let digits = isMarked ? word.dropFirst(2) : word[...]
    guard digits.allSatisfy({ $0.isHexDigit }) else { return nil }
    return UInt64(String(decoding: digits, as: UTF8.self), radix: 16)
  }
}

extension UInt8 {
  fileprivate var isHexDigit: Bool {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
    default: false
    }
  }
}
