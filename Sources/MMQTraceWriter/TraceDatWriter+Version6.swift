// Version 6: one item after another, then tables and data.

import MMQTrace

extension TraceDatWriter {
  func writeMetadata6() throws(TraceError) {
    for id in UInt16(16)...20 { try file.write(item(id)) }
    try file.write(metadata.savedComms ?? item(21))
    try file.write(
      encoded {
        $0.integer(metadata.cpuCount)
        $0.raw("options  \0".utf8)
        for option in metadata.options { put(option.id, option.data, &$0) }
      })
    for name in options.instances {
      let start = encoded {
        $0.integer(UInt16(3))
        $0.integer(UInt32(9 + name.utf8.count))
      }
      try file.write(start)
      openPlaces.append(file.position)
      try file.write(
        encoded {
          $0.integer(UInt64(0))
          $0.string(name)
        })
    }
    try file.write([0, 0])
  }

  private func put(_ id: UInt16, _ data: [UInt8], _ writer: inout ByteWriter) {
    writer.integer(id)
    writer.integer(UInt32(data.count))
    writer.raw(data)
  }

  /// Reserves the table, which is filled in at the end of the buffer.
  func beginBuffer6() throws(TraceError) {
    guard var begun = buffer else { return }
    if !begun.name.isEmpty {
      guard let index = options.instances.firstIndex(of: begun.name) else {
        throw TraceError("the instance '\(begun.name)' was not announced")
      }
      try file.patch(encoded { $0.integer(file.position) }, at: openPlaces[index])
    }
    try file.write("flyrecord\0".utf8)
    begun.place = file.position
    buffer = begun
    let clock = "[\(begun.clock)]"
    try file.write(
      encoded {
        $0.pad(to: Int(metadata.cpuCount) * 16)
        $0.integer(UInt64(clock.utf8.count))
        $0.raw(clock.utf8)
      })
  }

  /// Fills in the table; CPUs without data have the place of the end and no bytes.
  func endBuffer6(_ done: Buffer) throws(TraceError) {
    try file.align(to: alignment)
    let end = file.position
    let table = encoded {
      for cpu in 0..<metadata.cpuCount {
        let data = done.cpus.first { $0.cpu == cpu }
        $0.integer(data?.offset ?? end)
        $0.integer(data?.size ?? 0)
      }
    }
    try file.patch(table, at: done.place)
  }
}
