// What a value is as a key: what prints alike is one row.

internal import MMQTrace

extension Type {
  /// A field of which the format names only some bits is these bits as a key: a task that was preempted is
  /// `R` as any other that can run.
  var asKey: Type {
    switch self {
    case .integer(var integer):
      integer.symbols = integer.symbols?.withoutMask(ofBits: integer.bits)
      return .integer(integer)
    case .tuple(let items): return .tuple(items.map(\.asKey))
    case .record(let members):
      return .record(members.map { Member(name: $0.name, type: $0.type.asKey) })
    default: return self
    }
  }
}

extension IntegerType {
  /// As a key it is cut to the bits that have names.
  func isCut(by key: IntegerType) -> Bool {
    symbols?.mask != nil && key.symbols != nil && key.symbols?.mask == nil
  }
}

extension SymbolTable {
  /// The same names, of values that are masked already. A mask of all the bits stays: it changes nothing.
  fileprivate func withoutMask(ofBits bits: Int) -> SymbolTable {
    let all = UInt64.max >> UInt64(64 - bits)
    guard let mask, mask & all != all else { return self }
    return SymbolTable(kind: kind, entries: entries, zeroName: zeroName, unresolved: unresolved)
  }
}
