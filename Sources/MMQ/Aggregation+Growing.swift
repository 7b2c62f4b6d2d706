// Cells that grow with what they have seen: their first word is the address of a table.

extension UnsafeMutablePointer<UInt64> {
  /// The table that a cell owns. The map's table makes it with the cell, within the budget, and
  /// frees it; nil in a cell of no map before its first use.
  var table: UnsafeMutablePointer<Table>? { UnsafeMutablePointer<Table>(bitPattern: UInt(self[0])) }

  /// As above; made where it is not there.
  func ownTable(valueWords: Int) -> UnsafeMutablePointer<Table> {
    if let table { return table }
    let table = UnsafeMutablePointer<Table>.allocate(capacity: 1)
    table.initialize(to: Table(keyWords: 1, valueWords: valueWords))
    self[0] = UInt64(UInt(bitPattern: table))
    return table
  }
}

extension UnsafeMutablePointer<Table> {
  /// The value under a key of one word; a new one is all zero. nil where there is no memory for it:
  /// the table counts that.
  func value(under key: UInt64) -> UnsafeMutablePointer<UInt64>? {
    withUnsafePointer(to: key) { pointee.findOrInsert($0) }
  }
}
