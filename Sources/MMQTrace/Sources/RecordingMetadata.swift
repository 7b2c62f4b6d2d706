// What a recording says besides its events, as bytes: for copies and for new recordings.

/// The metadata of a trace.dat in the layouts that versions 6 and 7 share.
public struct RecordingMetadata: Sendable {
  /// That of the traced machine.
  public var byteOrder: ByteOrder
  /// Of the recorder: 4 or 8.
  public var longSize: Int
  /// Bytes of a page of the traced machine.
  public var pageSize: UInt32
  /// CPUs of the recording, as its head counts them.
  public var cpuCount: UInt32
  /// The items by the numbers of their sections: 16 header info, 17 ftrace formats, 18 event
  /// formats, 19 kallsyms, 20 printk formats, 21 saved names.
  public var items: [UInt16: [UInt8]]
  /// Options by number, such as 5 (uname): those that don't point to other places.
  public var options: [(id: UInt16, data: [UInt8])]

  public init(
    byteOrder: ByteOrder, longSize: Int, pageSize: UInt32, cpuCount: UInt32,
    items: [UInt16: [UInt8]] = [:], options: [(id: UInt16, data: [UInt8])] = []
  ) {
    self.byteOrder = byteOrder
    self.longSize = longSize
    self.pageSize = pageSize
    self.cpuCount = cpuCount
    self.items = items
    self.options = options
  }
}

extension TraceDat {
  /// The metadata as the file stores it, for a copy with other data. Counts of the recorder's CPUs
  /// and pointers to other files are left out, because they would be wrong there.
  public func copyMetadata() throws(TraceError) -> RecordingMetadata {
    var items: [UInt16: [UInt8]] = [:]
    for (id, section) in loader.items {
      var reader = try loader.open(section)
      items[id] = try reader.bytes(reader.remaining)
    }
    return RecordingMetadata(
      byteOrder: loader.order, longSize: loader.recorderLongSize,
      pageSize: UInt32(truncatingIfNeeded: loader.pageSize),
      cpuCount: loader.options.cpuCount ?? (buffers.flatMap(\.cpus).max() ?? 0) &+ 1,
      items: items, options: loader.options.copied)
  }
}
