// KernelSymbols against a slow twin: on texts of all kinds, at addresses all over.

import MMQTestSupport
import Testing

@testable import MMQTrace

@Suite struct SymbolTwinTests {
  /// Both at addresses around symbols and anywhere, and by names.
  private func compare(
    _ text: [UInt8], _ random: inout SeededRandom, addresses: Int, _ comment: Comment
  ) throws {
    let symbols = KernelSymbols(kallsyms: text)
    let twin = SlowSymbols(text)
    try #require(symbols.count == twin.count, comment)
    for _ in 0..<addresses {
      let address = SymbolTwinTests.address(symbols, &random)
      let found = symbols.find(address).map { SlowSymbols.line($0.name, $0.offset, $0.module) }
      try #require(found == twin.find(address), "\(comment) at \(address)")
      if let name = symbols.find(address)?.name {
        try #require(symbols.address(named: name) == twin.address(named: name), comment)
      }
    }
  }

  private static func address(_ symbols: KernelSymbols, _ random: inout SeededRandom) -> UInt64 {
    let entries = symbols.memory.entries
    if entries.isEmpty || .random(in: 0..<16, using: &random) == 0 { return random.next() }
    let distances: [UInt64] = [0, 1, 8, 0xffff, 0x10000, 0 &- 1]
    let near = distances.randomElement(using: &random)!
    return entries.randomElement(using: &random)!.address &+ near
  }

  @Test func ofThisMachine() throws {
    guard let text = try? KernelFile.text(of: "/proc/kallsyms"),
      !KernelSymbols(kallsyms: text).isEmpty
    else { return print("SKIP ofThisMachine: /proc/kallsyms shows no addresses") }
    var random = SeededRandom(seed: 1)
    try compare(text, &random, addresses: 100, "this machine")
  }

  @Test(arguments: ["slab.dat", "everything.dat", "reclaim.dat", "slab-v6.dat", "v7-zlib.dat"])
  func ofCaptures(_ capture: String) throws {
    guard Places.has(capture, for: "ofCaptures"), let path = Places.capture(capture) else { return }
    let source = try TraceDat(path: path)
    let symbols = source.kernelSymbols()
    #expect(symbols.count > 1000)
    let memory = symbols.memory
    var random = SeededRandom(seed: 2)
    try compare([UInt8](memory.bytes[memory.text]), &random, addresses: 50, "\(capture)")
    #expect(source.kernelSymbols() === symbols)
    #expect(!source.damage.hasErrors)
  }

  /// Made of lines that are nearly right, with a few addresses, so that many are equal or out of order.
  @Test(arguments: 0..<400) func ofMadeTexts(_ seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    var text: [UInt8] = []
    for _ in 0..<Int.random(in: 0..<40, using: &random) { text += SymbolTwinTests.line(&random) }
    if .random(using: &random), !text.isEmpty { text.removeLast() }
    try compare(text, &random, addresses: 40, "seed \(seed)")
  }

  private static func line(_ random: inout SeededRandom) -> [UInt8] {
    let bases: [UInt64] = [0, 0x1000, 0xffff_ffff_8100_0000, 0xffff_ffff_c000_0000, 0x8100_0000]
    let address =
      bases.randomElement(using: &random)! + .random(in: 0..<8, using: &random) << 12
    var digits = String(address, radix: 16)
    if .random(in: 0..<8, using: &random) > 0 {
      digits = String(repeating: "0", count: 16 - digits.count) + digits
    }
    if .random(in: 0..<8, using: &random) == 0 { digits = digits.uppercased() }
    let type = ["T", "t", "D", "a", "A", "W", "?", "TT"].randomElement(using: &random)!
    let names = ["_end", "_text", "f", "g.cold", "$x", ".L1", ".data", "é", "h\u{1}i", "Z9", "^"]
    let modules = ["", "", "", "\t[zram]", "\t[xfs] ", " [", "\t[]", "\tword", "\t[bpf"]
    let line =
      "\(digits) \(type) \(names.randomElement(using: &random)!)"
      + "\(modules.randomElement(using: &random)!)\n"
    return SymbolTwinTests.damaged([UInt8](line.utf8), &random)
  }

  /// One line of eight has a byte that does not belong there.
  private static func damaged(_ line: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
    var line = line
    guard .random(in: 0..<8, using: &random) == 0 else { return line }
    let bytes: [UInt8] = [0x20, 9, 0, 0x67, 0x60, 0x3a, 0xff, 0x5b]
    line[.random(in: 0..<(line.count - 1), using: &random)] = bytes.randomElement(using: &random)!
    return line
  }
}
