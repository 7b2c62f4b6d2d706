// Printing values by a format.

/// A format and the types of its arguments, prepared: printf is mostly plain numbers, strings and text, and
/// what needs neither width nor flags is written at once.
///
/// Unchecked: nothing changes after it was made.
final class PrintfPlan: @unchecked Sendable {
  private let format: PrintfFormat
  private let types: [Type]
  private let pieces: UnsafeMutableBufferPointer<Piece>
  /// The text between conversions, all in a row.
  private let text: UnsafeMutableBufferPointer<UInt8>

  fileprivate struct Piece {
    enum Kind {
      case text, string, signed, unsigned, hexadecimal, other
    }

    var kind: Kind
    /// Of text: its first byte and how many they are. Of a conversion: its first word, and for `other`
    /// its number.
    var first: Int
    var count = 0
    /// The bits that an unsigned number has.
    var mask = UInt64.max
  }

  init(_ format: PrintfFormat, _ types: [Type]) {
    (self.format, self.types) = (format, types)
    var pieces: [Piece] = []
    var text: [UInt8] = []
    var word = 0
    var number = 0
    for segment in format.segments {
      switch segment {
      case .literal(let bytes):
        pieces.append(Piece(kind: .text, first: text.count, count: bytes.count))
        text += bytes
      case .conversion(let conversion):
        let type = types[number]
        pieces.append(
          Piece(
            kind: conversion.plainKind(type), first: word, count: number,
            mask: conversion.mask(type)))
        word += type.words
        number += 1
      }
    }
    self.pieces = .allocate(capacity: pieces.count)
    _ = self.pieces.initialize(from: pieces)
    self.text = .allocate(capacity: text.count)
    _ = self.text.initialize(from: text)
  }

  deinit {
    pieces.deallocate()
    text.deallocate()
  }

  /// Appends the text. The words lie one after the other, as the types say. Control bytes within
  /// strings of events are escaped if `escapes`: they must not reach a terminal.
  func print(
    _ words: UnsafePointer<UInt64>, _ strings: StringPool, escapes: Bool, to line: inout ByteBuffer
  ) {
    for piece in pieces {
      switch piece.kind {
      case .text:
        line.append(UnsafeBufferPointer(rebasing: text[piece.first..<(piece.first + piece.count)]))
      case .string where !escapes: line.append(strings.bytes(of: words[piece.first]))
      case .signed: line.append(decimal: Int64(bitPattern: words[piece.first]))
      case .unsigned: line.append(decimal: words[piece.first] & piece.mask)
      case .hexadecimal: line.append(hexadecimal: words[piece.first] & piece.mask)
      case .string, .other:
        format.conversions[piece.count].print(
          types[piece.count], words + piece.first, strings, escapes, &line)
      }
    }
  }
}

extension PrintfFormat.Conversion {
  fileprivate func plainKind(_ type: Type) -> PrintfPlan.Piece.Kind {
    guard kind == .plain, width == nil, precision == nil, flags.isEmpty, length.first != "h" else {
      return .other
    }
    switch letter {
    case UInt8(ascii: "s"): return type == .string ? .string : .other
    case UInt8(ascii: "d"), UInt8(ascii: "i"): return .signed
    case UInt8(ascii: "u"): return .unsigned
    case UInt8(ascii: "x"): return .hexadecimal
    default: return .other
    }
  }
}
