// The functions that the stacks of a text name.

/// Made-up addresses of functions, so that a stack of a text is addresses as every other one: what a line says of the
/// real ones does not tell where functions begin and end. Grows while the text is read.
final class TextSymbols {
  private var numbers: [[UInt8]: UInt64] = [:]
  /// As kallsyms has them.
  private var lines: [UInt8] = []
  private var made: KernelSymbols?
  private var madeBesides: KernelSymbols?

  /// Addresses begin here, where no machine has memory, and leave room for each function's code.
  private static let first: UInt64 = 0xfe00_0000_0000_0000
  private static let room: UInt64 = 1 << 32

  /// Where the function is, or the address that has no name.
  func address(of frame: TextFrame) -> UInt64 {
    if frame.name.isEmpty { return frame.address }
    let name = frame.name.bytes
    let offset = min(frame.offset, Self.room - 1)
    if let known = numbers[name] { return known + offset }
    let address = Self.first + UInt64(numbers.count) * Self.room
    numbers[name] = address
    lines += TextSymbols.line(address, frame.name.text)
    made = nil
    return address + offset
  }

  private static func line(_ address: UInt64, _ name: String) -> [UInt8] {
    Array("\(String(address, radix: 16)) t \(name)\n".utf8)
  }

  /// `others` know the addresses that the text had no names for.
  func symbols(besides others: KernelSymbols?) -> KernelSymbols {
    if let made, madeBesides === others { return made }
    if numbers.isEmpty { return others ?? .none }
    // The last function ends where another begins, too.
    let end = Self.first + UInt64(numbers.count) * Self.room
    let symbols = KernelSymbols(
      kallsyms: lines + TextSymbols.line(end, "end"), besides: others ?? .none)
    (made, madeBesides) = (symbols, others)
    return symbols
  }
}

extension KernelSymbols {
  /// The address is made up: it stands for a function's name. What lies at its start may lie anywhere in it.
  public static func isMadeUp(_ address: UInt64) -> Bool { address >> 56 == 0xfe }
}
