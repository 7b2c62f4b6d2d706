// Splits a kernel printf format into literal text and conversions.

/// One `%…` of a kernel format. Follows format_decode in lib/vsprintf.c.
struct PrintfConversion: Sendable, Hashable {
  /// A width or precision.
  enum Extent: Sendable, Hashable {
    case none
    case fixed(Int)
    /// `*`: the next argument says it.
    case argument
  }

  var isLeft = false
  var hasPlus = false
  var hasSpace = false
  var isAlternate = false
  var isZeroPadded = false
  var width = Extent.none
  var precision = Extent.none
  /// Bytes of an integer argument.
  var size = 4
  /// `d`, `u`, `x`, `X`, `o`, `c`, `s` or `p`; `i` is `d`.
  var letter: UInt8 = 0
  /// Of `%pISpc`: `ISpc`.
  var pointer: [UInt8] = []

  var isSigned: Bool { letter == UInt8(ascii: "d") }

  /// No flags, width or precision.
  var isPlain: Bool {
    !isLeft && !hasPlus && !hasSpace && !isAlternate && !isZeroPadded && width == .none
      && precision == .none
  }
}

enum PrintfSegment: Sendable, Hashable {
  case text([UInt8])
  case conversion(PrintfConversion)

  /// The largest width or precision that is believed, as in the kernel.
  static let extentLimit = 4096

  /// Text and conversions in order. A conversion that the kernel wouldn't know stays text, with all
  /// that follows, as the kernel does it.
  static func split(_ format: [UInt8], longSize: Int) -> [PrintfSegment] {
    var segments: [PrintfSegment] = []
    var text: [UInt8] = []
    var position = 0
    while position < format.count {
      guard format[position] == UInt8(ascii: "%") else {
        text.append(format[position])
        position += 1
        continue
      }
      if position + 1 < format.count, format[position + 1] == UInt8(ascii: "%") {
        text.append(UInt8(ascii: "%"))
        position += 2
        continue
      }
      var scanner = PrintfScanner(format: format, position: position + 1, longSize: longSize)
      guard let conversion = scanner.conversion() else {
        text += format[position...]
        break
      }
      if !text.isEmpty { segments.append(.text(text)) }
      text = []
      segments.append(.conversion(conversion))
      position = scanner.position
    }
    if !text.isEmpty { segments.append(.text(text)) }
    return segments
  }
}

/// Reads one conversion behind its `%`.
private struct PrintfScanner {
  let format: [UInt8]
  var position: Int
  let longSize: Int
  private var result = PrintfConversion()

  init(format: [UInt8], position: Int, longSize: Int) {
    self.format = format
    self.position = position
    self.longSize = longSize
  }

  private var current: UInt8 { position < format.count ? format[position] : 0 }

  mutating func conversion() -> PrintfConversion? {
    readFlags()
    result.width = extent()
    if current == UInt8(ascii: ".") {
      position += 1
      let precision = extent()
      result.precision = precision == .none ? .fixed(0) : precision
    }
    result.size = integerSize()
    let letter = current
    position += 1
    switch letter {
    case UInt8(ascii: "i"): result.letter = UInt8(ascii: "d")
    case UInt8(ascii: "d"), UInt8(ascii: "u"), UInt8(ascii: "x"), UInt8(ascii: "X"),
      UInt8(ascii: "o"), UInt8(ascii: "c"), UInt8(ascii: "s"):
      result.letter = letter
    case UInt8(ascii: "p"):
      result.letter = letter
      readPointer()
    default: return nil
    }
    return result
  }

  private mutating func readFlags() {
    while true {
      switch current {
      case UInt8(ascii: "-"): result.isLeft = true
      case UInt8(ascii: "+"): result.hasPlus = true
      case UInt8(ascii: " "): result.hasSpace = true
      case UInt8(ascii: "#"): result.isAlternate = true
      case UInt8(ascii: "0"): result.isZeroPadded = true
      default: return
      }
      position += 1
    }
  }

  private mutating func extent() -> PrintfConversion.Extent {
    if current == UInt8(ascii: "*") {
      position += 1
      return .argument
    }
    guard current.isDigit else { return .none }
    var value = 0
    while current.isDigit {
      value = min(value * 10 + Int(current - 0x30), PrintfSegment.extentLimit)
      position += 1
    }
    return .fixed(value)
  }

  private mutating func integerSize() -> Int {
    let first = current
    switch first {
    case UInt8(ascii: "h"), UInt8(ascii: "l"):
      position += 1
      guard current == first else { return first == UInt8(ascii: "h") ? 2 : longSize }
      position += 1
      return first == UInt8(ascii: "h") ? 1 : 8
    case UInt8(ascii: "L"), UInt8(ascii: "j"):
      position += 1
      return 8
    case UInt8(ascii: "z"), UInt8(ascii: "Z"), UInt8(ascii: "t"):
      position += 1
      return longSize
    default: return 4
    }
  }

  /// The kernel takes all letters and digits behind `%p` for its extension.
  private mutating func readPointer() {
    while current.isDigit || (0x61...0x7a).contains(current | 0x20) {
      result.pointer.append(current)
      position += 1
    }
  }
}
