// A C declaration of a field, taken apart: type words, name, array length.

/// `__data_loc char[] name`, `const char * const * argv`, `char comm[TASK_COMM_LEN]`.
struct Declarator {
  enum Location { case absolute, relative }

  var name: String
  /// All but the name.
  var typeText: String
  /// The words of the type without `__data_loc`, stars as words.
  var words: [String]
  /// Where a dynamic field's data stands.
  var location: Location?
  /// True for `T name[…]`; the `[]` in the type of a dynamic field doesn't count.
  var isArray: Bool
  /// The array's length where it is one number.
  var count: Int?

  /// Nil where there is no name.
  init?(_ text: ArraySlice<UInt8>) {
    var head = text.trimmed
    var suffix: ArraySlice<UInt8> = []
    if head.last == UInt8(ascii: "]"), let open = Declarator.suffixStart(head) {
      suffix = head[open...]
      head = head[..<open].trimmed
    }
    guard let name = Declarator.nameRange(head) else { return nil }
    self.name = String(decoding: head[name], as: UTF8.self)
    var type = [UInt8](head[..<name.lowerBound].trimmed)
    type += head[name.upperBound...]
    isArray = !suffix.isEmpty
    count = suffix.dropFirst().dropLast().trimmed.decimal(upTo: FormatParser.largestOffset)
    words = Declarator.words(type)
    type += suffix
    typeText = String(decoding: type, as: UTF8.self)
    if let first = words.first, first == "__data_loc" || first == "__rel_loc" {
      location = first == "__rel_loc" ? .relative : .absolute
      words.removeFirst()
    }
    if words.isEmpty { return nil }
  }

  /// The type of an element, or of the field itself.
  func base(_ longSize: Int) -> CType { CType(words: words, longSize: longSize) }

  private var bareWords: [String] { words.filter { !CType.qualifiers.contains($0) } }
  var isChar: Bool { bareWords == ["char"] }
  var isBool: Bool { bareWords == ["bool"] || bareWords == ["_Bool"] }
  var isStruct: Bool { words.contains("struct") || words.contains("union") }

  /// Where `[…]`, or several of them, start after the name.
  private static func suffixStart(_ text: ArraySlice<UInt8>) -> Int? {
    var end = text.endIndex
    while end > text.startIndex, text[end - 1] == UInt8(ascii: "]"),
      let open = text[..<end].lastIndex(of: UInt8(ascii: "["))
    {
      end = open
    }
    return end < text.endIndex ? end : nil
  }

  /// The last word, or that of `(*name)` in a pointer to a function.
  private static func nameRange(_ text: ArraySlice<UInt8>) -> Range<Int>? {
    var end = text.endIndex
    if text.last == UInt8(ascii: ")"), let open = text.firstIndex(of: UInt8(ascii: "(")) {
      end = text[open...].firstIndex(of: UInt8(ascii: ")")) ?? end
    }
    var start = end
    while start > text.startIndex, text[start - 1].isNameByte { start -= 1 }
    guard start < end, !text[start].isDigit else { return nil }
    return start..<end
  }

  /// Names and stars; brackets and what they hold are dropped.
  private static func words(_ type: [UInt8]) -> [String] {
    var words: [String] = []
    var brackets = 0
    var start = 0
    for (i, byte) in type.enumerated() where !byte.isNameByte {
      if start < i, brackets == 0 { words.append(String(decoding: type[start..<i], as: UTF8.self)) }
      start = i + 1
      if byte == UInt8(ascii: "*") { words.append("*") }
      if byte == UInt8(ascii: "[") { brackets += 1 }
      if byte == UInt8(ascii: "]") { brackets -= 1 }
    }
    if start < type.count { words.append(String(decoding: type[start...], as: UTF8.self)) }
    return words
  }
}
