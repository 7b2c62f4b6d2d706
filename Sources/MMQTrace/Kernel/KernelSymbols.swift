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

  typealias Entry = SymbolMemory.Entry

  /// No symbols: every look-up finds nothing.
  public static let none = KernelSymbols(kallsyms: [])

  let memory: SymbolMemory
  /// Who is asked for addresses that these do not know.
  private let others: KernelSymbols?
  /// The end of the kernel's own symbols, if the text says it.
  private let kernelEnd: UInt64

  /// The symbols of a kallsyms text, and others that it does not have.
  convenience init(kallsyms text: [UInt8], besides others: KernelSymbols) {
    let own = KernelSymbols(kallsyms: text)
    self.init(own.memory, besides: others.isEmpty ? nil : others)
  }

  /// The symbols of a kallsyms text.
  public convenience init(kallsyms text: [UInt8]) {
    let memory = SymbolMemory(byteCount: text.count)
    text.withUnsafeBytes { memory.bytes.copyMemory(from: $0) }
    memory.read(0..<text.count)
    self.init(memory)
  }

  /// Those that were found in a text. Where there are none the text is of no use.
  init(_ memory: SymbolMemory, besides others: KernelSymbols? = nil) {
    self.others = others
    self.memory = memory.entries.isEmpty ? SymbolMemory(byteCount: 0) : memory
    let name = Array("_end".utf8)
    let end = memory.entries.last { memory.isNamed($0, name) && memory.isOwn($0) }
    kernelEnd = end?.address ?? .max
  }

  var entries: UnsafeMutableBufferPointer<Entry> { memory.entries }

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
    guard let range = symbolRange(address) else { return others?.find(address) }
    let symbol = entries[range.lowerBound]
    let module = memory.module(of: symbol)
    return Match(
      name: String(decoding: memory.name(of: symbol), as: UTF8.self),
      offset: address - symbol.address,
      module: module.isEmpty ? nil : String(decoding: module, as: UTF8.self))
  }

  /// The symbols at the place where `find` finds the first of them: all of one address.
  func symbolRange(_ address: UInt64) -> Range<Int>? {
    let after = firstIndex { $0 > address }
    guard after > 0 else { return nil }
    let last = entries[after - 1]
    let isOwn = memory.isOwn(last)
    if isOwn, address >= kernelEnd { return nil }
    if address - last.address >= KernelSymbols.longestTail,
      !isOwn || after == entries.count || !memory.isOwn(entries[after])
    {
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
    return entries.first { memory.isNamed($0, bytes) }?.address
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
}
