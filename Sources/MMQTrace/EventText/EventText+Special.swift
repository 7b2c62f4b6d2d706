// Writes the events that the kernel prints by hand.

extension EventText {
  func append(_ special: SpecialText, _ run: inout TextRun, _ out: inout [UInt8]) {
    switch special {
    case .systemCall(let name, let arguments): systemCall(name, arguments, &run, &out)
    case .systemCallEnd(let name, let result):
      out.append(contentsOf: name)
      out.append(" -> 0x")
      hex(result, &run, &out)
    case .print(let ip, let text):
      place(ip, &run, &out)
      guard text.offset <= run.record.size else { return unknown(&run, &out) }
      let room = run.record.size - text.offset
      let capacity = text.size == 0 ? room : min(text.size, room)
      out.append(contentsOf: run.record.string(at: text.offset, capacity: capacity))
      out.dropLineBreak()
    case .putString(let ip, let text):
      place(ip, &run, &out)
      guard let address = address(text, &run) else { return unknown(&run, &out) }
      appendForeign(address, &run, &out)
      out.dropLineBreak()
    case .binaryPrint(let ip, let format, let arguments):
      place(ip, &run, &out)
      guard let address = address(format, &run) else { return unknown(&run, &out) }
      binaryPrint(address, arguments.offset, &run, &out)
      out.dropLineBreak()
    case .function(let ip, let parent):
      bare(ip, &run, &out)
      if let address = address(parent, &run), address == 0 { return }
      out.append(" <-")
      bare(parent, &run, &out)
    case .kernelStack(let layout): kernelStack(layout, &run, &out)
    case .userStack(let callers): userStack(callers, &run, &out)
    case .rawData(let id, let bytes): rawData(id, bytes, &run, &out)
    }
  }

  private func unknown(_ run: inout TextRun, _ out: inout [UInt8]) {
    run.reasons.insert(.damage)
    out.append(EventText.unknownMark)
  }

  /// A number of the record without its sign; nil, and a reason, where the record is too short.
  private func address(_ field: Field, _ run: inout TextRun) -> UInt64? {
    guard let value = run.record.integer(field) else {
      run.reasons.insert(.damage)
      return nil
    }
    return CInteger.extend(UInt64(bitPattern: value), size: field.size, isSigned: false)
  }

  /// `isMarked`: with `0x` where the digits could be taken for decimal ones of another number.
  private func hex(
    _ field: Field, isMarked: Bool = false, _ run: inout TextRun, _ out: inout [UInt8]
  ) {
    guard let value = run.record.integer(field) else { return unknown(&run, &out) }
    // The kernel prints a long: narrower arguments were widened by their sign when recorded.
    let bits = CInteger.extend(
      UInt64(bitPattern: value), size: context.longSize, isSigned: false)
    if isMarked, bits >= 10 { out.append("0x") }
    out.appendHex(bits)
  }

  /// `symbol`
  private func bare(_ field: Field, _ run: inout TextRun, _ out: inout [UInt8]) {
    guard let address = address(field, &run) else { return unknown(&run, &out) }
    if address == 0 { return out.append(UInt8(ascii: "0")) }
    run.reasons.formUnion(context.symbols.append(address, .bare, to: &out))
  }

  /// `symbol: `
  private func place(_ ip: Field, _ run: inout TextRun, _ out: inout [UInt8]) {
    bare(ip, &run, &out)
    out.append(": ")
  }

  private func systemCall(
    _ name: [UInt8], _ arguments: [(name: [UInt8], field: Field)], _ run: inout TextRun,
    _ out: inout [UInt8]
  ) {
    out.append(contentsOf: name)
    out.append(UInt8(ascii: "("))
    for index in arguments.indices {
      if index > 0 { out.append(", ") }
      out.append(contentsOf: arguments[index].name)
      out.append(": ")
      hex(arguments[index].field, isMarked: context.marksArguments, &run, &out)
    }
    out.append(UInt8(ascii: ")"))
  }

  // MARK: Stacks

  private func kernelStack(_ layout: StackLayout, _ run: inout TextRun, _ out: inout [UInt8]) {
    out.append("<stack trace>")
    let (count, isDamaged) = layout.count(run.record)
    if isDamaged { run.reasons.insert(.damage) }
    for index in 0..<count {
      out.append("\n => ")
      let address = layout.address(index, run.record)
      run.reasons.formUnion(context.symbols.append(address, .bare, to: &out))
    }
  }

  private func userStack(_ callers: Field, _ run: inout TextRun, _ out: inout [UInt8]) {
    out.append("<user stack trace>")
    let room = max(0, min(run.record.size - callers.offset, callers.size)) / context.longSize
    for index in 0..<room {
      let address = long(callers.offset + index * context.longSize, run.record)
      if address == 0 { break }
      out.append("\n =>  <")
      out.appendHex(address, digits: context.longSize * 2)
      out.append(">")
    }
  }

  /// The caller has checked the bounds.
  private func long(_ offset: Int, _ record: EventRef) -> UInt64 {
    context.longSize == 8
      ? record.base.load(UInt64.self, at: offset, record.byteOrder)
      : UInt64(record.base.load(UInt32.self, at: offset, record.byteOrder))
  }

  private func rawData(
    _ id: Field, _ bytes: Field, _ run: inout TextRun, _ out: inout [UInt8]
  ) {
    guard let number = address(id, &run), bytes.offset <= run.record.size else {
      return unknown(&run, &out)
    }
    out.append("# ")
    out.appendHex(number)
    out.append(" buf:")
    for offset in bytes.offset..<run.record.size {
      out.append(UInt8(ascii: " "))
      let byte = run.record.base.load(UInt8.self, at: offset, run.record.byteOrder)
      out.appendHex(UInt64(byte), digits: 2)
    }
  }
}

extension [UInt8] {
  /// Texts that end in a line break end their line themselves.
  mutating func dropLineBreak() {
    if last == 10 { removeLast() }
  }
}
