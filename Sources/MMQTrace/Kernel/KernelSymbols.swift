// Addresses of the kernel to names of its functions and variables, and back.

/// The symbols of one kernel, from its kallsyms text.
public final class KernelSymbols: Sendable {
  /// The symbol that an address lies in.
  public struct Match: Sendable, Hashable {
    /// As kallsyms spells it, a suffix such as `.isra.0` included.
    public var name: String
    /// Bytes from the start of the symbol.
    public var offset: UInt64
    /// The module, without brackets; nil for the kernel itself.
    public var module: String?
  }

  /// A symbol's line in `text`.
  struct Entry {
    var address: UInt64
    var name: UInt32
    var nameLength: UInt16
    /// Bytes of the module's name; 0 for the kernel itself.
    var moduleLength: UInt16
    var module: UInt32
  }

  /// No symbols: every look-up finds nothing.
  public static let none = KernelSymbols(text: [], entries: [])

  let text: [UInt8]
  /// By address, those of one address in the order of the text.
  let entries: [Entry]
  /// The end of the kernel's own symbols, if the text says it.
  private let kernelEnd: UInt64

  init(text: [UInt8], entries: [Entry]) {
    self.text = text
    self.entries = entries
    let end = Array("_end".utf8)
    kernelEnd =
      entries.last { entry in
        entry.moduleLength == 0 && entry.nameLength == 4
          && text[Int(entry.name)..<Int(entry.name) + 4].elementsEqual(end)
      }?.address ?? .max
  }

  /// Nothing can be looked up.
  public var isEmpty: Bool { entries.isEmpty }

  /// How many symbols there are.
  public var count: Int { entries.count }

  /// Nothing tells where the last symbol of the kernel, or of a part of a module, ends. No function
  /// is longer than this many bytes.
  private static let longestTail: UInt64 = 64 << 10

  /// The last symbol at or below the address. Of several at one address, the first of the text, as
  /// the kernel (kallsyms_lookup) and trace-cmd choose. Nil before the first symbol and where the
  /// address is in no part of the kernel: from its `_end` on, or far behind a module's symbol.
  public func find(_ address: UInt64) -> Match? {
    guard let range = symbolRange(address) else { return nil }
    let symbol = entries[range.lowerBound]
    return Match(
      name: name(symbol), offset: address - symbol.address, module: module(symbol))
  }

  /// The symbols at the place where `find` finds the first of them: all of one address.
  func symbolRange(_ address: UInt64) -> Range<Int>? {
    let after = firstIndex { $0 > address }
    guard after > 0 else { return nil }
    let last = entries[after - 1]
    if last.moduleLength == 0, address >= kernelEnd { return nil }
    let isTail = after == entries.count || entries[after].moduleLength > 0
    if isTail || last.moduleLength > 0, address - last.address >= KernelSymbols.longestTail {
      return nil
    }
    // Most symbols have no alias, and few have many.
    var first = after - 1
    while first > 0, after - first < 8, entries[first - 1].address == last.address { first -= 1 }
    if after - first == 8 { first = firstIndex { $0 >= last.address } }
    return first..<after
  }

  /// The address of the first symbol of this name.
  public func address(named name: String) -> UInt64? {
    let bytes = Array(name.utf8)
    return entries.first { entry in
      Int(entry.nameLength) == bytes.count
        && text[Int(entry.name)..<Int(entry.name) + bytes.count].elementsEqual(bytes)
    }?.address
  }

  /// The first index whose address passes the test; the count if none does.
  private func firstIndex(where passes: (UInt64) -> Bool) -> Int {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if passes(entries[middle].address) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  private func name(_ entry: Entry) -> String {
    let start = Int(entry.name)
    return String(decoding: text[start..<start + Int(entry.nameLength)], as: UTF8.self)
  }

  private func module(_ entry: Entry) -> String? {
    guard entry.moduleLength > 0 else { return nil }
    let start = Int(entry.module)
    return String(decoding: text[start..<start + Int(entry.moduleLength)], as: UTF8.self)
  }
}
