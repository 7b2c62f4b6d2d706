// kallsyms: reading it, finding the symbol of an address, and what trace-cmd says of the same.

import Foundation
import Testing

@testable import MMQTrace

private func symbols(_ text: String) -> KernelSymbols {
  KernelSymbols(kallsyms: Array(text.utf8))
}

private let sample = symbols(
  """
  0000000000001000 A cpu_debug_store
  ffffffff81000000 T _stext
  ffffffff81000000 T _text
  ffffffff81000100 t helper
  not a line
  ffffffff81000200 D table
  ffffffff81001000 B _end
  ffffffff81001000 B __brk_limit
  ffffffffc0002000 t late\t[zram]
  ffffffffc0000000 t init\t[zram]
  ffffffffc0000010 T $x\t[zram]

  """)

@Suite struct KernelSymbolsTests {
  private func text(_ address: UInt64) -> String? {
    sample.find(address).map { match in
      "\(match.name)+\(match.offset)" + (match.module.map { " [\($0)]" } ?? "")
    }
  }

  @Test func findsTheSymbolBelow() {
    #expect(text(0xffff_ffff_8100_0000) == "_stext+0")
    #expect(text(0xffff_ffff_8100_00ff) == "_stext+255")
    #expect(text(0xffff_ffff_8100_0100) == "helper+0")
    #expect(text(0xffff_ffff_8100_0fff) == "table+3583")
    #expect(text(0xffff_ffff_c000_0014) == "init+20 [zram]")
    #expect(text(0xffff_ffff_c000_2001) == "late+1 [zram]")
  }

  @Test func findsNothingOutside() {
    #expect(text(0) == nil)
    #expect(text(0x1000) == nil)
    #expect(text(0xffff_ffff_80ff_ffff) == nil)
    #expect(text(0xffff_ffff_8100_1000) == nil)
    #expect(text(0xffff_ffff_9000_0000) == nil)
    #expect(text(0xffff_ffff_c001_2000) == nil)
    #expect(text(.max) == nil)
  }

  @Test func findsAddresses() {
    #expect(sample.address(named: "helper") == 0xffff_ffff_8100_0100)
    #expect(sample.address(named: "late") == 0xffff_ffff_c000_2000)
    #expect(sample.address(named: "help") == nil)
    #expect(sample.address(named: "") == nil)
    #expect(sample.count == 8)
  }

  @Test func zeroAddressesAreNoSymbols() {
    let hidden = symbols("0000000000000000 T _text\n0000000000000000 t helper\t[m]\n")
    #expect(hidden.isEmpty)
    #expect(hidden.find(0) == nil)
    #expect(KernelSymbols.none.isEmpty)
    #expect(KernelSymbols.none.find(.max) == nil)
    #expect(KernelSymbols.none.address(named: "_text") == nil)
  }

  @Test func shortAddresses() {
    let arm = symbols("c0008000 T _text\nc0008100 t do_one\n")
    #expect(arm.find(0xc000_8104)?.name == "do_one")
    #expect(arm.find(0xc000_8104)?.offset == 4)
  }

  @Test func hostileTexts() {
    for text in [
      "", "\n\n", "f", "ff ", "ff T", "ff T ", "ff  ", "ff T \n", "11111111111111111 T long",
      "ff T [x]", "ff T x [", "ff T x\t[]", "gg T x",
      "ff T " + String(repeating: "x", count: 70_000),
    ] {
      let found = symbols(text)
      _ = found.find(0xff)
      #expect(found.count <= 1)
    }
  }

  /// Lines of the usual form are read at once; digits in upper case take the slow way.
  @Test(arguments: [
    "ffffffff81000000 T _text", "00000000ffffffff t name", "ffffffffc0000000 t name\t[module]",
    "ffffffff81000000 a absolute", "ffffffff81000000 A absolute", "fffffffg81000000 T x",
    "ffffffff810:0000 T x", "ffffffff8100000/ T x", "ffffffff8100000` T x", "ffffffff81000000  T x",
    "ffffffff81000000 T $x", "ffffffff81000000 T .Lx", "ffffffff81000000 T .x",
    "fffffff 81000000 T x",
    "ffffffff81000000 T ", "ffffffff81000000 T", "ffffffff81000000 T two words",
    "0000000000000000 T x",
    "abcdef0123456789 T é", "ffffffff81000000 T x\r",
  ]) func usualLinesAreAsOthers(_ line: String) {
    func all(_ line: String) -> [String] {
      let found = symbols("ff00000000000000 T first\n\(line)\nFF00000000000001 T last")
      return found.memory.entries.map { entry in
        let (name, module) = (found.memory.name(of: entry), found.memory.module(of: entry))
        return "\(entry.address) \(String(decoding: name, as: UTF8.self)) \(module.count)"
      }
    }
    let address = line.prefix(16)
    #expect(all(line) == all(address.uppercased() + line.dropFirst(16)))
    #expect(all(line).count >= 2)
  }

