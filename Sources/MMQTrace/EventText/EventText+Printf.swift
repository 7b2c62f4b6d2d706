// Writes the pieces of an event's text: the kernel's printf over the values of a record.

extension EventText {
  func append(_ piece: TextPiece, _ run: inout TextRun, _ out: inout [UInt8]) {
    switch piece {
    case .text(let start, let end):
      program.text.withUnsafeBufferPointer {
        out.append(contentsOf: UnsafeBufferPointer(rebasing: $0[start..<end]))
      }
    case .plain(let base, let size, let isSigned, let argument):
      guard let value = number(argument, &run) else {
        out.append(EventText.unknownMark)
        return
      }
      var bits = CInteger.extend(value.bits, size: size, isSigned: isSigned)
      if isSigned, Int64(bitPattern: bits) < 0 {
        out.append(UInt8(ascii: "-"))
        bits = 0 &- bits
      }
      out.appendDigits(bits, base: UInt64(base), letters: 0x61)
    case .conversion(let index, let width, let precision, let argument):
      let conversion = program.conversions[index]
      let format = self.format(conversion, width, precision, &run)
      append(evaluate(argument, &run), conversion, format, &run, &out)
    }
  }

  /// Stands for a value that the recording doesn't tell.
  static let unknownMark = UInt8(ascii: "?")

  /// The conversion's extents as numbers; `width` and `precision` are nodes where they are `*`.
  private func format(
    _ conversion: PrintfConversion, _ width: Int, _ precision: Int, _ run: inout TextRun
  ) -> TextFormat {
    var format = TextFormat(conversion)
    if width >= 0 { format.setWidth(number(width, &run)) }
    if precision >= 0 { format.setPrecision(number(precision, &run)) }
    return format
  }

  func append(
    _ value: TextValue, _ conversion: PrintfConversion, _ format: TextFormat,
    _ run: inout TextRun, _ out: inout [UInt8]
  ) {
    switch conversion.letter {
    case UInt8(ascii: "s"): appendString(value, format, &run, &out)
    case UInt8(ascii: "p"): appendPointer(value, conversion.pointer, format, &run, &out)
    default:
      guard value.kind == .integer else {
        out.append(EventText.unknownMark)
        return
      }
      out.append(value.number, conversion, format)
    }
  }

  private func appendString(
    _ value: TextValue, _ format: TextFormat, _ run: inout TextRun, _ out: inout [UInt8]
  ) {
    let start = out.count
    switch value.kind {
    case .bytes: out.append(contentsOf: run.record.string(at: value.start, capacity: value.count))
    case .literal: out.append(contentsOf: program.literals[value.start])
    case .text: write(value.start, &run, &out)
    case .integer: appendForeign(value.number.bits, &run, &out)
    case .unknown: out.append(EventText.unknownMark)
    }
    if format.width > 0 || format.precision >= 0 { out.pad(from: start, format) }
  }

  /// A string in the kernel's memory.
  func appendForeign(_ address: UInt64, _ run: inout TextRun, _ out: inout [UInt8]) {
    if address == 0 {
      out.append("(null)")
    } else if let text = context.strings[address] {
      out.append(contentsOf: text)
    } else {
      out.append("0x")
      out.appendHex(address)
      run.reasons.insert(.foreignString)
    }
  }
}

extension TextFormat {
  init(_ conversion: PrintfConversion) {
    isLeft = conversion.isLeft
    hasPlus = conversion.hasPlus
    hasSpace = conversion.hasSpace
    isAlternate = conversion.isAlternate
    isZeroPadded = conversion.isZeroPadded
    if case .fixed(let value) = conversion.width { width = value }
    if case .fixed(let value) = conversion.precision { precision = value }
  }

  /// A `*` width; below 0 it means left-justified.
  mutating func setWidth(_ value: CInteger?) {
    let number = value.map { Int(Int32(truncatingIfNeeded: $0.bits)) } ?? 0
    if number < 0 { isLeft = true }
    width = min(abs(number), PrintfSegment.extentLimit)
  }

  /// A `*` precision; the kernel takes one below 0 for 0.
  mutating func setPrecision(_ value: CInteger?) {
    let number = value.map { Int(Int32(truncatingIfNeeded: $0.bits)) } ?? 0
    precision = min(max(number, 0), PrintfSegment.extentLimit)
  }
}

extension [UInt8] {
  /// An integer or character conversion.
  mutating func append(
    _ value: CInteger, _ conversion: PrintfConversion, _ format: TextFormat
  ) {
    if conversion.letter == UInt8(ascii: "c") {
      let start = count
      append(UInt8(truncatingIfNeeded: value.bits))
      var padding = format
      padding.precision = -1
      pad(from: start, padding)
      return
    }
    let bits = CInteger.extend(value.bits, size: conversion.size, isSigned: conversion.isSigned)
    let isHex = conversion.letter | 0x20 == UInt8(ascii: "x")
    let base: UInt64 = isHex ? 16 : conversion.letter == UInt8(ascii: "o") ? 8 : 10
    let letters = conversion.letter == UInt8(ascii: "X") ? UInt8(ascii: "A") : UInt8(ascii: "a")
    appendNumber(bits, isSigned: conversion.isSigned, base: base, letters: letters, format)
  }
}
