// Parses one `field:` line of a `format` file.

/// `unsigned long pfn;	offset:8;	size:8;	signed:0;` to a `Field`.
enum FieldParser {
  static func parse(
    _ line: ArraySlice<UInt8>, longSize: Int
  ) throws(FormatProblem) -> Field {
    let end = line.firstIndex(of: UInt8(ascii: ";")) ?? line.endIndex
    guard let declarator = Declarator(line[..<end]) else {
      throw FormatProblem("it has a field without a name: `\(shown(line))`")
    }
    let rest = line[end...]
    guard let offset = try number(Key.offset, rest, upTo: FormatParser.largestOffset, declarator),
      let size = try number(Key.size, rest, upTo: FormatParser.largestOffset, declarator)
    else { throw FormatProblem("its field `\(declarator.name)` has no offset or no size") }
    let base = declarator.base(longSize)
    // Old kernels don't say `signed:`; the type's name has to do.
    let sign = try number(Key.signed, rest, upTo: 1, declarator)
    let isSigned = sign.map { $0 == 1 } ?? base.isSigned
    return Field(
      name: declarator.name, typeText: declarator.typeText, offset: offset, size: size,
      isSigned: isSigned, shape: shape(declarator, base, size, isSigned, longSize))
  }

  private enum Key {
    static let offset = Array("offset:".utf8)
    static let size = Array("size:".utf8)
    static let signed = Array("signed:".utf8)
  }

  /// The number behind `key`; nil where the key is missing.
  private static func number(
    _ key: [UInt8], _ text: ArraySlice<UInt8>, upTo limit: Int, _ declarator: Declarator
  ) throws(FormatProblem) -> Int? {
    var position = text.startIndex
    while position < text.endIndex {
      let part = text[position...].prefix { $0 != UInt8(ascii: ";") }
      position = part.endIndex + 1
      let trimmed = part.trimmed
      guard trimmed.starts(with: key) else { continue }
      guard let value = trimmed.dropFirst(key.count).trimmed.decimal(upTo: limit) else {
        let name = String(decoding: key, as: UTF8.self)
        throw FormatProblem("its field `\(declarator.name)` has no sound `\(name)`")
      }
      return value
    }
    return nil
  }

  private static func shown(_ line: ArraySlice<UInt8>) -> String {
    String(decoding: line.prefix(60), as: UTF8.self)
  }

  private static func shape(
    _ declarator: Declarator, _ base: CType, _ size: Int, _ isSigned: Bool, _ longSize: Int
  ) -> Field.Shape {
    if let location = declarator.location {
      return size == 4 ? dynamic(declarator, base, location, isSigned, longSize) : .opaque
    }
    if declarator.isArray { return array(declarator, base, size, isSigned) }
    guard [1, 2, 4, 8].contains(size) else { return .opaque }
    if base.isPointer { return size >= 4 ? .pointer : .opaque }
    if declarator.isStruct { return .opaque }
    return size == 1 && declarator.isBool ? .bool : .integer
  }

  private static func array(
    _ declarator: Declarator, _ base: CType, _ size: Int, _ isSigned: Bool
  ) -> Field.Shape {
    if declarator.isChar { return .string }
    if size == 0 {
      return base.size.map { .array(elementSize: $0, count: nil, signed: isSigned) } ?? .opaque
    }
    guard let element = elementSize(declarator, base, size) else { return .opaque }
    return .array(elementSize: element, count: size / element, signed: isSigned)
  }

  /// The declared count is right where it is a number; else the type's name has to do (the count
  /// may be a macro's name).
  private static func elementSize(_ declarator: Declarator, _ base: CType, _ size: Int) -> Int? {
    var element = base.size
    if let count = declarator.count, count > 0, size % count == 0 { element = size / count }
    guard let element, [1, 2, 4, 8].contains(element), size % element == 0 else { return nil }
    return element
  }

  private static func dynamic(
    _ declarator: Declarator, _ base: CType, _ location: Declarator.Location, _ isSigned: Bool,
    _ longSize: Int
  ) -> Field.Shape {
    let relative = location == .relative
    if declarator.isChar { return .dynamicString(relative: relative) }
    if base.text.hasPrefix("cpumask_t") {
      return .dynamicArray(elementSize: longSize, signed: false, relative: relative)
    }
    // A `struct sockaddr` and other structs are bytes to whoever doesn't know them.
    return .dynamicArray(elementSize: base.size ?? 1, signed: isSigned, relative: relative)
  }
}
