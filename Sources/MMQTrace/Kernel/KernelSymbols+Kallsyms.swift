// Reads kallsyms: `ffffffff81000000 T _text`, a module's symbols with `<tab>[module]` behind.

internal import Glibc

extension KernelSymbols {
  /// The symbols of a kallsyms text. Lines of another form are skipped. A
  /// text whose addresses are all zero, which is what an unprivileged reader gets, has no symbols.
  public convenience init(kallsyms text: [UInt8]) {
    var entries: [Entry] = []
    if text.count < Int(UInt32.max) {
      entries.reserveCapacity(text.count / 32)
      text.withUnsafeBufferPointer { KallsymsReader.read($0, &entries) }
    }
    // The kernel's own come sorted, those of modules don't. The name's place keeps the order of
    // the text where addresses are equal.
    entries.sort { ($0.address, $0.name) < ($1.address, $1.name) }
    self.init(text: entries.isEmpty ? [] : text, entries: entries)
  }
}

private enum KallsymsReader {
  static func read(_ text: UnsafeBufferPointer<UInt8>, _ entries: inout [KernelSymbols.Entry]) {
    var position = 0
    while position < text.count {
      let end = find(10, in: text, from: position, to: text.count)
      if let entry = usual(text, position, end) {
        entries.append(entry)
      } else if let entry = line(text, &position) {
        entries.append(entry)
      }
      position = end + 1
    }
  }

  /// The first such byte, or the end.
  private static func find(
    _ byte: Int32, in text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int
  ) -> Int {
    guard start < end, let found = memchr(text.baseAddress! + start, byte, end - start) else {
      return end
    }
    return UnsafeRawPointer(found) - UnsafeRawPointer(text.baseAddress!)
  }

  /// As `line`, for what nearly all lines are: 16 digits, a letter that is not `a`, and a name of the
  /// kernel itself that starts with a letter or `_`. nil where it is not one of them.
  private static func usual(
    _ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int
  ) -> KernelSymbols.Entry? {
    let name = start + 19
    guard name < end, text[start + 16] == 0x20, text[start + 18] == 0x20,
      text[start + 17] | 0x20 != UInt8(ascii: "a"), text[start + 17] > 0x20,
      text[name] | 0x20 > UInt8(ascii: "^"), let length = UInt16(exactly: end - name),
      let high = eightDigits(text.baseAddress! + start),
      let low = eightDigits(text.baseAddress! + start + 8), high | low != 0,
      isWord(text, name..<end)
    else { return nil }
    return KernelSymbols.Entry(
      address: high << 32 | low, name: UInt32(name), nameLength: length, moduleLength: 0, module: 0)
  }

  /// Eight lower-case hexadecimal digits, all at once.
  private static func eightDigits(_ text: UnsafePointer<UInt8>) -> UInt64? {
    let each: UInt64 = 0x0101_0101_0101_0101
    let letters = UInt64(bigEndian: UnsafeRawPointer(text).loadUnaligned(as: UInt64.self))
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

  /// Nothing behind the name, such as a module.
  private static func isWord(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
    var least = UInt8.max
    for place in range { least = min(least, text[place]) }
    return least > 0x20
  }

  /// One line; `position` goes to some place in it. Nil for symbols that are no place in memory.
  private static func line(
    _ text: UnsafeBufferPointer<UInt8>, _ position: inout Int
  ) -> KernelSymbols.Entry? {
    guard let address = address(text, &position), address != 0, skipBlanks(text, &position),
      position + 1 < text.count
    else { return nil }
    // `A` is absolute: offsets of per-CPU variables, no addresses.
    if text[position] | 0x20 == UInt8(ascii: "a") { return nil }
    position += 1
    guard skipBlanks(text, &position) else { return nil }
    let name = word(text, &position)
    guard !name.isEmpty, !isMark(text, name), let length = UInt16(exactly: name.count) else {
      return nil
    }
    let module = module(text, &position)
    return KernelSymbols.Entry(
      address: address, name: UInt32(name.lowerBound), nameLength: length,
      moduleLength: UInt16(clamping: module.count), module: UInt32(module.lowerBound))
  }

  /// Up to 16 hexadecimal digits.
  private static func address(
    _ text: UnsafeBufferPointer<UInt8>, _ position: inout Int
  ) -> UInt64? {
    let start = position
    var value: UInt64 = 0
    while position < text.count, let digit = text[position].hexDigit {
      value = value << 4 | UInt64(digit)
      position += 1
    }
    return (1...16).contains(position - start) ? value : nil
  }

  private static func skipBlanks(
    _ text: UnsafeBufferPointer<UInt8>, _ position: inout Int
  ) -> Bool {
    let start = position
    while position < text.count, text[position] == 0x20 || text[position] == 9 { position += 1 }
    return position > start
  }

  private static func word(
    _ text: UnsafeBufferPointer<UInt8>, _ position: inout Int
  ) -> Range<Int> {
    let start = position
    while position < text.count, text[position] > 0x20 { position += 1 }
    return start..<position
  }

  /// Marks of ARM's assembler (`$a`, `$x`) and local labels (`.L4`), which name no function.
  private static func isMark(_ text: UnsafeBufferPointer<UInt8>, _ name: Range<Int>) -> Bool {
    let first = text[name.lowerBound]
    return first == UInt8(ascii: "$")
      || first == UInt8(ascii: ".") && name.count > 1
        && text[name.lowerBound + 1] == UInt8(ascii: "L")
  }

  private static func module(
    _ text: UnsafeBufferPointer<UInt8>, _ position: inout Int
  ) -> Range<Int> {
    guard skipBlanks(text, &position), position < text.count, text[position] == UInt8(ascii: "[")
    else { return 0..<0 }
    position += 1
    let start = position
    while position < text.count, text[position] > 0x20, text[position] != UInt8(ascii: "]") {
      position += 1
    }
    return start..<position
  }
}
