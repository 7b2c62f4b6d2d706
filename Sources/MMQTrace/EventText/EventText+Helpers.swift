// What the helpers of a `print fmt` write: names of tables, bytes, arrays.

extension EventText {
  /// Writes the text of a node of the kind `.text`.
  func write(_ index: Int, _ run: inout TextRun, _ out: inout [UInt8]) {
    switch program.nodes[index] {
    case .flags(let table, let operand): writeFlags(table, operand, &run, &out)
    case .symbolic(let table, let operand): writeSymbol(table, operand, &run, &out)
    case .mask(let operand):
      let value = evaluate(operand, &run)
      guard value.kind == .bytes else { return out.append(EventText.unknownMark) }
      let bytes = run.record.bytes(value)
      out.append(
        bitmap: bytes, bits: bytes.count * 8, asList: false, run.record.byteOrder,
        longSize: context.longSize)
    case .helper(let helper, let operands):
      let start = out.count
      if !write(helper, Array(program.operands[operands]), &run, &out) {
        out.removeLast(out.count - start)
        out.append(EventText.unknownMark)
      }
    default: out.append(EventText.unknownMark)
    }
  }

  /// Follows trace_print_flags_seq in kernel/trace/trace_output.c.
  private func writeFlags(
    _ table: Int, _ operand: Int, _ run: inout TextRun, _ out: inout [UInt8]
  ) {
    guard let value = number(operand, &run) else { return out.append(EventText.unknownMark) }
    var left = value.bits & program.tables[table].mask
    var isFirst = true
    for index in program.tables[table].entries.indices {
      if left == 0 { return }
      let mask = program.tables[table].entries[index].value
      guard left & mask == mask else { continue }
      if !isFirst { out.append(contentsOf: program.tables[table].delimiter) }
      isFirst = false
      out.append(contentsOf: program.tables[table].entries[index].name)
      left &= ~mask
    }
    guard left != 0 else { return }
    if !isFirst { out.append(contentsOf: program.tables[table].delimiter) }
    out.append("0x")
    out.appendHex(left)
    run.reasons.insert(TextReasons(rawValue: program.tables[table].missing))
  }

  /// Follows trace_print_symbols_seq: an empty name counts as none.
  private func writeSymbol(
    _ table: Int, _ operand: Int, _ run: inout TextRun, _ out: inout [UInt8]
  ) {
    guard let number = number(operand, &run) else { return out.append(EventText.unknownMark) }
    let value = number.bits & program.tables[table].mask
    for index in program.tables[table].entries.indices
    where program.tables[table].entries[index].value == value {
      if program.tables[table].entries[index].name.isEmpty { break }
      out.append(contentsOf: program.tables[table].entries[index].name)
      return
    }
    out.append("0x")
    out.appendHex(value)
    run.reasons.insert(TextReasons(rawValue: program.tables[table].missing))
  }

  /// False where an operand isn't known.
  private func write(
    _ helper: PrintExpression.Helper, _ operands: [Int], _ run: inout TextRun,
    _ out: inout [UInt8]
  ) -> Bool {
    switch helper {
    case .hex, .hexString:
      guard let bytes = counted(operands[0], operands[1], 1, &run) else { return false }
      out.append(
        hex: bytes[...], separator: helper == .hex ? UInt8(ascii: " ") : UInt8(ascii: "N"))
      return true
    case .array:
      guard let size = number(operands[2], &run), size.bits <= 8 else { return false }
      return writeArray(
        counted(operands[0], operands[1], Int(size.bits), &run), size.bits, &run, &out)
    case .dynamicArray:
      let value = evaluate(operands[0], &run)
      guard let size = number(operands[1], &run), value.kind == .bytes else { return false }
      return writeArray(run.record.bytes(value), size.bits, &run, &out)
    case .nsToSecs, .nsWithoutSecs: return false
    case .hexDump: return writeDump(operands, &run, &out)
    }
  }

  /// `count` elements at a pointer; nil where they aren't all in the record.
  private func counted(
    _ pointer: Int, _ count: Int, _ size: Int, _ run: inout TextRun
  ) -> UnsafeRawBufferPointer? {
    let value = evaluate(pointer, &run)
    guard value.kind == .bytes, let number = number(count, &run) else { return nil }
    let wanted = Int64(bitPattern: number.bits)
    guard wanted >= 0, size > 0, wanted <= Int64(value.count / size) else {
      run.reasons.insert(.damage)
      return nil
    }
    return UnsafeRawBufferPointer(rebasing: run.record.bytes(value).prefix(Int(wanted) * size))
  }

  /// `{0x1,0x2}`
  private func writeArray(
    _ bytes: UnsafeRawBufferPointer?, _ size: UInt64, _ run: inout TextRun, _ out: inout [UInt8]
  ) -> Bool {
    guard let bytes, [1, 2, 4, 8].contains(size) else { return false }
    let size = Int(size)
    out.append(UInt8(ascii: "{"))
    for index in 0..<bytes.count / size {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      out.append("0x")
      out.appendHex(run.record.element(bytes, index, size))
    }
    out.append(UInt8(ascii: "}"))
    return true
  }

  /// Prefix text, prefix mode, bytes a row, bytes a group, pointer, count, with characters.
  private func writeDump(
    _ operands: [Int], _ run: inout TextRun, _ out: inout [UInt8]
  ) -> Bool {
    let prefix = evaluate(operands[0], &run)
    guard prefix.kind == .literal, let mode = number(operands[1], &run), mode.bits != 1,
      let row = number(operands[2], &run), let group = number(operands[3], &run),
      let bytes = counted(operands[4], operands[5], 1, &run),
      let hasText = number(operands[6], &run)
    else { return false }
    let dump = HexDump(
      prefix: program.literals[prefix.start], hasOffsets: mode.bits == 2,
      rowSize: row.bits == 32 ? 32 : 16, groupSize: Int(clamping: group.bits),
      hasText: hasText.bits != 0)
    out.append(UInt8(ascii: "\n"))
    dump.write(bytes, run.record, &out)
    return true
  }
}

extension EventRef {
  /// An unsigned element of a part of the record.
  func element(_ bytes: UnsafeRawBufferPointer, _ index: Int, _ size: Int) -> UInt64 {
    guard let base = bytes.baseAddress, (index + 1) * size <= bytes.count else { return 0 }
    switch size {
    case 1: return UInt64(bytes[index])
    case 2: return UInt64(base.load(UInt16.self, at: index * 2, byteOrder))
    case 4: return UInt64(base.load(UInt32.self, at: index * 4, byteOrder))
    default: return base.load(UInt64.self, at: index * 8, byteOrder)
    }
  }
}
