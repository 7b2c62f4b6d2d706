// `trace_printk` with binary arguments: the format is a string of the kernel, its values packed.

extension EventText {
  /// Follows bstr_printf in lib/vsprintf.c.
  func binaryPrint(
    _ format: UInt64, _ offset: Int, _ run: inout TextRun, _ out: inout [UInt8]
  ) {
    guard let text = context.strings[format] else {
      return appendForeign(format, &run, &out)
    }
    var reader = PackedArguments(record: run.record, offset: offset)
    for segment in PrintfSegment.split(text, longSize: context.longSize) {
      switch segment {
      case .text(let text): out.append(contentsOf: text)
      case .conversion(let conversion):
        guard append(conversion, &reader, &run, &out) else {
          run.reasons.insert(.damage)
          out.append(EventText.unknownMark)
          return
        }
      }
    }
  }

  /// False where the record ends too early.
  private func append(
    _ conversion: PrintfConversion, _ reader: inout PackedArguments, _ run: inout TextRun,
    _ out: inout [UInt8]
  ) -> Bool {
    var format = TextFormat(conversion)
    if conversion.width == .argument {
      guard let width = reader.integer(4) else { return false }
      format.setWidth(CInteger(width, size: 4))
    }
    if conversion.precision == .argument {
      guard let precision = reader.integer(4) else { return false }
      format.setPrecision(CInteger(precision, size: 4))
    }
    let isText = conversion.letter == UInt8(ascii: "s") || !EventText.isPacked(conversion)
    if isText {
      guard let string = reader.string() else { return false }
      let start = out.count
      out.append(contentsOf: string)
      if conversion.letter == UInt8(ascii: "s") { out.pad(from: start, format) }
      return true
    }
    let isPointer = conversion.letter == UInt8(ascii: "p")
    let isCharacter = conversion.letter == UInt8(ascii: "c")
    let size = isPointer ? context.longSize : isCharacter ? 1 : conversion.size
    guard let bits = reader.integer(size) else { return false }
    let value = TextValue.integer(CInteger(bits, size: max(size, 4), isSigned: false))
    append(value, conversion, format, &run, &out)
    return true
  }

  /// Most `%p` extensions are written as text when they are recorded; these keep the pointer.
  private static func isPacked(_ conversion: PrintfConversion) -> Bool {
    guard conversion.letter == UInt8(ascii: "p"), let first = conversion.pointer.first else {
      return true
    }
    return "SsxKFf".utf8.contains(first)
  }
}

/// Reads the packed values one after another. Integers are aligned to their size, and to 4 bytes
/// from there on.
private struct PackedArguments {
  let record: EventRef
  var offset: Int

  mutating func integer(_ size: Int) -> UInt64? {
    let alignment = min(size, 4)
    let start = (offset + alignment - 1) / alignment * alignment
    guard start + size <= record.size else { return nil }
    offset = start + size
    let bytes = UnsafeRawBufferPointer(start: record.base + start, count: size)
    return record.element(bytes, 0, size)
  }

  mutating func string() -> UnsafeRawBufferPointer? {
    guard offset < record.size else { return nil }
    let text = record.string(at: offset, capacity: record.size - offset)
    offset += text.count + 1
    return text
  }
}
