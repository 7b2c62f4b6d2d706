// Names to values and back, as the kernel prints them.

extension SymbolTable {
  /// What the kernel prints for a value of the field, extended to 64 bits by the field's sign.
  /// Follows trace_print_flags_seq and trace_print_symbols_seq in kernel/trace/trace_output.c, but
  /// for one thing: where they print nothing at all for zero, this is `0`.
  public func name(of value: UInt64) -> String {
    let value = value & (mask ?? .max)
    if value == 0, let zeroName, !zeroName.isEmpty { return zeroName }
    switch kind {
    case .values: return entries.first { $0.value == value }?.name ?? SymbolTable.hex(value)
    case .enumeration:
      return entries.first { $0.value == value }?.name ?? String(Int64(bitPattern: value))
    case .flags(let delimiter): return value == 0 ? "0" : flagNames(value, delimiter)
    }
  }

  private func flagNames(_ value: UInt64, _ delimiter: String) -> String {
    var left = value
    var text = ""
    var isFirst = true
    func add(_ name: String) {
      if !isFirst { text += delimiter }
      isFirst = false
      text += name
    }
    for entry in entries where left != 0 && left & entry.value == entry.value {
      add(entry.name)
      left &= ~entry.value
    }
    if left != 0 { add(SymbolTable.hex(left)) }
    return text
  }

  private static func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }

  /// The value of `field & mask` that has this name; nil for a name that isn't in the table. Names
  /// of flags may be joined by `|`, and may hold left-over bits as `name(of:)` shows them.
  public func value(named name: String) -> UInt64? {
    if let value = valueOfOne(name) { return value }
    guard case .flags = kind else { return nil }
    var all: UInt64 = 0
    for part in name.split(separator: "|", omittingEmptySubsequences: false) {
      let part = String(part).trimmed
      guard let value = valueOfOne(part) ?? SymbolTable.number(part) else { return nil }
      all |= value
    }
    return all
  }

  private func valueOfOne(_ name: String) -> UInt64? {
    if let entry = entries.first(where: { $0.name == name }) { return entry.value }
    return name == zeroName && !name.isEmpty ? 0 : nil
  }

  private static func number(_ text: String) -> UInt64? {
    text.hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16) : nil
  }

  /// Every name that has a value, in the order of the format; that of zero comes last.
  public var names: [String] {
    let names = entries.map(\.name)
    guard let zeroName, !zeroName.isEmpty, !names.contains(zeroName) else { return names }
    return names + [zeroName]
  }
}
