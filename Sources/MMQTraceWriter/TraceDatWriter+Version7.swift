// Version 7: sections, found through a chain of options.

import MMQTrace

extension TraceDatWriter {
  private static let sections: [(id: UInt16, name: String)] = [
    (16, "headers"), (17, "ftrace events"), (18, "events format"), (19, "kallsyms"),
    (20, "printk"), (21, "cmd lines"),
  ]
  /// Names of sections, in the order of the string table.
  private static let optionsName = "options"
  private static let bufferName = "buffer flyrecord"

  func writeMetadata7() throws(TraceError) {
    try file.write(
      encoded {
        $0.string(options.compression.rawValue)
        $0.string(compressor.version)
      })
    openPlaces = [file.position]
    try file.write(encoded { $0.integer(UInt64(0)) })
    var pointers: [(id: UInt16, data: [UInt8])] = []
    for (id, name) in Self.sections {
      let place = file.position
      try writeSection(id, name, item(id))
      pointers.append((id, encoded { $0.integer(place) }))
    }
    try writeOptions(pointers + metadata.options)
  }

  private func writeSection(_ id: UInt16, _ name: String, _ body: [UInt8]) throws(TraceError) {
    let isCompressed = options.compression != .none
    let packed = try compressor.compress(body)
    try file.write(sectionHeader(id, name, UInt64(packed.count + (isCompressed ? 8 : 0))))
    if isCompressed {
      try file.write(
        encoded {
          $0.integer(UInt32(packed.count))
          $0.integer(UInt32(body.count))
        })
    }
    try file.write(packed)
  }

  private func sectionHeader(
    _ id: UInt16, _ name: String, _ size: UInt64, isCompressed: Bool? = nil
  ) -> [UInt8] {
    encoded {
      $0.integer(id)
      $0.integer(UInt16(isCompressed ?? (options.compression != .none) ? 1 : 0))
      $0.integer(Self.nameOffset(name))
      $0.integer(size)
    }
  }

  /// Writes a section of options and links it to the one before.
  private func writeOptions(_ list: [(id: UInt16, data: [UInt8])]) throws(TraceError) {
    if let link = openPlaces.last {
      try file.patch(encoded { $0.integer(file.position) }, at: link)
    }
    let body = encoded {
      for option in list + [(id: 0, data: [UInt8](repeating: 0, count: 8))] {
        $0.integer(option.id)
        $0.integer(UInt32(option.data.count))
        $0.raw(option.data)
      }
    }
    try file.write(sectionHeader(0, Self.optionsName, UInt64(body.count), isCompressed: false))
    try file.write(body)
    openPlaces = [file.position - 8]
  }

  func beginBuffer7() throws(TraceError) {
    try file.write(sectionHeader(3, Self.bufferName, 0))
  }

  /// Fills in the size of the buffer's section, and writes its option.
  func endBuffer7(_ done: Buffer) throws(TraceError) {
    let size = file.position - done.place - 16
    try file.patch(encoded { $0.integer(size) }, at: done.place + 8)
    // trace-cmd's sizes of compressed data leave out the count of chunks.
    let uncounted: UInt64 = options.compression == .none ? 0 : 4
    let option = encoded {
      $0.integer(done.place)
      $0.string(done.name)
      $0.string(done.clock)
      $0.integer(done.pageSize)
      let cpus = done.cpus.filter { $0.size > 0 }
      $0.integer(UInt32(cpus.count))
      for cpu in cpus {
        $0.integer(cpu.cpu)
        $0.integer(cpu.offset)
        $0.integer(cpu.size - uncounted)
      }
    }
    try writeOptions([(3, option)])
  }

  func writeStrings() throws(TraceError) {
    try writeSection(15, Self.optionsName, encoded { for name in Self.names { $0.string(name) } })
  }

  private static let names = sections.map(\.name) + [optionsName, bufferName]

  private static func nameOffset(_ name: String) -> UInt32 {
    UInt32(names.prefix { $0 != name }.reduce(0) { $0 + $1.utf8.count + 1 })
  }
}
