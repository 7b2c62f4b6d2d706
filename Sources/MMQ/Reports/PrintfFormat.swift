// printf's format: parsed once, when the program is checked.

/// Literal text and conversions, in order.
struct PrintfFormat: Sendable {
  struct Conversion: Sendable {
    var flags: Set<UInt8> = []
    var width: Int?
    var precision: Int?
    /// `hh`, `h`, `l`, …
    var length = ""
    var letter: UInt8
    var kind = Kind.plain
    /// As written.
    var text: String

    /// Conversions that C does not have.
    enum Kind: Sendable, Equatable {
      case plain
      /// `%r`, `%rx`, `%rh`
      case buffer(BufferText.Form)
      /// `%gr`: the names of an allocation's flags.
      case pageFlags
    }

    var isFloat: Bool { kind == .plain && "eEfFgGaA".utf8.contains(letter) }
    var isInteger: Bool { "diouxXcp".utf8.contains(letter) }

    func has(_ flag: Character) -> Bool { flags.contains(flag.asciiValue ?? 0) }
  }

  enum Segment: Sendable {
    case literal([UInt8])
    case conversion(Conversion)
  }

  private(set) var segments: [Segment] = []
  private(set) var conversions: [Conversion] = []
  /// The first that looks like a conversion, and is none: it prints as it is.
  private(set) var unknown: String?

  /// Wider or more precise than any sane output.
  private static let numberLimit = 4096

  init(_ format: [UInt8]) {
    var rest = format[...]
    var literal: [UInt8] = []
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.first == UInt8(ascii: "%") {
        literal.append(byte)
        rest.removeFirst()
      } else if byte == UInt8(ascii: "%"), let conversion = PrintfFormat.conversion(&rest) {
        if !literal.isEmpty { segments.append(.literal(literal)) }
        literal = []
        segments.append(.conversion(conversion))
        conversions.append(conversion)
      } else {
        if byte == UInt8(ascii: "%") { unknown = unknown ?? PrintfFormat.word(rest) }
        literal.append(byte)
      }
    }
    if !literal.isEmpty { segments.append(.literal(literal)) }
  }

  /// `%-5y`: up to the letter that is no conversion's; nil where there is none.
  private static func word(_ rest: ArraySlice<UInt8>) -> String? {
    let before = rest.prefix { "-+ #0.123456789hlLqjzt".utf8.contains($0) }
    guard let letter = rest.dropFirst(before.count).first,
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(letter | 0x20)
    else { return nil }
    return "%" + String(decoding: before + [letter], as: UTF8.self)
  }

  /// Behind `%`: nil, and nothing taken, where it is no conversion; the `%` then prints as it is.
  private static func conversion(_ rest: inout ArraySlice<UInt8>) -> Conversion? {
    var ahead = rest
    var flags: Set<UInt8> = []
    while let byte = ahead.first, "-+ #0".utf8.contains(byte) { flags.insert(ahead.removeFirst()) }
    let width = number(&ahead)
    var precision: Int?
    if ahead.first == UInt8(ascii: ".") {
      ahead.removeFirst()
      precision = number(&ahead) ?? 0
    }
    var length = ""
    while let byte = ahead.first, "hlLqjzt".utf8.contains(byte) {
      length.unicodeScalars.append(UnicodeScalar(ahead.removeFirst()))
    }
    guard let letter = ahead.popFirst(), "diouxXcpseEfFgGaAr".utf8.contains(letter) else {
      return nil
    }
    let kind = kind(letter, &ahead)
    let text = "%" + String(decoding: rest[..<ahead.startIndex], as: UTF8.self)
    rest = ahead
    return Conversion(
      flags: flags, width: width, precision: precision, length: length, letter: letter,
      kind: kind, text: text)
  }

  /// Takes the second letter of `%rx`, `%rh` and `%gr`.
  private static func kind(_ letter: UInt8, _ rest: inout ArraySlice<UInt8>) -> Conversion.Kind {
    switch (letter, rest.first) {
    case (UInt8(ascii: "g"), UInt8(ascii: "r")?):
      rest.removeFirst()
      return .pageFlags
    case (UInt8(ascii: "r"), UInt8(ascii: "x")?):
      rest.removeFirst()
      return .buffer(.escaped)
    case (UInt8(ascii: "r"), UInt8(ascii: "h")?):
      rest.removeFirst()
      return .buffer(.digits)
    case (UInt8(ascii: "r"), _): return .buffer(.readable)
    default: return .plain
    }
  }

  private static func number(_ rest: inout ArraySlice<UInt8>) -> Int? {
    var value: Int?
    while let byte = rest.first, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
      value = min((value ?? 0) * 10 + Int(byte - UInt8(ascii: "0")), numberLimit)
      rest.removeFirst()
    }
    return value
  }
}