  @Test(.enabled(if: FormatPlaces.has("slab-v6.dat", for: "agreesWithTraceCmd")))
  func agreesWithTraceCmd() throws {
    let file = try #require(FormatPlaces.capture("slab-v6.dat").flatMap(wholeFile))
    let text = try #require(kallsyms(ofVersion6: file))
    let clock = ContinuousClock()
    let start = clock.now
    let kernel = KernelSymbols(kallsyms: text)
    print("kallsyms: \(kernel.count) symbols of \(text.count) bytes in \(clock.now - start)")
    #expect(kernel.count > 90_000)
    let truth = try callSites()
    #expect(truth.count > 50)
    for (address, symbol) in truth {
      let match = try #require(kernel.find(address))
      #expect("\(match.name)+0x\(String(match.offset, radix: 16))" == symbol)
    }
    #expect(kernel.find(try #require(kernel.address(named: "_text")))?.offset == 0)
  }

  @Test func addressesInATextAreNames() {
    func name(_ text: String) -> SymbolText { SymbolText(Array(text.utf8)) }
    #expect(name("kfree+0x1c/0x20 [slub]") == .name(Array("kfree".utf8)))
    #expect(name("a.part.0+0x26") == .name(Array("a.part.0".utf8)))
    #expect(name("kfree") == .name(Array("kfree".utf8)))
    #expect(name("deadbeef") == .name(Array("deadbeef".utf8)))
    #expect(name("(____ptrval____)") == .name(Array("(____ptrval____)".utf8)))
    #expect(name("0xffffffff8fdce3fb") == .address(0xffff_ffff_8fdc_e3fb))
    #expect(name("ffffffff8fdce3fb") == .address(0xffff_ffff_8fdc_e3fb))
    #expect(name("0x") == .name(Array("0x".utf8)))
  }

  /// Each knows addresses that the other one does not.
  @Test func symbolsBesideOthers() {
    let others = KernelSymbols(kallsyms: Array("ffffffff81000000 T real\n".utf8))
    let symbols = KernelSymbols(
      kallsyms: Array("fe00000000000000 t made\nfe00000100000000 t end\n".utf8), besides: others)
    #expect(symbols.find(0xfe00_0000_0000_0010)?.name == "made")
    #expect(symbols.find(0xffff_ffff_8100_0010)?.name == "real")
    #expect(symbols.find(5) == nil)
  }
}

/// Addresses and `symbol+0xoffset`, as `trace-cmd report` printed them.
private func callSites() throws -> [(UInt64, String)] {
  let file = try #require(FormatPlaces.capture("slab-v6.truth.json"))
  let truth = try #require(
    try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
  let events = try #require(truth["slab_by_call_site"] as? [String: [String: [String: Any]]])
  return try events.values.flatMap { sites in
    try sites.map { address, site in
      (
        try #require(UInt64(address.dropFirst(2), radix: 16)),
        try #require(site["symbol"] as? String)
      )
    }
  }
}

/// The kallsyms section of a little-endian trace.dat of version 6.
private func kallsyms(ofVersion6 file: [UInt8]) -> [UInt8]? {
  var position = 10
  func number(_ size: Int) -> Int {
    defer { position += size }
    return (0..<size).reduce(0) { $0 | Int(file[position + $1]) << ($1 * 8) }
  }
  func skipText() { position = (file[position...].firstIndex(of: 0) ?? file.count) + 1 }
  func skipBlock() {
    let size = number(8)
    position += size
  }
  skipText()
  position += 1 + 1 + 4
  for _ in 0..<2 {
    skipText()
    skipBlock()
  }
  for _ in 0..<number(4) { skipBlock() }
  for _ in 0..<number(4) {
    skipText()
    for _ in 0..<number(4) { skipBlock() }
  }
  let size = number(4)
  return position + size <= file.count ? Array(file[position..<position + size]) : nil
}
