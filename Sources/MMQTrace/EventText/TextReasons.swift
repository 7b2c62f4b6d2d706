// Why the text of a record may differ from the kernel's, as bits and as sentences.

/// A set of reasons. The fixed ones come first; those of one event's format follow them.
public struct TextReasons: OptionSet, Sendable, Hashable {
  public var rawValue: UInt64

  public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// The record is too short for a field, or a field points outside of it: `?` stands there.
  public static let damage = TextReasons(rawValue: 1)
  /// A string lies in the kernel's memory: its address stands there.
  public static let foreignString = TextReasons(rawValue: 2)
  /// Nothing tells where a symbol ends: `?` stands for its size.
  public static let symbolSize = TextReasons(rawValue: 4)
  /// There are no symbols of the kernel: the address stands there.
  public static let noSymbols = TextReasons(rawValue: 8)

  static let fixedCount = 4
  static let fixed = [
    "a record is too short for its fields, or points outside of itself; `?` stands for them",
    "a string in the kernel's memory is not in the recording; its address is shown",
    "the recording does not tell where a symbol ends; `?` stands for its size",
    "the recording has no kernel symbols; addresses are shown (--kallsyms FILE brings them)",
  ]
}

/// Collects the reasons of one format; equal sentences share a bit, the 60th and later ones too.
struct TextReasonList {
  private(set) var sentences = TextReasons.fixed

  mutating func bit(_ sentence: String) -> UInt64 {
    if let index = sentences.firstIndex(of: sentence) { return 1 << UInt64(index) }
    if sentences.count == 63 { sentences.append("other parts of the format are not known") }
    if sentences.count >= 64 { return 1 << 63 }
    sentences.append(sentence)
    return 1 << UInt64(sentences.count - 1)
  }
}
