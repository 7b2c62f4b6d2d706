// Reads kallsyms: `ffffffff81000000 T _text`, a module's symbols with `<tab>[module]` behind.

internal import Glibc

/// Finds the symbols of a text. Lines of another form are skipped, and so are addresses of zero, which is
/// what an unprivileged reader gets.
struct KallsymsReader {
  private let text: UnsafeRawBufferPointer
  private let start: Int

  /// Reads a part of some bytes.
  init(_ bytes: UnsafeMutableRawBufferPointer, _ part: Range<Int>) {
    text = UnsafeRawBufferPointer(rebasing: bytes[..<part.upperBound])
    start = part.lowerBound
  }

  /// In the order of the text, to where there is room for all that it can hold: how many there are, and how
  /// many of them come before the first whose address is below the one before it.
  func read(
    into entries: UnsafeMutablePointer<SymbolMemory.Entry>
  ) -> (count: Int, sorted: Int) {
    var (position, count, sorted, last) = (start, 0, 0, UInt64(0))
    while position < text.count {
      var end = 0
      if let entry = usual(position, &end) ?? line(position, &end) {
        (entries + count).initialize(to: entry)
        if sorted == count, entry.address >= last { sorted += 1 }
        count += 1
        last = entry.address
      }
      position = end + 1
    }
    return (count, sorted)
  }

  /// The first line break, or the end.
  @inline(__always)
  private func lineEnd(from start: Int) -> Int {
    guard start < text.count, let found = memchr(text.baseAddress! + start, 10, text.count - start)
    else { return text.count }
    return UnsafeRawPointer(found) - text.baseAddress!
  }

  /// As `line`, for what nearly all lines are: 16 digits, a letter that is not `a`, and a name that starts
  /// with a letter or `_`. nil where it is not one of them.
  @inline(__always)
  private func usual(_ start: Int, _ end: inout Int) -> SymbolMemory.Entry? {
    let name = start + 19
    guard name < text.count, text[start + 16] == 0x20, text[start + 18] == 0x20,
      text[start + 17] | 0x20 != UInt8(ascii: "a"), text[start + 17] > 0x20,
      text[name] | 0x20 > UInt8(ascii: "^"),
      let high = KallsymsReader.eightDigits(text.baseAddress! + start),
      let low = KallsymsReader.eightDigits(text.baseAddress! + start + 8), high | low != 0
    else { return nil }
    end = lineEnd(from: name + 1)
    if end - name > KallsymsReader.longestName { return nil }
    return SymbolMemory.Entry(address: high << 32 | low, name: UInt32(truncatingIfNeeded: name))
  }

  /// Longer names are damage.
  private static let longestName = Int(UInt16.max)

  /// Eight lower-case hexadecimal digits, all at once.
  private static func eightDigits(_ text: UnsafeRawPointer) -> UInt64? {
    let each: UInt64 = 0x0101_0101_0101_0101
    let letters = UInt64(bigEndian: text.loadUnaligned(as: UInt64.self))
    // A digit's low half is its value; a letter's, which has bit 6, is 9 less.
    let values = (letters & (0x0f &* each)) &+ 9 &* ((letters >> 6) & each)
    // None is above 15, and written anew, with 39 more from 10 on, they are what was read.
    let isLetter = ((values &+ 6 &* each) >> 4) & each
    guard values & (0xf0 &* each) == 0, values &+ 0x30 &* each &+ 39 &* isLetter == letters else {
      return nil
    }
    let pairs = (values | values >> 4) & 0x00ff_00ff_00ff_00ff
    let fours = (pairs | pairs >> 8) & 0x0000_ffff_0000_ffff
    return (fours | fours >> 16) & 0xffff_ffff
  }

  /// One line; nil for symbols that are no place in memory.
  private func line(_ start: Int, _ end: inout Int) -> SymbolMemory.Entry? {
    end = lineEnd(from: start)
    var position = start
    guard let address = address(&position), address != 0, skipBlanks(&position),
      position + 1 < text.count, text[position] > 0x20
    else { return nil }
    // `A` is absolute: offsets of per-CPU variables, no addresses.
    if text[position] | 0x20 == UInt8(ascii: "a") { return nil }
    position += 1
    guard skipBlanks(&position) else { return nil }
    let name = KallsymsReader.word(text, from: position)
    guard !name.isEmpty, !isMark(name), name.count <= KallsymsReader.longestName else { return nil }
    return SymbolMemory.Entry(address: address, name: UInt32(name.lowerBound))
  }

  /// Up to 16 hexadecimal digits.
  private func address(_ position: inout Int) -> UInt64? {
    let start = position
    var value: UInt64 = 0
    while position < text.count, let digit = text[position].hexDigit {
      value = value << 4 | UInt64(digit)
      position += 1
    }
    return (1...16).contains(position - start) ? value : nil
  }

  private func skipBlanks(_ position: inout Int) -> Bool {
    let start = position
    while position < text.count, KallsymsReader.isBlank(text[position]) { position += 1 }
    return position > start
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 9 }

  /// Marks of ARM's assembler (`$a`, `$x`) and local labels (`.L4`), which name no function.
  private func isMark(_ name: Range<Int>) -> Bool {
    let first = text[name.lowerBound]
    return first == UInt8(ascii: "$")
      || first == UInt8(ascii: ".") && name.count > 1
        && text[name.lowerBound + 1] == UInt8(ascii: "L")
  }

  static func word(_ text: UnsafeRawBufferPointer, from start: Int) -> Range<Int> {
    var end = start
    while end < text.count, text[end] > 0x20 { end += 1 }
    return start..<end
  }

  /// The `module` of `[module]` behind a name; empty where there is none.
  static func module(_ text: UnsafeRawBufferPointer, behind name: Range<Int>) -> Range<Int> {
    var start = name.upperBound
    while start < text.count, isBlank(text[start]) { start += 1 }
    guard start > name.upperBound, start < text.count, text[start] == UInt8(ascii: "[") else {
      return 0..<0
    }
    start += 1
    var end = start
    while end < text.count, text[end] > 0x20, text[end] != UInt8(ascii: "]") { end += 1 }
    return start..<end
  }
}
