// Metadata of recordings that are made, not copied.

public import MMQTrace

extension RecordingMetadata {
  /// Sets what describes sub-buffers: `header_page` as the kernel prints it. `header_event` is the
  /// same on every kernel.
  public mutating func setLayout(_ layout: RingLayout) {
    let size = layout.subBufferSize - layout.dataOffset
    let page =
      "\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n"
      + "\tfield: local_t commit;\toffset:8;\tsize:\(layout.commitSize);\tsigned:1;\n"
      + "\tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;\n"
      + "\tfield: char data;\toffset:\(layout.dataOffset);\tsize:\(size);\tsigned:1;\n"
    let event =
      "# compressed entry header\n\ttype_len    :    5 bits\n\ttime_delta  :   27 bits\n"
      + "\tarray       :   32 bits\n\n\tpadding     : type == 29\n\ttime_extend : type == 30\n"
      + "\ttime_stamp : type == 31\n\tdata max type_len  == 28\n"
    setHeaders(page: Array(page.utf8), event: Array(event.utf8))
  }

  /// Sets what describes sub-buffers and the heads of records: the kernel's own texts.
  public mutating func setHeaders(page: [UInt8], event: [UInt8]) {
    var writer = ByteWriter(byteOrder)
    for (name, text) in [("header_page", page), ("header_event", event)] {
      writer.string(name)
      writer.integer(UInt64(text.count))
      writer.raw(text)
    }
    items[16] = writer.bytes
  }

  /// Sets the formats, those of `ftrace` first as its own item, the others by their systems.
  public mutating func setFormats(_ formats: [(system: String, text: String)]) {
    var systems: [String] = []
    for format in formats where !systems.contains(format.system) { systems.append(format.system) }
    var ftrace = ByteWriter(byteOrder)
    put(formats, of: "ftrace", into: &ftrace)
    systems.removeAll { $0 == "ftrace" }
    var events = ByteWriter(byteOrder)
    events.integer(UInt32(systems.count))
    for system in systems {
      events.string(system)
      put(formats, of: system, into: &events)
    }
    items[17] = ftrace.bytes
    items[18] = events.bytes
  }

  private func put(
    _ formats: [(system: String, text: String)], of system: String, into writer: inout ByteWriter
  ) {
    let texts = formats.filter { $0.system == system }.map(\.text)
    writer.integer(UInt32(texts.count))
    for text in texts {
      writer.integer(UInt64(text.utf8.count))
      writer.raw(text.utf8)
    }
  }

  /// Sets the text of `/proc/kallsyms`.
  public mutating func setKernelSymbols(_ text: some Collection<UInt8>) {
    var writer = ByteWriter(byteOrder)
    writer.integer(UInt32(clamping: text.count))
    writer.raw(text)
    items[19] = writer.bytes
  }

  /// Sets the text of `printk_formats`.
  public mutating func setPrintkFormats(_ text: some Collection<UInt8>) {
    var writer = ByteWriter(byteOrder)
    writer.integer(UInt32(clamping: text.count))
    writer.raw(text)
    items[20] = writer.bytes
  }

  /// Sets the saved names of threads: lines of `tid comm`. Behind them, where mmq alone looks, stand the
  /// processes of threads at the start: lines of `tid pid`. Version 6 has no room for those.
  public mutating func setSavedComms(
    _ text: some Collection<UInt8>, groups: [UInt8] = []
  ) {
    var writer = ByteWriter(byteOrder)
    writer.integer(UInt64(text.count))
    writer.raw(text)
    if !groups.isEmpty {
      writer.integer(UInt64(groups.count))
      writer.raw(groups)
    }
    items[21] = writer.bytes
  }

  /// The saved names, and nothing behind them.
  var savedComms: [UInt8]? {
    guard let item = items[21], item.count >= 8 else { return items[21] }
    let size = item.withUnsafeBytes { bytes in
      let word = bytes.loadUnaligned(as: UInt64.self)
      return byteOrder == .host ? word : word.byteSwapped
    }
    return Array(item.prefix(8 + Int(clamping: min(size, UInt64(item.count)))))
  }

  /// Adds an option that holds text, such as 5 (uname) or 7 (offset in nanoseconds).
  public mutating func addOption(_ id: UInt16, text: String) {
    options.append((id, Array(text.utf8) + [0]))
  }

  /// Adds an option that holds a number, such as 8 (count of CPUs).
  public mutating func addOption(_ id: UInt16, number: UInt32) {
    var writer = ByteWriter(byteOrder)
    writer.integer(number)
    options.append((id, writer.bytes))
  }

  /// Adds option 14: how cycles become nanoseconds.
  public mutating func addCycles(_ cycles: TraceClock.CycleConversion) {
    var writer = ByteWriter(byteOrder)
    writer.integer(cycles.multiplier)
    writer.integer(cycles.shift)
    writer.integer(cycles.offset)
    options.append((14, writer.bytes))
  }
}
