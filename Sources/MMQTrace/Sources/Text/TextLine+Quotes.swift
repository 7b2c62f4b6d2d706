// What mails and kernel logs put before the lines of a text.

extension TextSpan {
  /// Without `> ` of a mail, and without what a kernel log begins with: `[  120.345678] `,
  /// `<4>[   12.345678][    T1] `, `Nov 26 10:00:00 host kernel: `. It itself where nothing of that is there.
  var unquoted: TextSpan {
    var rest = self
    while let shorter = rest.withoutQuote { rest = shorter }
    return rest
  }

  private var withoutQuote: TextSpan? {
    var cursor = TextCursor(self)
    cursor.skipBlanks()
    guard !cursor.isAtEnd else { return nil }
    switch cursor.at.pointee {
    // A mark of the byte order, as editors of another system write it.
    case 0xef: return cursor.take("\u{feff}") ? cursor.rest : nil
    case UInt8(ascii: ">"):
      cursor.at += 1
      _ = cursor.take(0x20)
      return cursor.rest
    case UInt8(ascii: "<"):
      cursor.at += 1
      guard cursor.number() != nil, cursor.take(UInt8(ascii: ">")) else { return nil }
      return cursor.takeLogTime()
    case UInt8(ascii: "["): return cursor.takeLogTime()
    case let first:
      return first.isDigit || first &- 0x41 < 26 ? cursor.rest.withoutLogDate : nil
    }
  }

  /// Of syslog or the journal: a date, and who says it.
  private var withoutLogDate: TextSpan? {
    guard count > 20, start.pointee.isDigit ? start[4] == UInt8(ascii: "-") : start[3] == 0x20,
      let mark = TextSpan(start: start, end: min(end, start + 96)).find(" kernel: ")
    else { return nil }
    return TextSpan(start: mark + " kernel: ".utf8.count, end: end)
  }
}

extension TextCursor {
  /// Seconds in brackets, and who printed the line in others; one blank behind them.
  fileprivate mutating func takeLogTime() -> TextSpan? {
    guard take(UInt8(ascii: "[")) else { return nil }
    skipBlanks()
    guard number() != nil, take(UInt8(ascii: ".")), number() != nil, take(UInt8(ascii: "]")) else {
      return nil
    }
    var caller = self
    if caller.take(UInt8(ascii: "[")) {
      caller.skipBlanks()
      _ = caller.word()
      if caller.take(UInt8(ascii: "]")) { self = caller }
    }
    _ = take(0x20)
    return rest
  }
}
