// Symbols without any haste: what KernelSymbols must equal.

/// A kallsyms text taken apart line by line, and searched from its start to its end.
struct SlowSymbols {
  struct Symbol {
    var address: UInt64
    var name: [UInt8]
    var module: [UInt8]
  }

  /// As found in the text, whose order decides between equal addresses.
  private let symbols: [Symbol]
  private let kernelEnd: UInt64

  init(_ text: [UInt8]) {
    symbols = text.split(separator: 10).compactMap(SlowSymbols.symbol)
      .enumerated().sorted { ($0.element.address, $0.offset) < ($1.element.address, $1.offset) }
      .map(\.element)
    let ends = symbols.filter { $0.module.isEmpty && $0.name == Array("_end".utf8) }
    kernelEnd = ends.last?.address ?? .max
  }

  var count: Int { symbols.count }

  /// As `KernelSymbols.find`, in one line: `name+offset [module]`.
  func find(_ address: UInt64) -> String? {
    guard let last = symbols.last(where: { $0.address <= address }) else { return nil }
    if last.module.isEmpty, address >= kernelEnd { return nil }
    let next = symbols.first { $0.address > address }
    let isTail = next.map { !$0.module.isEmpty } ?? true
    if isTail || !last.module.isEmpty, address - last.address >= 64 << 10 { return nil }
    let symbol = symbols.first { $0.address == last.address }!
    return SlowSymbols.line(
      String(decoding: symbol.name, as: UTF8.self), address - symbol.address,
      symbol.module.isEmpty ? nil : String(decoding: symbol.module, as: UTF8.self))
  }

  func address(named name: String) -> UInt64? {
    let name = Array(name.utf8)
    return symbols.first { $0.name == name }?.address
  }

  static func line(_ name: String, _ offset: UInt64, _ module: String?) -> String {
    "\(name)+\(offset)" + (module.map { " [\($0)]" } ?? "")
  }

  private static func symbol(_ line: ArraySlice<UInt8>) -> Symbol? {
    let blanks: [UInt8] = [0x20, 9]
    guard let first = line.first, !blanks.contains(first) else { return nil }
    let words = line.split { blanks.contains($0) }
    guard words.count > 2, words[0].count <= 16, words[0].allSatisfy(\.isHexDigit),
      let address = UInt64(String(decoding: words[0], as: UTF8.self), radix: 16), address > 0,
      words[1].count == 1, let type = words[1].first, type > 0x20, type | 0x20 != 0x61
    else { return nil }
    // A control character ends a name, as a blank does.
    let name = words[2].prefix { $0 > 0x20 }
    let isMark = name.first == 0x24 || name.starts(with: Array(".L".utf8))
    guard !name.isEmpty, !isMark, name.count <= 65535 else { return nil }
    return Symbol(
      address: address, name: [UInt8](name),
      module: name.count == words[2].count ? module(words.dropFirst(3).first) : [])
  }

  private static func module(_ word: ArraySlice<UInt8>?) -> [UInt8] {
    guard let word, word.first == UInt8(ascii: "[") else { return [] }
    return [UInt8](word.dropFirst().prefix { $0 > 0x20 && $0 != UInt8(ascii: "]") })
  }
}

extension UInt8 {
  fileprivate var isHexDigit: Bool {
    (0x30...0x39).contains(self) || (0x61...0x66).contains(self | 0x20) && self > 0x40
  }
}
