// Names of values and flags, back to numbers.

/// The texts of one list of names that were met lately, and what they mean.
final class TextMemory {
  private static let places = 64
  private static let longest = 120

  private struct Entry {
    var hash: UInt64
    var count: Int
    var value: UInt64
  }

  private let entries = UnsafeMutablePointer<Entry>.allocate(capacity: TextMemory.places)
  private let texts = UnsafeMutablePointer<UInt8>.allocate(
    capacity: TextMemory.places * TextMemory.longest)

  init() {
    entries.initialize(repeating: Entry(hash: 0, count: -1, value: 0), count: TextMemory.places)
  }

  deinit {
    entries.deallocate()
    texts.deallocate()
  }

  /// nil for a text that is not in the list.
  @inline(__always)
  func value(of text: TextSpan, _ names: TextNames, _ kind: TextPart.Kind) -> UInt64? {
    let hash = text.hash
    let place = Int(hash >> 58)
    let known = texts + place * TextMemory.longest
    if entries[place].hash == hash, text.equals(known, entries[place].count) {
      return entries[place].value
    }
    guard let value = TextMemory.find(text.bytes, names, kind) else { return nil }
    if text.count <= TextMemory.longest {
      known.update(from: text.start, count: text.count)
      entries[place] = Entry(hash: hash, count: text.count, value: value)
    }
    return value
  }

  private static func find(_ text: [UInt8], _ names: TextNames, _ kind: TextPart.Kind) -> UInt64? {
    if let whole = names.texts.first(where: { $0.text == text }) { return whole.value }
    if kind == .symbols || names.delimiter.isEmpty { return value(of: text[...], names) }
    // No flag is set.
    if text.isEmpty { return 0 }
    var all: UInt64 = 0
    for name in text.split(separator: names.delimiter, omittingEmptySubsequences: false) {
      guard let value = value(of: name, names) else { return nil }
      all |= value
    }
    return all
  }

  /// Of a name; what has none is printed as a number.
  private static func value(of name: ArraySlice<UInt8>, _ names: TextNames) -> UInt64? {
    if let value = names.byName[Array(name)] { return value }
    guard name.starts(with: [UInt8(ascii: "0"), UInt8(ascii: "x")]) else { return nil }
    return UInt64(String(decoding: name.dropFirst(2), as: UTF8.self), radix: 16)
  }
}
