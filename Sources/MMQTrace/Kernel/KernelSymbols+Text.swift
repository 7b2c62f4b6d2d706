// Symbols as the kernel's own output names them: `name+0xoffset/0xsize [module]`.

extension KernelSymbols {
  /// Which parts the kernel prints.
  enum TextForm {
    /// `%ps`: the name and the module.
    case name
    /// `%pS`: with offset and size.
    case offset
    /// `%pB`: as `%pS`, for an address behind a call.
    case returnAddress
    /// The ring buffer's own entries: the name alone; other addresses with eight digits at least.
    case bare
  }

  /// Appends the symbol of the address, or the address where there is none. Follows
  /// __sprint_symbol and kallsyms_lookup in kernel/kallsyms.c.
  func append(_ address: UInt64, _ form: TextForm, to out: inout [UInt8]) -> TextReasons {
    let target = form == .returnAddress ? address &- 1 : address
    guard let place = place(of: target) else {
      out.append("0x")
      if form == .bare { out.appendHex(address, digits: 8) } else { out.appendHex(address) }
      return isEmpty ? .noSymbols : []
    }
    let entry = entries[place.entry]
    out.append(contentsOf: memory.name(of: entry))
    if form == .bare { return [] }
    var reasons: TextReasons = []
    if form != .name {
      out.append("+0x")
      out.appendHex(address &- entry.address)
      out.append("/")
      if let size = place.size {
        out.append("0x")
        out.appendHex(size)
      } else {
        out.append("?")
        reasons = .symbolSize
      }
    }
    let module = memory.module(of: entry)
    if !module.isEmpty {
      out.append(" [")
      out.append(contentsOf: module)
      out.append("]")
    }
    return reasons
  }

  /// The symbol of an address and the bytes up to the next one; nil for the size where the next one
  /// is in another part of the kernel.
  private func place(of address: UInt64) -> (entry: Int, size: UInt64?)? {
    guard let range = symbolRange(address) else { return nil }
    let entry = entries[range.lowerBound]
    guard range.upperBound < entries.count else { return (range.lowerBound, nil) }
    let next = entries[range.upperBound]
    guard memory.module(of: entry).elementsEqual(memory.module(of: next)) else {
      return (range.lowerBound, nil)
    }
    return (range.lowerBound, next.address - entry.address)
  }
}
