// The lines of a stack: a function each, the innermost first.

/// What a line says of a function in a stack.
struct TextFrame {
  /// Empty where only an address is there.
  var name: TextSpan
  /// Bytes from the function's start; 0 where nobody says it.
  var offset: UInt64 = 0
  /// Of a frame without a name; else 0, as a name says more.
  var address: UInt64 = 0
  /// perf's stacks have no line that they begin with.
  var isOfPerf = false
  var isOfKernel = true

  /// `=> name`, `=> name+0x12/0x34 [module] <ffffffff81000012>` of ftrace, `=> name (ffffffff81000012)` of trace-cmd
  /// report, `ffffffff81000012 name+0x12 ([kernel.kallsyms])` of perf script. nil for a line that is none.
  init?(_ line: TextSpan) {
    let text = line.unquoted.trimmed
    let nothing = TextSpan(start: text.end, end: text.end)
    name = nothing
    var cursor = TextCursor(text)
    if cursor.take("=> ") {
      cursor.skipBlanks()
      takeFunction(&cursor)
    } else {
      let digits = cursor.at
      guard let address = cursor.digits(shift: 4), cursor.at - digits >= 8, cursor.take(0x20),
        text.end[-1] == UInt8(ascii: ")")
      else { return nil }
      takeFunction(&cursor)
      isOfPerf = true
      isOfKernel = address >> 63 != 0 || text.find("([kernel.") != nil
      // perf has no name for it.
      if name.starts(with: "[") { (name, self.address) = (nothing, address) }
    }
    guard !name.isEmpty || address != 0 else { return nil }
  }

  /// `name+0x12/0x34`, or an address.
  private mutating func takeFunction(_ cursor: inout TextCursor) {
    let word = cursor.frameWord()
    name = word
    if let plus = word.find("+0x") {
      var number = TextCursor(plus + 3, word.end)
      if let offset = number.digits(shift: 4), number.isAtEnd || number.take(UInt8(ascii: "/")) {
        (name.end, self.offset) = (plus, offset)
      }
    }
    var number = TextCursor(word)
    let isMarked = number.take("0x") || number.take("<")
    if let address = number.digits(shift: 4), number.isAtEnd || number.take(">"),
      isMarked || word.count == 16
    {
      (self.address, name) = (address, TextSpan(start: word.end, end: word.end))
    }
  }
}

extension TextCursor {
  /// Up to a blank.
  fileprivate mutating func frameWord() -> TextSpan {
    let start = at
    while at < end, !at.pointee.isBlank { at += 1 }
    return TextSpan(start: start, end: at)
  }
}
