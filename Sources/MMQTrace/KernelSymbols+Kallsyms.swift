// Reads kallsyms: `ffffffff81000000 T _text`, a module's symbols with `<tab>[module]` behind.

extension KernelSymbols {
  /// The symbols of a kallsyms text; the bytes are copied. Lines of another form are skipped. A
  /// text whose addresses are all zero, which is what an unprivileged reader gets, has no symbols.
  public convenience init(kallsyms: UnsafeRawBufferPointer) {
    let text = [UInt8](kallsyms)
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
      if let entry = line(text, &position) { entries.append(entry) }
      while position < text.count, text[position] != 10 { position += 1 }
      position += 1
    }
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
